"""Walk the few levels of a JSON document that paths name; the scanner cuts out all below them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from functools import partial
from itertools import count, repeat
from typing import Any, NamedTuple, TypeAlias

from supportnet.archive.blocks import Block
from supportnet.archive.cursor import END, Cursor, Cut, Piece, Pieces
from supportnet.archive.decoding import BadItem, Decoder
from supportnet.archive.documents import decode_document
from supportnet.archive.fields import Fields
from supportnet.archive.limits import Limits, refuse
from supportnet.archive.model import Member
from supportnet.archive.paths import Node
from supportnet.archive.scanner import reason_of

__all__ = ["Item", "Walker"]

_CONTEXT = 64 * 1024
_LIST, _LIST_END, _OBJECT, _OBJECT_END, _COMMA, _COLON, _QUOTE, _SEMICOLON = b'[]{},:";'


class Item(NamedTuple):
    """One streamed value.

    Attributes
    ----------
    path
        Which of the asked paths it belongs to.
    context
        For each object around it, outermost first, the fields read so far that are on no path:
        scalars, and lists and objects under 64 KiB. Under a path step `*`, key `"*"` holds the
        key that was met. The dicts are shared between items and go on filling.
    index
        Number of the element in its array, from 0; -1 where the damage is not in an element.
    value
        The decoded value, or a `BadItem`.
    """

    path: str
    context: tuple[dict[str, Any], ...]
    index: int  # type: ignore[assignment]
    value: Any


_item = partial(tuple.__new__, Item)
_Context: TypeAlias = tuple[dict[str, Any], ...]
# Items travel up the walk in handfuls: passing each through every level costs more than reading it.
_Walk: TypeAlias = Generator[Iterable[Item], None, Any]


class Walker:
    """Walk the levels that the paths name.

    Parameters
    ----------
    member
        The file.
    decoder
        For the values that are handed out.
    outline
        Build the document without the streamed arrays instead of handing their elements out.
    fields
        Hand elements out in blocks, with these fields located.
    """

    def __init__(
        self, member: Member, decoder: Decoder, *, outline: bool, fields: Fields | None = None
    ) -> None:
        self._fields = fields
        self._member = member
        self._limits: Limits = member.archive.limits
        self._decoder = decoder
        self._plain = Decoder()
        self._outline = outline
        # Small elements on the way to a path are decoded whole, which is four times as fast.
        self._decodes_whole = not outline and decoder.is_plain
        self._room = self._limits.element_bytes * 8
        self._place: tuple[str, _Context, int] = ("", (), 0)
        self.root: Any = None

    def walk(self, node: Node, *, skip_prefix: bool) -> Iterator[Item]:
        """Yield the items of the whole document."""
        self._place = (node.first, (), 0)
        with self._member.open() as stream:
            self._cursor = Cursor(stream, self._limits, is_wide=self._fields is not None)
            self._cursor.start(skip_prefix=skip_prefix)
            try:
                for items in self._document(node, skip_prefix=skip_prefix):
                    yield from items
            except Cut:
                path, context, index = self._place
                yield Item(path, context, index, BadItem("json_truncated"))

    def _document(self, node: Node, *, skip_prefix: bool) -> _Walk:
        cursor = self._cursor
        first = cursor.peek()
        if first == END:
            raise Cut
        if node.path is not None:
            yield [Item(node.path, (), 0, self._whole(skip_prefix=skip_prefix))]
            return
        if first == _LIST and node.element is not None:
            self._take_root([])
            self._take_root((yield from self._inside_list(node.element, ())))
        elif first == _OBJECT and node.in_object:
            yield from self._inside_object(node, ())
        else:
            yield self._bad(node, (), "json_shape")
            return
        if skip_prefix and cursor.peek() == _SEMICOLON:
            cursor.skip()
        if cursor.peek() != END:
            yield self._bad(node, (), "json_syntax")

    def _take_root(self, value: Any) -> None:
        if self._outline:
            self.root = value

    def _whole(self, *, skip_prefix: bool) -> Any:
        """Decode all that is left as one value, under the same caps as an element."""
        data = self._cursor.rest(self._limits.element_bytes)
        if data is None:
            return BadItem("element_too_long")
        return decode_document(data, self._decoder, self._limits, skip_prefix=skip_prefix)

    def _bad(self, node: Node, context: _Context, reason: str) -> list[Item]:
        return [Item(node.path or node.first, context, -1, BadItem(reason))]

    def _inside_object(self, node: Node, context: _Context) -> _Walk:
        """Walk through an object, from its bracket to behind its end; return its fields."""
        cursor = self._enter()
        fields: dict[str, Any] = {}
        inner = (*context, fields)
        if not context and self.root is None:
            self._take_root(fields)
        while (byte := cursor.peek()) != _OBJECT_END:
            if byte == _COMMA:
                cursor.skip()
                continue
            key = self._key(byte)
            if key is None:
                yield self._bad(node, inner, "json_syntax")
                if cursor.piece(_OBJECT_END).closed:
                    break
                continue
            child = node.child(key)
            if child is None:
                piece = cursor.piece(_OBJECT_END)
                wrong = self._keep(fields, key, piece)
                if wrong:
                    yield self._bad(node, inner, wrong)
                closed = piece.closed
            else:
                if child is node.any_key:
                    fields["*"] = key
                closed = yield from self._value(child, _OBJECT_END, inner, fields, key)
            if closed:
                break
        else:
            cursor.skip()
        cursor.depth -= 1
        if self._outline:
            fields.pop("*", None)
        return fields

    def _enter(self) -> Cursor:
        """Pass an opening bracket."""
        self._cursor.skip()
        self._cursor.depth += 1
        return self._cursor

    def _key(self, byte: int) -> str | None:
        """Read a key and its colon; None when something else stands there."""
        if byte == END:
            raise Cut
        text = self._cursor.string() if byte == _QUOTE else None
        if text is None:
            return None
        following = self._cursor.peek()
        if following == END:
            raise Cut
        if following != _COLON:
            return None
        self._cursor.skip()
        key = self._plain.one(text)
        return key if isinstance(key, str) else None

    def _keep(self, fields: dict[str, Any], key: str, piece: Piece) -> str | None:
        """Put a value that is on no path into the context; return what is wrong with it."""
        if not piece.data:
            return reason_of(piece.flags) if piece.flags else "json_syntax"
        if piece.flags:
            reason = reason_of(piece.flags)
            # A long field that nobody asked for is no damage: it is left out.
            return reason if reason in ("json_depth", "json_syntax") else None
        if self._outline:
            self._room -= len(piece.data)
            if self._room < 0:
                refuse(self._member.label, "a small JSON outline", "one over the cap")
        elif len(piece.data) > _CONTEXT:
            return None
        value = self._plain.one(piece.data)
        if isinstance(value, BadItem):
            return value.reason
        fields[key] = value
        return None

    def _value(
        self, node: Node, closer: int, context: _Context, fields: Any, key: str | int
    ) -> _Walk:
        """Walk through a value on a path; return whether it was the last of its container."""
        cursor = self._cursor
        byte = cursor.peek()
        if node.path is None and byte == _LIST and node.element is not None:
            found = yield from self._inside_list(node.element, context)
        elif node.path is None and byte == _OBJECT and node.in_object:
            found = yield from self._inside_object(node, context)
        else:
            piece = cursor.piece(closer)
            if self._outline:
                self._keep_outline(fields, key, piece)
            elif node.path is not None:
                yield [Item(node.path, context, 0, self._one(piece.data, piece.flags))]
            elif piece.data.strip() != b"null":
                yield self._bad(node, context, "json_shape")
            return piece.closed
        if self._outline:
            fields[key] = found
        return (yield from self._after(node, closer, context))

    def _keep_outline(self, fields: Any, key: str | int, piece: Piece) -> None:
        value = self._one(piece.data, piece.flags)
        fields[key] = None if isinstance(value, BadItem) else value

    def _after(self, node: Node, closer: int, context: _Context) -> _Walk:
        """Pass the comma or bracket behind a value that was walked through."""
        byte = self._cursor.peek()
        if byte == END:
            raise Cut
        if byte in (_COMMA, closer):
            self._cursor.skip()
            return byte == closer
        yield self._bad(node, context, "json_syntax")
        return self._cursor.piece(closer).closed

    def _inside_list(self, node: Node, context: _Context) -> _Walk:
        """Walk through an array, from its bracket to behind its end."""
        cursor = self._enter()
        values: dict[int, Any] = {}
        if node.path is not None:
            yield from self._elements(node.path, context)
        else:
            slowly, index = 0, 0
            while (byte := cursor.peek()) != _LIST_END:
                if byte == END:
                    raise Cut
                if not slowly and self._decodes_whole:
                    slowly = yield from self._several(node, context)
                    if not slowly:
                        continue
                slowly -= 1
                closed = yield from self._value(node, _LIST_END, context, values, index)
                index += 1
                if closed:
                    break
            else:
                cursor.skip()
        cursor.depth -= 1
        return list(values.values())

    def _several(self, node: Node, context: _Context) -> _Walk:
        """Hand out what several small elements hold; or return how many to walk by bytes first."""
        ready = self._cursor.ready(_LIST_END, _CONTEXT)
        if ready is None:
            return 1
        batch, place = ready
        known = self._plain.many(batch.data, len(batch.ends))
        if known is None:
            return len(batch.ends)
        self._cursor.go_to(place)
        for value in known:
            yield from self._known(node, value, context)
        return 0

    def _known(self, node: Node, value: Any, context: _Context) -> Iterator[Iterable[Item]]:
        """Walk through a value that is decoded already, as `_value` does through bytes."""
        if node.path is not None:
            yield [Item(node.path, context, 0, value)]
        elif isinstance(value, list) and node.element is not None:
            path = node.element.path
            if path is not None:
                self._place = (path, context, len(value))
                yield map(_item, zip(repeat(path), repeat(context), count(), value, strict=False))
            else:
                for one in value:
                    yield from self._known(node.element, one, context)
        elif isinstance(value, dict) and node.in_object:
            fields: dict[str, Any] = {}
            inner = (*context, fields)
            for key, one in value.items():
                child = node.child(key)
                if child is None:
                    fields[key] = one
                    continue
                if child is node.any_key:
                    fields["*"] = key
                yield from self._known(child, one, inner)
        elif value is not None:
            yield self._bad(node, context, "json_shape")

    def _elements(self, path: str, context: _Context) -> _Walk:
        """Hand out the elements of an array that a path ends in."""
        index = 0
        self._place = (path, context, 0)
        if self._fields is not None:
            for located in self._cursor.located(self._fields):
                block = Block(located, self._fields, self._decoder)
                yield [Item(path, context, index, block)]
                index += len(block)
                self._place = (path, context, index)
            return
        for batch in self._cursor.pieces(_LIST_END):
            if not self._outline:
                values = self._decode(batch)
                fields = zip(repeat(path), repeat(context), count(index), values, strict=False)
                yield map(_item, fields)
            index += len(batch.ends)
            self._place = (path, context, index)

    def _decode(self, batch: Pieces) -> list[Any]:
        if not any(batch.flags):
            values = self._decoder.many(batch.data, len(batch.ends))
            if values is not None:
                return values
        starts = [0, *(end + 1 for end in batch.ends[:-1])]
        return [
            self._one(batch.data[start:end], flags)
            for start, end, flags in zip(starts, batch.ends, batch.flags, strict=True)
        ]

    def _one(self, data: bytes, flags: int) -> Any:
        if flags:
            return BadItem(reason_of(flags))
        return self._decoder.one(data)
