"""The little language that says which parts of a JSON document to stream."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Node", "parse_paths"]

_STEP = re.compile(r"\[\]|\.?((?:\\.|[^.\[\]\\])+)")


class Node:
    """One place in a document: what to do with the value found there.

    Attributes
    ----------
    path
        The asked path that ends here, whose value is to be handed out; None inside a path.
    first
        Any asked path that leads through here, to name damage found on the way.
    keys, any_key
        Where paths lead on in an object, by key or for every key (`*`).
    element
        Where paths lead on in the elements of an array.
    """

    __slots__ = ("any_key", "element", "first", "keys", "path")

    def __init__(self, first: str) -> None:
        self.path: str | None = None
        self.first = first
        self.keys: dict[str, Node] = {}
        self.any_key: Node | None = None
        self.element: Node | None = None

    @property
    def in_object(self) -> bool:
        """Whether a path leads into an object here."""
        return bool(self.keys) or self.any_key is not None

    def child(self, key: str) -> Node | None:
        """Return where the paths lead under `key`; None when they do not."""
        return self.keys.get(key, self.any_key)


def parse_paths(paths: Iterable[str]) -> Node:
    r"""Merge paths into one tree.

    Parameters
    ----------
    paths
        Keys joined by dots, `[]` for every element of an array, `*` for every key of an object,
        a backslash before a dot, bracket, star or backslash that belongs to a key.

    Returns
    -------
    Node
        The root.

    Raises
    ------
    ValueError
        For a path that cannot be read, or one that leads on from the end of another.

    Examples
    --------
    >>> root = parse_paths(["chats.list[].messages[]", r"v1\.0.name"])
    >>> sorted(root.keys)
    ['chats', 'v1.0']
    """
    listed = list(paths)
    if not listed:
        msg = "at least one path was expected; found none; name the part to stream."
        raise ValueError(msg)
    root = Node(listed[0])
    for path in listed:
        node = root
        for key in _steps(path):
            node = _grow(node, key, path)
        node.path = path
    if _overlaps(root):
        msg = "paths that end apart were expected; found one inside another; ask for one of them."
        raise ValueError(msg)
    return root


def _steps(path: str) -> list[str | None]:
    """Split a path into keys and None for each `[]`."""
    steps: list[str | None] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            msg = "a path such as 'chats.list[].messages[]' was expected; found another form."
            raise ValueError(msg)
        steps.append(found.group(1))
        at = found.end()
    return steps


def _grow(node: Node, step: str | None, path: str) -> Node:
    """Return the child of `node` for one step, made when it is not there."""
    if step is None:
        node.element = node.element or Node(path)
        return node.element
    if step == "*":
        node.any_key = node.any_key or Node(path)
        return node.any_key
    return node.keys.setdefault(re.sub(r"\\(.)", r"\1", step), Node(path))


def _overlaps(node: Node) -> bool:
    children = [*node.keys.values(), node.any_key, node.element]
    below = [child for child in children if child is not None]
    return (node.path is not None and bool(below)) or any(map(_overlaps, below))
