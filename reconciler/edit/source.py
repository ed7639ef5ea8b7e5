"""YAML text -> tree: ruamel says where the pieces lie; their text and the comments between are cut from the source."""

import re
from collections.abc import Iterator
from typing import Any

from reconciler.edit.tree import Collection, Document, Entry, Line, Node, Scalar
from reconciler.model.late import pattern

# a `#` that follows anything else is part of an anchor or a tag
_COMMENT = pattern(r"""(?<![^ \t,:"'{}\[\]])#.*""")
COLON = pattern(r"(?:[ \t\n]|#.*)*:")
TEXTS = ("Scalar", "Alias")
_BESIDE = pattern(r"[ \t]*[:,]?(?:[ \t]+[&!][^ \t\n]*)*[ \t]*(#[^\n]*)")
_DIRECTIVE = pattern(r"(?:[ \t]*(?:#[^\n]*)?\n)*(%)")
_PROPERTIES = pattern(r"(?:[&!][^ \t\n]*[ \t\n]*)+")
#: The line that opens a block text: tag and indicator, marks of indentation and of the end, a comment.
BLOCK_HEADER = pattern(r"(?P<start>.*?[|>])(?P<marks>[-+0-9]*)[ \t]*(?P<comment>#.*)?\Z")


class UnsupportedError(Exception):
    """The text is YAML of a sort that we don't write again; ``index`` is its place in the text."""

    def __init__(self, detail: str, index: int) -> None:
        super().__init__(detail)
        self.index = index


def parse_document(text: str) -> tuple[Document, tuple[Line, ...]]:
    """Return the tree of a YAML text (line feeds only), and its comments in order, found without the tree.

    Raises ruamel's ``YAMLError`` for what isn't YAML, and :class:`UnsupportedError`.
    """
    if directive := _DIRECTIVE.match(text):
        raise UnsupportedError("A directive stands at the head of the file.", directive.start(1))
    parser = _Parser(text)
    return parser.document(), parser.comments()


class Walk:
    """One walk: ``_next`` is the number of the next event, ``_at`` the end of the last piece of text.

    Making one raises ruamel's ``YAMLError`` for what isn't YAML.
    """

    def __init__(self, text: str) -> None:
        from ruamel.yaml import YAML

        self._text = text
        self._events: list[Any] = list(YAML(typ="safe", pure=True).parse(text))
        self._names = [type(event).__name__.removesuffix("Event") for event in self._events]
        self._spans = _event_spans(text, self._names, self._events)
        self._next = 0
        self._at = 0

    def _begin(self) -> Any:
        """Step behind the document's beginning and return that event, None where there is only what isn't read."""
        marks = [index for index, name in enumerate(self._names) if name == "DocumentStart"]
        if len(marks) > 1:
            raise UnsupportedError("A second document begins.", self._events[marks[1]].start_mark.index)
        if not marks:
            return None
        self._next = marks[0] + 1
        return self._events[marks[0]]

    def _comments(self) -> Iterator[tuple[int, str]]:
        """Yield all comments, each with its index."""
        at = 0
        for name, (start, end) in zip(self._names, self._spans, strict=True):
            if name in TEXTS:
                yield from _comments_between(self._text, at, start)
                at = end
        yield from _comments_between(self._text, at, len(self._text))


class _Parser(Walk):
    """Makes a tree of events. What follows a piece of text up to the next one is held as the comment beside it and the
    lines after it (column, comment) until an entry takes them.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._starts = _piece_starts(self._names, self._events, self._spans)
        self._beside: Line = ""
        self._lines: list[tuple[int, Line]] = []

    def document(self) -> Document:
        mark = self._begin()
        if mark is None:
            return Document((), False, "", None, tuple(line for _, line in self._between(0, len(self._text))))
        head: tuple[Line, ...] = ()
        if mark.explicit:
            head = tuple(line for _, line in self._between(0, mark.start_mark.index))
            self._step(mark.end_mark.index)
        else:
            self._lines = list(self._between(0, self._starts[self._next]))
        beside = self._take_beside()
        start, end = self._spans[self._next]
        if self._names[self._next] in TEXTS and start != end:
            raise UnsupportedError("The file holds a single text.", start)
        root = self._entry(mapping=False, column=-1, root=True)
        return Document(head, bool(mark.explicit), beside, root, self._take_lines())

    def comments(self) -> tuple[Line, ...]:
        return tuple(comment for _, comment in self._comments())

    def _entry(self, mapping: bool, column: int, root: bool = False) -> Entry:
        block = self._is_block(self._next)
        above = () if root and block else self._take_lines()
        key = None
        beside = ""
        if mapping:
            key = self._key()
            beside = self._take_beside()
            block = self._is_block(self._next)
            if not block:
                # the value stands on a line of its own: what is between moves above the entry
                above += ((beside,) if beside else ()) + self._take_lines()
        value = self._node(column)
        return Entry(above, key, value, beside if block else self._take_beside())

    def _key(self) -> Scalar:
        start, end = self._spans[self._next]
        if self._names[self._next] not in TEXTS:
            raise UnsupportedError("A key is a list or a mapping.", start)
        if start == end or "\n" in self._text[start:end]:
            raise UnsupportedError("A key is empty or takes several lines.", start)
        return self._scalar()

    def _node(self, parent: int) -> Node:
        if self._names[self._next] in TEXTS:
            return self._scalar()
        return self._block(parent) if self._is_block(self._next) else self._flow()

    def _scalar(self) -> Scalar:
        event = self._events[self._next]
        alias = self._names[self._next] == "Alias"
        start, end = self._spans[self._next]
        source = self._text[start:end]
        if not alias and event.style in ("|", ">"):
            if not BLOCK_HEADER.match(source.partition("\n")[0]):
                raise UnsupportedError("A block text begins on another line than its tag.", start)
            source = without_blank_end(source, event.value)
        self._next += 1
        self._step(start + len(source))
        return Scalar(source, source, "*") if alias else Scalar(source, event.value, event.style or "")

    def _block(self, parent: int) -> Collection:
        event = self._events[self._next]
        mapping = self._names[self._next] == "MappingStart"
        start = event.end_mark.index
        if not mapping and self._text[start : start + 1] != "-":
            start -= 1  # a list that isn't indented below its key: the mark lies after the dash
        column = start - self._text.rfind("\n", 0, start) - 1
        self._next += 1
        entries = []
        while not self._names[self._next].endswith("End"):
            entries.append(self._entry(mapping, column))
        self._next += 1
        return Collection(
            mapping, False, True, tuple(entries), self._take_indented(column, parent), self._properties(event)
        )

    def _flow(self) -> Collection:
        event = self._events[self._next]
        mapping = self._names[self._next] == "MappingStart"
        opening = event.start_mark.index
        # `[a: 1]` holds a mapping without brackets of its own: its marks take up no text
        bracketed = event.end_mark.index > opening and self._text[event.end_mark.index - 1] in "{["
        self._next += 1
        if bracketed:
            self._step(event.end_mark.index)
            if self._beside:
                self._lines.insert(0, (-1, self._take_beside()))
        entries = []
        while not self._names[self._next].endswith("End"):
            entries.append(self._entry(mapping, -1))
        below: tuple[Line, ...] = ()
        closing = self._events[self._next].end_mark.index
        self._next += 1
        if bracketed:
            below = self._take_lines()
            self._step(closing)
        broken = "\n" in self._text[opening : self._at]
        return Collection(mapping, True, broken, tuple(entries), below, self._properties(event))

    def _is_block(self, index: int) -> bool:
        return self._names[index] in ("MappingStart", "SequenceStart") and not self._events[index].flow_style

    def _step(self, end: int) -> None:
        """Note that a piece ends at ``end``, and what stands between it and the next one."""
        self._at = end
        following = self._starts[self._next]
        beside = None if self._text[end - 1 : end] == "\n" else _BESIDE.match(self._text, end)
        if beside and beside.end() <= following:
            self._beside = beside[1].rstrip()
            end = beside.end()
        self._lines = list(self._between(end, following))

    def _take_beside(self) -> Line:
        taken, self._beside = self._beside, ""
        return taken

    def _take_lines(self) -> tuple[Line, ...]:
        taken, self._lines = self._lines, []
        return tuple(line for _, line in taken)

    def _take_indented(self, column: int, parent: int) -> tuple[Line, ...]:
        """Take the first lines that are indented like a collection at ``column`` inside one at ``parent``."""
        last = 0
        for count, (at, line) in enumerate(self._lines, 1):
            if line and (at < column or at <= parent):
                break
            last = count if line else last
        taken, self._lines = self._lines[:last], self._lines[last:]
        return tuple(line for _, line in taken)

    def _between(self, start: int, end: int) -> Iterator[tuple[int, Line]]:
        """Yield comments with their column (-1 beside a dash or bracket) and blank lines between two indices."""
        lines = self._text[start:end].split("\n")
        for number, line in enumerate(lines):
            continued = number == 0 and self._text[start - 1 : start] not in ("", "\n")
            found = _comment_in(self._text, start, line, continued)
            if found:
                alone = not continued and not line[: found.start()].strip()
                yield (found.start() if alone else -1), found.group().rstrip()
            elif not continued and number < len(lines) - 1 and not line.strip():
                yield -1, ""

    def _properties(self, event: Any) -> str:
        if event.anchor is None and event.tag is None:
            return ""
        found = _PROPERTIES.match(self._text, event.start_mark.index)
        return " ".join(found.group().split()) if found else ""


def _comments_between(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the comments between two pieces of text, each with its index."""
    at = start
    for line in text[start:end].split("\n"):
        if found := _comment_in(text, start, line, at == start and text[start - 1 : start] not in ("", "\n")):
            yield at + found.start() - (found.string is not line), found.group().rstrip()
        at += len(line) + 1


def _comment_in(text: str, start: int, line: str, continued: bool) -> "re.Match[str] | None":
    """Return the comment of a line; where it is ``continued``, the character before says whether `#` begins one."""
    return _COMMENT.search(text[start - 1] + line, 1) if continued else _COMMENT.search(line)


def _event_spans(text: str, names: list[str], events: list[Any]) -> list[tuple[int, int]]:
    """Return where the text of each event begins and ends; ruamel has an empty value begin at the next entry."""
    spans: list[tuple[int, int]] = []
    for index, (name, event) in enumerate(zip(names, events, strict=True)):
        start, end = event.start_mark.index, event.end_mark.index
        if name == "Scalar" and start == end and text[start - 1 : start] != "-" and names[index - 1] in TEXTS:
            key_end = spans[-1][1]
            colon = COLON.match(text, key_end)
            start = end = colon.end() if colon else key_end
        spans.append((start, end))
    return spans


def _piece_starts(names: list[str], events: list[Any], spans: list[tuple[int, int]]) -> list[int]:
    """Return for each event where the next piece of text begins: a scalar, an alias, or a bracket."""
    flow: list[bool] = []
    pieces = []
    for name, event in zip(names, events, strict=True):
        if name in ("MappingStart", "SequenceStart"):
            flow.append(bool(event.flow_style))
            pieces.append(flow[-1])
        elif name in ("MappingEnd", "SequenceEnd"):
            pieces.append(flow.pop())
        else:
            pieces.append(name in (*TEXTS, "StreamEnd"))
    starts = [spans[-1][0]] * len(spans)
    for index in range(len(spans) - 2, -1, -1):
        starts[index] = spans[index][0] if pieces[index] else starts[index + 1]
    return starts


def without_blank_end(source: str, value: str) -> str:
    """Return a block text without the blank lines after it, unless its header keeps them."""
    header, *lines = source.split("\n")
    found = BLOCK_HEADER.match(header)
    if found and "+" in found["marks"]:
        return source
    indent = block_indent(lines, value)
    while len(lines) > 1 and not lines[-1] and not lines[-2].strip(" ") and len(lines[-2]) <= indent:
        del lines[-2]
    return "\n".join((header, *lines))


def block_indent(lines: list[str], value: str) -> int:
    """Return by how many spaces the lines of a block text are indented whose text is ``value``."""
    return _spaces(lines) - _spaces(value.split("\n"))


def _spaces(lines: list[str]) -> int:
    """Return by how much the first line with text is indented, or how long the longest line is where none has text."""
    first = next((line for line in lines if line.strip(" ")), None)
    return max(map(len, lines), default=0) if first is None else len(first) - len(first.lstrip(" "))
