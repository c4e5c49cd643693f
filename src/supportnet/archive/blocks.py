"""Elements of a JSON array by the thousand: located fields, and the patient way for odd ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from supportnet.archive.columns import first_bytes
from supportnet.archive.cursor import Located
from supportnet.archive.decoding import BadItem, Decoder
from supportnet.archive.fields import Fields, locate
from supportnet.archive.scanner import reason_of

__all__ = ["Block"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Ints: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

_PLAIN = Decoder()


class Block:
    """Some consecutive elements of an array.

    Parameters
    ----------
    located
        The elements, from the cursor.
    fields
        What is wanted of each.
    decoder
        What reads the elements that are not plain.

    Attributes
    ----------
    data
        The bytes in which the elements stand.
    plain
        Which elements are sound, common JSON, so that their fields could be located.
    """

    __slots__ = ("_decoder", "_fields", "_located", "data", "plain")

    def __init__(self, located: Located, fields: Fields, decoder: Decoder) -> None:
        self._located, self._fields, self._decoder = located, fields, decoder
        self.data: Bytes = np.frombuffer(located.data, np.uint8)
        self.plain = located.plain

    def __len__(self) -> int:
        return len(self.plain)

    def spans(self, path: str) -> Places:
        """Return where the value of a field begins and ends in `data`; -1 where it is absent.

        Only the rows of plain elements mean anything.
        """
        found: Places = self._located.spans[:, self._fields.place(path)]
        return found

    def kinds(self) -> Bytes:
        """Return the first byte of each value, one column per field; 0 where it is absent."""
        return first_bytes(self.data, self._located.spans)

    def inside(self, path: str, rows: Ints, fields: Fields) -> tuple[Block, Ints]:
        """Return the elements of the lists that a field holds in some rows.

        Parameters
        ----------
        path, rows
            The field, and plain rows in which a list that is not empty stands.
        fields
            What is wanted of the elements.

        Returns
        -------
        tuple of (Block, numpy.ndarray)
            The elements, and for each the place in `rows` of its row.
        """
        data, cuts = self._located.data, self.spans(path)[rows]
        joined = b",".join([data[start + 1 : end - 1] for start, end in cuts.tolist()]) + b"]"
        most = joined.count(b",") + 1
        ends, flags = np.empty(most, np.int64), np.empty(most, np.int64)
        plain, spans = np.empty(most, np.bool_), np.empty((most, len(fields), 2), np.int32)
        caps = np.array([len(joined)] * 3, np.int64)
        array = np.frombuffer(joined, np.uint8)
        count, _, _ = locate(array, 0, caps, fields.tree, ends, flags, spans, plain)
        lengths = cuts[:, 1] - cuts[:, 0] - 1  # with the comma behind each list
        begins = np.cumsum(lengths) - lengths
        starts = np.concatenate([[0], ends + 1])[:count]
        cut = slice(count)
        found = Located(joined, 0, ends[cut], flags[cut], plain[cut], spans[cut])
        return Block(found, fields, _PLAIN), np.searchsorted(begins, starts, side="right") - 1

    def decoded(self, path: str, rows: Ints, decoder: Decoder = _PLAIN) -> list[Any] | None:
        """Return the values of one field in some rows; None when one of them is unsound."""
        cuts = self.spans(path)[rows].tolist()
        joined = b",".join([self._located.data[start:end] for start, end in cuts])
        return decoder.many(joined, len(cuts))

    def values(self, rows: Ints) -> Iterator[Any]:
        """Yield some elements as the stream would have handed them out, damaged ones included."""
        data, first, all_ends, all_flags, _, _ = self._located
        starts = np.where(rows > 0, all_ends[rows - 1] + 1, first).tolist()
        ends, flags = all_ends[rows].tolist(), all_flags[rows].tolist()
        pieces = [data[start:end] for start, end in zip(starts, ends, strict=True)]
        known = None if any(flags) else self._decoder.many(b",".join(pieces), len(pieces))
        if known is not None:
            yield from known
            return
        for piece, flag in zip(pieces, flags, strict=True):
            yield BadItem(reason_of(flag)) if flag else self._decoder.one(piece)
