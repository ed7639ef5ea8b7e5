"""What a YAML file holds, as a tree in which every key and value knows its place; scalars are text as written."""

from collections.abc import Container
from typing import Any, Protocol, TypeAlias

from reconciler.model.fields import Json


class Mark(Protocol):
    """A place as the parser reports it, line and column counted from 0."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column."""


class Scalar:
    """A piece of text; ``quoted`` is empty for plain text, else the mark of quotes or a block."""

    __slots__ = ("mark", "quoted", "text")

    def __init__(self, text: str, mark: Mark, quoted: str = "") -> None:
        self.text = text
        self.mark = mark
        self.quoted = quoted


class Broken(Scalar):
    """Stands where an error has been reported already, so that nothing more is said about it."""

    __slots__ = ()


class Null(Broken):
    """An empty value that isn't reported yet, because whether it may be empty depends on where it stands."""

    __slots__ = ()


class Mapping:
    """Keys with their values, in the order written; ``incomplete`` says that a reported error took some away."""

    __slots__ = ("entries", "incomplete", "mark")

    def __init__(self, mark: Mark, entries: "dict[str, tuple[Scalar, Node]] | None" = None) -> None:
        self.entries: dict[str, tuple[Scalar, Node]] = {} if entries is None else entries
        self.mark = mark
        self.incomplete = False

    def get(self, key: str) -> "Node | None":
        """Return the value below ``key``, or None."""
        found = self.entries.get(key)
        return found[1] if found else None

    def without(self, keys: Container[str]) -> "Mapping":
        """Return the mapping without some keys."""
        return self.replaced({k: pair for k, pair in self.entries.items() if k not in keys})

    def only(self, keys: Container[str]) -> "Mapping":
        """Return the mapping with only some keys."""
        return self.replaced({k: pair for k, pair in self.entries.items() if k in keys})

    def replaced(self, entries: "dict[str, tuple[Scalar, Node]]") -> "Mapping":
        """Return the mapping with other entries."""
        copy = Mapping(self.mark, entries)
        copy.incomplete = self.incomplete
        return copy


class Sequence:
    """Values in the order written."""

    __slots__ = ("items", "mark")

    def __init__(self, mark: Mark, items: "list[Node]") -> None:
        self.items = items
        self.mark = mark


Node: TypeAlias = Scalar | Mapping | Sequence


def plain(node: Node) -> Any:
    """Return a node as text, dictionaries and lists: what a schema judges."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key: plain(value) for key, (_, value) in node.entries.items()}
    return [plain(item) for item in node.items]


def typed(node: Node) -> Json:
    """Return a node as JSON for blocks that have no schema of ours: whole numbers and true/false become what they say.

    Only canonical spellings outside quotes count (``443``, ``true``); all else stays text, and a null stays null.
    """
    if isinstance(node, Null):
        return None
    if isinstance(node, Scalar):
        return node.text if node.quoted else typed_text(node.text)
    if isinstance(node, Mapping):
        return {key: typed(value) for key, (_, value) in node.entries.items()}
    return [typed(item) for item in node.items]


def typed_text(text: str) -> Json:
    """Return a whole number or true/false for text that spells one canonically, else the text."""
    if text in ("true", "false"):
        return text == "true"
    digits = text.removeprefix("-")
    if digits.isdecimal() and digits.isascii() and len(digits) < 16 and (digits[0] != "0" or text == "0"):
        return int(text)
    return text


def nulls_in(node: Node) -> "list[Null]":
    """Return the empty values in a node, wherever they stand."""
    if isinstance(node, Scalar):
        return [node] if isinstance(node, Null) else []
    inner = (value for _, value in node.entries.values()) if isinstance(node, Mapping) else iter(node.items)
    return [null for value in inner for null in nulls_in(value)]


def describe(node: Node) -> str:
    """Return what a node is, as a person would call it."""
    return "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "text"
