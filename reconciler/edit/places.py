"""YAML text -> its values with their places in the text, so that an edit touches nothing else."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from reconciler.edit.source import COLON, TEXTS, UnsupportedError, Walk, without_blank_end
from reconciler.model.fields import Json
from reconciler.model.late import dataclass, pattern

_DASH = pattern(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*-")

#: How to find a value: keys as YAML reads them, and numbers of list items.
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a mapping or list: ``start`` is where its key or dash stands, ``head`` where key and colon end."""

    start: int
    head: int
    key: "Node | None"
    value: "Node"

    @property
    def name(self) -> str:
        """The key as YAML reads it; empty in a list."""
        return self.key.text if self.key else ""


@dataclass(frozen=True, slots=True)
class Node:
    """A value: the text from ``start`` to ``end``, anchor and tag included.

    ``sort`` is ``text``, ``alias``, ``mapping`` or ``list``; ``style`` how a text is quoted; ``flow`` whether a
    collection stands in brackets. ``line`` and ``column`` count from 1.
    """

    sort: str
    start: int
    end: int
    line: int
    column: int
    text: str = ""
    style: str = ""
    flow: bool = False
    anchor: str = ""
    tag: str = ""
    items: tuple[Item, ...] = ()

    def child(self, step: str | int) -> Item | None:
        """Return the entry with a key, or with a number in a list; None where there is none."""
        if isinstance(step, int):
            return self.items[step] if self.sort == "list" and 0 <= step < len(self.items) else None
        return next((item for item in self.items if self.sort == "mapping" and item.name == step), None)


@dataclass(frozen=True, slots=True)
class Placed:
    """A whole file: its text (line feeds only), its root (None for a file of comments), and comments with indices."""

    text: str
    root: Node | None
    comments: tuple[tuple[int, str], ...]

    def at(self, path: Path) -> Node | None:
        """Return the value at a path, or None."""
        node = self.root
        for step in path:
            item = node.child(step) if node else None
            node = item.value if item else None
        return node

    def path_at(self, line: int, column: int) -> Path | None:
        """Return the path of the entry whose key, or in a list whose value, begins at a place; None for no such."""
        return _path_at(self.root, line, column) if self.root else None

    def line_start(self, index: int) -> int:
        """Return where the line of an index begins."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Return where the line after that of an index begins."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1


def place_values(text: str) -> Placed:
    """Return the values of a YAML text (line feeds only).

    Raises ruamel's ``YAMLError`` for what isn't YAML, and :class:`~reconciler.edit.source.UnsupportedError`.
    """
    return _Placing(text).run()


def data_of(node: Node) -> Json:
    """Return what a node says, every scalar as text; an alias as its name."""
    if node.sort == "mapping":
        return {item.name: data_of(item.value) for item in node.items}
    if node.sort == "list":
        return [data_of(item.value) for item in node.items]
    return f"*{node.text}" if node.sort == "alias" else node.text


def nodes_of(node: Node) -> Iterator[Node]:
    """Yield a node and every node in it, keys included."""
    yield node
    for item in node.items:
        if item.key:
            yield item.key
        yield from nodes_of(item.value)


def _path_at(node: Node, line: int, column: int) -> Path | None:
    for number, item in enumerate(node.items):
        step: str | int = item.name if item.key else number
        found = item.key or item.value
        if (found.line, found.column) == (line, column):
            return (step,)
        if (below := _path_at(item.value, line, column)) is not None:
            return (step, *below)
    return None


class _Placing(Walk):
    """Makes nodes of events."""

    def run(self) -> Placed:
        root = None
        if self._begin() is not None:
            start, end = self._spans[self._next]
            if self._names[self._next] not in TEXTS or start != end:
                root = self._node()
        return Placed(self._text, root, tuple(self._comments()))

    def _node(self) -> Node:
        name, event = self._names[self._next], self._events[self._next]
        if name in TEXTS:
            return self._scalar(name == "Alias")
        first = self._next
        flow = bool(event.flow_style)
        mapping = name == "MappingStart"
        start = event.start_mark.index
        self._next += 1
        self._at = event.end_mark.index if flow else start
        items = tuple(self._items(mapping, flow))
        end = self._events[self._next].end_mark.index if flow else items[-1].value.end
        self._next += 1
        self._at = end
        return self._made(
            first, "mapping" if mapping else "list", (start, end), flow=flow, tag=event.tag or "", items=items
        )

    def _items(self, mapping: bool, flow: bool) -> Iterator[Item]:
        while not self._names[self._next].endswith("End"):
            if mapping:
                key = self._scalar_key()
                colon = COLON.match(self._text, key.end)
                head = colon.end() if colon else key.end
                yield Item(key.start, head, key, self._node())
                continue
            start = self._spans[self._next][0]
            if not flow and (dash := _DASH.match(self._text, self._at)):
                start = dash.end() - 1
                self._at = dash.end()
            value = self._node()
            yield Item(start, value.start if flow else start + 1, None, value)

    def _scalar_key(self) -> Node:
        if self._names[self._next] not in TEXTS:
            raise UnsupportedError("A key is a list or a mapping.", self._spans[self._next][0])
        return self._scalar(self._names[self._next] == "Alias")

    def _scalar(self, alias: bool) -> Node:
        event, (start, end) = self._events[self._next], self._spans[self._next]
        index = self._next
        self._next += 1
        if alias:
            self._at = end
            return self._made(index, "alias", (start, end), text=event.anchor)
        if event.style in ("|", ">"):
            source = without_blank_end(self._text[start:end], event.value).removesuffix("\n")
            end = start + len(source)
        self._at = end
        tag = event.tag or ""
        return self._made(index, "text", (start, end), text=event.value, style=event.style or "", tag=tag)

    def _made(self, index: int, sort: str, span: tuple[int, int], **more: Any) -> Node:
        event = self._events[index]
        mark = event.start_mark
        anchor = "" if sort == "alias" else event.anchor or ""
        return Node(sort, *span, mark.line + 1, mark.column + 1, anchor=anchor, **more)
