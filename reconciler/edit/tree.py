"""A YAML file as a tree of pieces of its source, so that what is written again was never interpreted.

A scalar keeps its own spelling (quotes, escapes, ``010``, ``no``). A comment belongs to the entry that follows it, to
the entry on whose line it stands, or, indented like the entries of a collection that ends there, to that collection.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from reconciler.edit.order import NaturalKey, natural_key
from reconciler.model.late import dataclass

#: A comment as written, without the spaces around it; an empty text is a blank line.
Line: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar or an alias: ``source`` as it stands in the file, ``value`` as YAML reads it, ``style`` as it is quoted.

    ``style`` is empty for a plain scalar, ``'``, ``"``, ``|`` or ``>``, and ``*`` for an alias.
    """

    source: str
    value: str
    style: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: comment lines above it, its key (None in a sequence), its value, the comment beside it."""

    above: tuple[Line, ...]
    key: Scalar | None
    value: "Node"
    beside: Line = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A mapping or a sequence.

    ``flow`` is one in brackets, ``broken`` over several lines; ``below`` are comment lines after the last entry;
    ``properties`` are anchor and tag.
    """

    mapping: bool
    flow: bool
    broken: bool
    entries: tuple[Entry, ...]
    below: tuple[Line, ...] = ()
    properties: str = ""


Node: TypeAlias = Scalar | Collection


@dataclass(frozen=True, slots=True)
class Document:
    """A file: comment lines above ``---`` and whether it is there, the root (None for a file of comments), the end."""

    head: tuple[Line, ...]
    marked: bool
    beside: Line
    root: Entry | None
    below: tuple[Line, ...]


def sorted_document(document: Document) -> Document:
    """Return a zone file with all mappings in natural order, comments moving with the entry that they stand above.

    What a blank line separates from the first entry is the file's head and stays. A file with aliases, or with a text
    that keeps its trailing blank lines, isn't sorted: moved entries would change what these mean.
    """
    root = document.root
    if root is None or not all(_can_move(scalar) for scalar in scalars(root.value)):
        return document
    if isinstance(root.value, Scalar) or not root.value.entries:
        return document
    first, *rest = root.value.entries
    head, above = _split_head(first.above)
    collection = _sorted(replace(root.value, entries=(replace(first, above=above), *rest)))
    if isinstance(collection, Collection) and head:
        first, *rest = collection.entries
        collection = replace(collection, entries=(replace(first, above=head + first.above), *rest))
    return replace(document, root=replace(root, value=collection))


def scalars(node: Node) -> Iterator[Scalar]:
    """Yield every scalar and alias of a node, keys included, in the order of the file."""
    if isinstance(node, Scalar):
        yield node
        return
    for entry in node.entries:
        if entry.key:
            yield entry.key
        yield from scalars(entry.value)


def meaning(node: Node) -> tuple[object, ...]:
    """Return what a node means, whatever its layout and the order of its keys."""
    if isinstance(node, Scalar):
        return node.value, node.style in ("", "*")
    inner = [(meaning(entry.key) if entry.key else (), meaning(entry.value)) for entry in node.entries]
    return node.mapping, node.properties, tuple(sorted(inner, key=repr) if node.mapping else inner)


def _sorted(node: Node) -> Node:
    if isinstance(node, Scalar):
        return node
    entries = [replace(entry, value=_sorted(entry.value)) for entry in node.entries]
    if node.mapping:
        entries.sort(key=_order)
    return replace(node, entries=tuple(entries))


def _order(entry: Entry) -> NaturalKey:
    return natural_key(entry.key.value, plain=not entry.key.style) if entry.key else ()


def _can_move(scalar: Scalar) -> bool:
    keeps_blank_lines = scalar.style in ("|", ">") and "+" in scalar.source.partition("\n")[0].partition("#")[0]
    return scalar.style != "*" and not keeps_blank_lines


def _split_head(above: tuple[Line, ...]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Split comment lines after the last blank line that has a comment before it."""
    for index in range(len(above) - 1, 0, -1):
        if not above[index] and any(above[:index]):
            return above[: index + 1], above[index + 1 :]
    return (), above
