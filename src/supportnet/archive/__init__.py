"""The only door to files: guarded streams over folders, files, zips and tars.

Nothing is ever unpacked to disk. Every byte passes one stream that counts it (`Limits`), every
error is one sentence that names a place and never a name, and JSON of any size is streamed in
bounded memory.

Examples
--------
>>> import tempfile, zipfile
>>> from pathlib import Path
>>> folder = tempfile.TemporaryDirectory()
>>> path = Path(folder.name) / "export.zip"
>>> with zipfile.ZipFile(path, "w") as made:
...     made.writestr("chat.json", '{"title": "t", "messages": [{"id": 1}, {"id": 2}]}')
>>> with open_archive(path) as archive:
...     for item in stream_json(archive.members[0], "messages[]"):
...         print(item.index, item.value, item.context[0])
0 {'id': 1} {'title': 't'}
1 {'id': 2} {'title': 't'}
>>> folder.cleanup()
"""

from supportnet.archive.blocks import Block
from supportnet.archive.decoding import BadItem
from supportnet.archive.documents import read_json
from supportnet.archive.fields import Fields
from supportnet.archive.json_stream import (
    Item,
    iter_jsonl,
    read_outline,
    stream_blocks,
    stream_json,
)
from supportnet.archive.limits import Limits
from supportnet.archive.lines import BadRow, CutLine, iter_csv, iter_lines
from supportnet.archive.model import Archive, Member
from supportnet.archive.opening import open_archive, open_exports

__all__ = [
    "Archive",
    "BadItem",
    "BadRow",
    "Block",
    "CutLine",
    "Fields",
    "Item",
    "Limits",
    "Member",
    "iter_csv",
    "iter_jsonl",
    "iter_lines",
    "open_archive",
    "open_exports",
    "read_json",
    "read_outline",
    "stream_blocks",
    "stream_json",
]
