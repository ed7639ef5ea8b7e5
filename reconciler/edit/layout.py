"""Tree -> YAML text in one layout: two spaces a level, lists indented below their key, two spaces before a comment."""

import re
from collections.abc import Iterable
from dataclasses import replace

from reconciler.edit.source import BLOCK_HEADER, block_indent
from reconciler.edit.tree import Collection, Document, Entry, Line, Node, Scalar

_STEP = 2


def write_document(document: Document) -> str:
    """Return the text of a whole file; empty for a file without any entry or comment."""
    lines: list[str] = []
    if document.marked:
        lines = [*_squeezed(document.head, start=True, end=True), _with_comment("---", document.beside)]
    root = document.root
    if root is not None and isinstance(root.value, Collection) and not root.value.flow:
        lines += [f"{root.value.properties}"] if root.value.properties else []
        lines += _block(root.value, 0)
    elif root is not None:
        first, *more = _value(root.value, 0)
        lines += _comments(root.above, 0, first=True)
        lines += [first, *more] if first or more else []
        lines[-1:] = [_with_comment(lines[-1], root.beside)] if lines else []
    below = _squeezed(document.below, start=not lines, end=True)
    return "".join(f"{line}\n" for line in (*lines, *below))


def _block(node: Collection, indent: int) -> list[str]:
    """Return the lines of a mapping or list without brackets."""
    lines: list[str] = []
    for number, entry in enumerate(node.entries):
        lines += _comments(entry.above, indent, first=number == 0)
        lines += _item(entry, indent) if entry.key is None else _pair(entry, entry.key, indent)
    return lines + [_indented(line, indent) for line in _squeezed(node.below, end=indent == 0)]


def _pair(entry: Entry, key: Scalar, indent: int) -> list[str]:
    head = " " * indent + _key(key)
    if isinstance(entry.value, Collection) and not entry.value.flow:
        opening = f"{head} {entry.value.properties}".rstrip()
        return [_with_comment(opening, entry.beside), *_block(entry.value, indent + _STEP)]
    return _joined(head, entry, indent)


def _item(entry: Entry, indent: int) -> list[str]:
    head = " " * indent + "-"
    if isinstance(entry.value, Scalar) or entry.value.flow:
        return _joined(head, entry, indent)
    if entry.value.properties:
        return [f"{head} {entry.value.properties}", *_block(entry.value, indent + _STEP)]
    above, value = _lifted(entry.value)
    first, *more = _block(value, indent + _STEP)
    return [*_comments(above, indent, first=True), f"{head} {first.lstrip(' ')}", *more]


def _lifted(node: Collection) -> tuple[tuple[Line, ...], Collection]:
    """Take the comments above the first entry out, for the dash of the list stands on the first entry's line."""
    first, *rest = node.entries
    above = first.above
    value = first.value
    if first.key is None and isinstance(value, Collection) and not value.flow and not value.properties:
        inner, value = _lifted(value)
        above += inner
    return above, replace(node, entries=(replace(first, above=(), value=value), *rest))


def _joined(head: str, entry: Entry, indent: int, comma: str = "") -> list[str]:
    """Return the lines of an entry whose value begins on the line of its key or dash."""
    first, *more = _value(entry.value, indent)
    lines = [f"{head} {first}" if first else head, *more]
    lines[-1] = _with_comment(lines[-1] + comma, entry.beside)
    return lines


def _value(node: Node, indent: int) -> list[str]:
    """Return the lines of a scalar or a collection in brackets; the first continues the line of its key."""
    if isinstance(node, Collection):
        return _broken(node, indent) if node.broken else [_inline(node)]
    if node.style in ("|", ">"):
        return _block_text(node, indent + _STEP)
    first, *more = (_folded(line, node) for line in node.source.split("\n"))
    return [first, *(_indented(line, indent + _STEP) for line in more)]


def _folded(line: str, scalar: Scalar) -> str:
    """Return a line of a text over several lines without the spaces around it, which YAML drops."""
    text = line.strip(" \t")
    if scalar.style == '"' and text.endswith("\\"):
        return line.lstrip(" \t")  # an escaped space at the end of a line is text
    return text


def _block_text(scalar: Scalar, indent: int) -> list[str]:
    header, *lines = scalar.source.split("\n")
    old = block_indent(lines, scalar.value)
    found = BLOCK_HEADER.match(header)
    if found is None:
        raise ValueError("a block text without its header")
    marks = re.sub("[0-9]", str(_STEP), found["marks"])
    if scalar.value and not scalar.value.endswith("\n"):
        marks = marks.replace("+", "").replace("-", "") + "-"  # the file ended without a line feed
    if lines and not lines[-1]:
        del lines[-1]
    written = [line[old:] if len(line) > old else line.lstrip(" ") for line in lines]
    opening = _with_comment(found["start"] + marks, (found["comment"] or "").rstrip())
    return [opening, *(_indented(line, indent) for line in written)]


def _broken(node: Collection, indent: int) -> list[str]:
    opening, closing = "{}" if node.mapping else "[]"
    inner = indent + _STEP
    lines = [f"{node.properties} {opening}".lstrip()]
    for number, entry in enumerate(node.entries):
        lines += _comments(entry.above, inner, first=number == 0)
        comma = "," if number < len(node.entries) - 1 else ""
        if entry.key is None:
            first, *more = _joined("", entry, inner, comma)
            lines += [" " * inner + first.lstrip(" "), *more]
        elif isinstance(entry.value, Scalar) and not entry.value.source:
            lines.append(_with_comment(" " * inner + entry.key.source + comma, entry.beside))
        else:
            lines += _joined(" " * inner + _key(entry.key), entry, inner, comma)
    lines += [_indented(line, inner) for line in _squeezed(node.below, start=True, end=True)]
    return [*lines, " " * indent + closing]


def _inline(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.source
    inner = ", ".join(_inline_entry(entry) for entry in node.entries)
    return f"{node.properties} {{{inner}}}".lstrip() if node.mapping else f"{node.properties} [{inner}]".lstrip()


def _inline_entry(entry: Entry) -> str:
    value = _inline(entry.value)
    if entry.key is None:
        return value
    return f"{_key(entry.key)} {value}" if value else entry.key.source


def _key(key: Scalar) -> str:
    return f"{key.source} :" if key.style == "*" else f"{key.source}:"


def _comments(lines: Iterable[Line], indent: int, first: bool) -> list[str]:
    return [_indented(line, indent) for line in _squeezed(lines, start=first)]


def _squeezed(lines: Iterable[Line], start: bool = False, end: bool = False) -> list[Line]:
    """Return comment lines with at most one blank line in a row, none at the ``start`` or ``end`` where asked."""
    kept: list[Line] = []
    for line in lines:
        if line or (kept[-1] if kept else not start):
            kept.append(line)
    while end and kept and not kept[-1]:
        kept.pop()
    return kept


def _indented(line: str, indent: int) -> str:
    return " " * indent + line if line else ""


def _with_comment(line: str, comment: Line) -> str:
    return f"{line}  {comment}" if comment else line
