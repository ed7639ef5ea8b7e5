"""Where in a text an edit cuts and what it puts there; whole lines where an entry has its own, never more.

What goes with a deleted entry: the comment beside it, comments inside it, and the comment lines directly above it,
unless these might speak of more than it: they stand at the head of the file or above several entries without a blank
line or another comment between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from reconciler.edit.emit import Layout, block_lines, inline, scalar_lines
from reconciler.edit.places import Item, Node, Placed
from reconciler.edit.source import BLOCK_HEADER, UnsupportedError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass, pattern

_COMMA = pattern(r"(?:[ \t\n]|#.*)*,")
_BESIDE = pattern(r"[ \t]*(?:#[^\n]*)?")


@dataclass(frozen=True, slots=True)
class Splice:
    """One cut: the text from ``start`` to ``end`` gives way to ``text``; comments in it may go where it ``removes``."""

    start: int
    end: int
    text: str
    removes: bool = False


@dataclass(frozen=True, slots=True)
class Splices:
    """The cuts in one file, found one after the other and made at once."""

    placed: Placed
    layout: Layout
    inline_lists: bool
    cuts: list[Splice] = field(default_factory=list)

    def made(self) -> str:
        """Return the text after all cuts."""
        pieces, at = [], 0
        for cut in _apart(self.placed.text, self.cuts):
            pieces += [self.placed.text[at : cut.start], cut.text]
            at = cut.end
        return "".join(pieces) + self.placed.text[at:]

    def removed(self, index: int) -> bool:
        """Tell whether a comment at an index goes with a deleted entry."""
        return any(cut.removes and cut.start <= index < cut.end for cut in self.cuts)

    def replace(self, item: Item | None, node: Node, data: Json, in_flow: bool) -> None:
        """Put ``data``, of another form than ``node``, in the node's place; ``item`` is the entry that holds it."""
        block = node.items and not node.flow
        start = item.head if item and (block or node.start == node.end) else node.start
        if block and "#" in self.placed.text[start : node.end]:
            raise UnsupportedError("Comments stand inside what would be replaced.", node.start)
        lead = " " if item and start == item.head and self.placed.text[start - 1] in ":-" else ""
        nested = isinstance(data, dict) or (isinstance(data, list | tuple) and not self._fits_line(data))
        in_list = item is not None and item.key is None
        if in_flow or not nested or not data or (in_list and not isinstance(data, dict)):
            self._cut(start, node.end, lead + self._value(item, node, data, in_flow))
            if item and block:
                self._outdent(item, self.placed.line_end(max(node.end, item.head)))
        elif item is None or in_list:
            self._cut(start, node.end, lead + _hanging(self._lines(data), node.column - 1))
        else:
            self._cut(item.head, node.end, "")
            indent = self._column(item) + (self.layout.step if isinstance(data, dict) else self.layout.dash)
            self._insert_lines(self.placed.line_end(node.end), self._lines(data), indent)

    def delete(self, item: Item | None, node: Node, gone: set[int], filled: bool) -> None:
        """Take entries out of a collection; where none is left and it isn't ``filled`` again, it stays as empty."""
        if node.flow:
            for run in _runs(gone):
                self._delete_flow(node, run)
            return
        empty = "{}" if node.sort == "mapping" else "[]"
        none_left = len(gone) == len(node.items) and not filled
        first = node.items[0]
        if 0 in gone and not self._has_own_line(first):
            self._delete_on_dash(node, gone, empty)
            gone = gone - set(_runs(gone)[0])
        elif none_left and item:
            self._cut(item.head, item.head, f" {empty}")
        elif none_left:
            self._cut(self.placed.line_start(first.start), self.placed.line_start(first.start), f"{empty}\n")
        self.cuts.extend([self._region(node, index, gone, root=item is None) for index in gone])
        if none_left and item:
            self._outdent(item, self.placed.line_end(item.head))

    def insert(self, item: Item | None, node: Node, index: int, key: str | None, data: Json, in_flow: bool) -> None:
        """Put an entry into a collection before the one with a number, or after the last."""
        if node.flow and (node.items or in_flow):
            self._insert_flow(node, index, key, data)
            return
        if not node.items:
            self.replace(item, node, [data] if key is None else {key: data}, in_flow)
            return
        values = [entry.value for entry in node.items]
        in_braces = isinstance(data, dict) and all(value.sort == "mapping" and value.flow for value in values)
        lines = self._entry_lines(key, data, in_braces)
        column = self._column(node.items[0])
        if index == 0 and not self._has_own_line(node.items[0]):
            start = node.items[0].start
            self._cut(start, start, _hanging(lines, column) + "\n" + " " * column)
        elif index == 0:
            gap = [""] if self._is_spaced(node) else []
            self._insert_lines(self._top(node, item is None), [*lines, *gap], column)
        else:
            gap = [""] if self._is_spaced(node) else []
            self._insert_lines(self.extent(node.items[index - 1]), [*gap, *lines], column)

    def join(self, item: Item, node: Node, before: Sequence[Json], after: Sequence[Json]) -> None:
        """Make a mapping an entry of a list, between others."""
        if node.flow:
            self._cut(node.start, node.start, "[" + "".join(f"{inline(data)}, " for data in before))
            self._cut(node.end, node.end, "".join(f", {inline(data)}" for data in after) + "]")
            return
        column = self._column(item) + self.layout.dash
        start = self.placed.line_end(item.head)
        end = self.extent(item)
        moved = self._moved(start, end, column + 2 - (node.column - 1))
        at = self.placed.text.count("\n", start, node.items[0].start)
        moved[:at] = [" " * column + line.strip() if line.strip() else line for line in moved[:at]]
        moved[at] = " " * column + "- " + moved[at].lstrip(" ")
        above, below = (
            [" " * column + line if line else line for data in some for line in self._entry_lines(None, data)]
            for some in (before, after)
        )
        last = "\n" if self.placed.text[end - 1 : end] == "\n" else ""
        self._cut(start, end, "\n".join([*above, *moved, *below]) + last)

    def _outdent(self, item: Item, at: int) -> None:
        """Move the comments that stay, from ``at`` on, from an entry's block to its own column: the block is gone."""
        column, end = self._column(item), self.extent(item)
        while at < end:
            line = self.placed.text[at : self.placed.line_end(at)]
            indent = len(line) - len(line.lstrip(" "))
            if line.lstrip().startswith("#") and indent > column and not self.removed(at):
                self._cut(at, at + indent, " " * column)
            at += len(line)

    def append(self, data: Json) -> None:
        """Write the first entries of a file that holds nothing but comments."""
        self._insert_lines(len(self.placed.text), self._lines(data), 0)

    def extent(self, item: Item) -> int:
        """Return where the lines of an entry end, with the comments below it that are indented deeper."""
        placed, column = self.placed, self._column(item)
        end = at = placed.line_end(max(item.value.end, item.head))
        while at < len(placed.text):
            line = placed.text[at : placed.line_end(at)]
            text = line.strip()
            if text and not (text.startswith("#") and len(line) - len(line.lstrip()) > column):
                break
            at = placed.line_end(at)
            end = at if text else end
        return end

    def _cut(self, start: int, end: int, text: str) -> None:
        self.cuts.append(Splice(start, end, text))

    def _value(self, item: Item | None, node: Node, data: Json, in_flow: bool) -> str:
        """Return what stands behind a key, on one line but for texts of several."""
        if isinstance(data, dict | list | tuple):
            return inline(data)
        if in_flow and node.style not in ("'", '"'):
            return inline(data)
        first, *more = scalar_lines(data, node.style)
        header = self.placed.text[node.start : node.end].partition("\n")[0]
        comment = BLOCK_HEADER.match(header) if node.style in ("|", ">") else None
        beside = f"  {comment['comment']}" if comment and comment["comment"] else ""
        indent = self._column(item) + self.layout.step if item else self.layout.step
        return "\n".join([first + beside, *(" " * indent + line[2:] if line else line for line in more)])

    def _insert_lines(self, at: int, lines: Iterable[str], column: int) -> None:
        """Put whole lines where a line begins; a file without a last line end stays one."""
        block = "\n".join(" " * column + line if line else line for line in lines)
        unended = at == len(self.placed.text) and not self.placed.text.endswith("\n")
        self._cut(at, at, f"\n{block}" if unended else f"{block}\n")

    def _lines(self, data: Json) -> list[str]:
        lines = block_lines(data, self.layout, inline_lists=self.inline_lists)
        indent = len(lines[0]) - len(lines[0].lstrip(" "))
        return [line[indent:] for line in lines]

    def _entry_lines(self, key: str | None, data: Json, in_braces: bool = False) -> list[str]:
        if in_braces or (key is None and isinstance(data, list | tuple)):
            return [f"- {inline(data)}" if key is None else f"{inline(key)}: {inline(data)}"]
        return self._lines([data] if key is None else {key: data})

    def _fits_line(self, data: Json) -> bool:
        return self.inline_lists and all(isinstance(part, str) for part in data)

    def _insert_flow(self, node: Node, index: int, key: str | None, data: Json) -> None:
        text = inline(data) if key is None else inline({key: data})[1:-1]
        if not node.items:
            self._cut(node.end - 1, node.end - 1, text)
            return
        beside = node.items[max(index - 1, 0)]
        if self._has_own_line(beside) and (end := self._flow_line_end(beside)):
            self._insert_flow_line(node, index, text, end)
        elif index == 0:
            self._cut(beside.start, beside.start, f"{text}, ")
        else:
            self._cut(beside.value.end, beside.value.end, f", {text}")

    def _insert_flow_line(self, node: Node, index: int, text: str, end: int) -> None:
        """Put an entry on a line of its own, for the one before it has one, which ends at ``end``."""
        beside = node.items[max(index - 1, 0)]
        column = self._column(beside)
        if index == 0:
            self._insert_lines(self.placed.line_start(beside.start), [f"{text},"], column)
            return
        if _COMMA.match(self.placed.text, beside.value.end):
            self._insert_lines(end, [f"{text},"], column)
        else:
            self._cut(beside.value.end, beside.value.end, ",")
            self._insert_lines(end, [text], column)

    def _flow_line_end(self, item: Item) -> int:
        """Return where the line after that of an entry in brackets begins; 0 where more stands on its line."""
        comma = _COMMA.match(self.placed.text, item.value.end)
        found = _BESIDE.match(self.placed.text, comma.end() if comma else item.value.end)
        end = found.end() if found else 0
        return end + 1 if self.placed.text[end : end + 1] == "\n" else 0

    def _delete_flow(self, node: Node, run: list[int]) -> None:
        """Take entries that follow each other out of brackets, with one of the commas around them."""
        text = self.placed.text
        start, end = node.items[run[0]].start, node.items[run[-1]].value.end
        last = run[-1] == len(node.items) - 1
        before = node.items[run[0] - 1].value.end if run[0] else start
        after = end if last else node.items[run[-1] + 1].start
        own_line = not text[self.placed.line_start(start) : start].strip()
        if not own_line and "\n" not in text[before:after]:
            self.cuts.append(Splice(before, end, "", True) if last else Splice(start, after, "", True))
            return
        if last and run[0] and (between := _COMMA.match(text, before)):
            self._cut(between.end() - 1, between.end(), "")
        comma = _COMMA.match(text, end)
        beside = _BESIDE.match(text, comma.end() if comma else end)
        end = beside.end() if beside else end
        if text[end : end + 1] != "\n":
            end = min(end, node.end - 1)
        elif own_line:
            start, end = self.placed.line_start(start), end + 1
        else:
            start = len(text[:start].rstrip(" "))
        self.cuts.append(Splice(start, end, "", True))

    def _delete_on_dash(self, node: Node, gone: set[int], empty: str) -> None:
        """Take away the first entries of a mapping that begins on the line of its dash."""
        run = _runs(gone)[0]
        end = self.extent(node.items[run[-1]])
        start = node.items[0].start
        if run[-1] == len(node.items) - 1:
            line_end = "\n" if self.placed.text[end - 1 : end] == "\n" else ""
            self.cuts.append(Splice(start, end, empty + line_end, True))
            return
        following = node.items[run[-1] + 1].start
        if self.placed.text[end:following].strip():
            raise UnsupportedError("A comment stands between the dash of a list and what would follow it.", end)
        self.cuts.append(Splice(start, following, "", True))

    def _region(self, node: Node, index: int, gone: set[int], root: bool) -> Splice:
        """Return the lines that go with an entry."""
        item = node.items[index]
        if not self._has_own_line(item):
            raise UnsupportedError("The entry shares its line with another.", item.start)
        start = self.placed.line_start(item.start)
        if self._stands_alone(node, index, gone):
            floor = self.extent(node.items[index - 1]) if index else 0
            attached = max(self._attached(start), floor)
            start = start if root and self._is_head(attached) else attached
        end = self.extent(item)
        if index + 1 < len(node.items) and gone.issuperset(range(index + 1)) and self._opens(node):
            while not self.placed.text[end : self.placed.line_end(end)].strip():
                end = self.placed.line_end(end)
        return Splice(start, end, "", True)

    def _opens(self, node: Node) -> bool:
        """Tell whether the first entry stands directly below what holds it: there, no blank line may come to stand."""
        start = self._attached(self.placed.line_start(node.items[0].start))
        above = self.placed.text[self.placed.line_start(start - 1) : start].strip() if start else ""
        return bool(above) and not above.startswith("#")

    def _stands_alone(self, node: Node, index: int, gone: set[int]) -> bool:
        """Tell whether a comment above an entry can only mean it, or entries below it that go, too."""
        for number in range(index, len(node.items)):
            end = self.extent(node.items[number])
            following = self.placed.text[end : self.placed.line_end(end)].strip()
            if not following or following.startswith("#") or number + 1 == len(node.items):
                return True
            if number + 1 not in gone:
                return False
        return True

    def _attached(self, start: int) -> int:
        """Return where the comment lines directly above a line begin."""
        while start:
            above = self.placed.line_start(start - 1)
            if not self.placed.text[above:start].strip().startswith("#"):
                break
            start = above
        return start

    def _top(self, node: Node, root: bool) -> int:
        """Return where a new first entry begins: above the comments of the old one, below the head of the file."""
        start = self.placed.line_start(node.items[0].start)
        attached = self._attached(start)
        return start if root and self._is_head(attached) else attached

    def _is_head(self, index: int) -> bool:
        """Tell whether nothing stands above a line of the file."""
        return self.placed.text[:index].strip() in ("", "---")

    def _is_spaced(self, node: Node) -> bool:
        """Tell whether a blank line stands between any two entries."""
        ends = [self.extent(item) for item in node.items[:-1]]
        return bool(ends) and all(not self.placed.text[end : self.placed.line_end(end)].strip() for end in ends)

    def _has_own_line(self, item: Item) -> bool:
        return not self.placed.text[self.placed.line_start(item.start) : item.start].strip()

    def _column(self, item: Item) -> int:
        return item.start - self.placed.line_start(item.start)

    def _moved(self, start: int, end: int, by: int) -> list[str]:
        lines = self.placed.text[start:end].removesuffix("\n").split("\n")
        if by >= 0:
            return [" " * by + line if line.strip() else line for line in lines]
        return [line[-by:] if not line[:-by].strip() else line.lstrip(" ") for line in lines]


def _apart(text: str, cuts: Iterable[Splice]) -> list[Splice]:
    """Return cuts in order that don't overlap; removed lines that touch are one, and take a blank line too many along.

    What is put into removed lines comes after them.
    """
    apart: list[Splice] = []
    for cut in sorted(cuts, key=lambda cut: (cut.start, cut.end)):
        if apart and cut.start != apart[-1].end:
            apart[-1] = _squeezed(text, apart[-1], cut.start)
        last = apart[-1] if apart else None
        if last and last.removes and (cut.start < last.end or (cut.removes and cut.start == last.end)):
            if not (cut.removes or cut.start == cut.end):
                raise UnsupportedError("Two edits of the same place exclude each other.", cut.start)
            apart[-1] = Splice(last.start, max(last.end, cut.end), last.text + cut.text, True)
        elif last and cut.start < last.end:
            raise UnsupportedError("Two edits of the same place exclude each other.", cut.start)
        else:
            apart.append(_closer(text, last, cut) if last else cut)
    if apart:
        apart[-1] = _squeezed(text, apart[-1], len(text))
        floor = apart[-2].end if len(apart) > 1 else 0
        apart[-1] = _without_blank_end(text, apart[-1], floor)
    return apart


def _closer(text: str, last: Splice, cut: Splice) -> Splice:
    """Return what is put after removed lines, without a blank line of its own where one stands before these."""
    follows = last.removes and cut.start == last.end and text[: last.start].endswith("\n\n")
    return replace(cut, text=cut.text.removeprefix("\n")) if follows else cut


def _squeezed(text: str, cut: Splice, limit: int) -> Splice:
    """Return removed lines with the blank line after them, if another one stands before them."""
    whole = cut.removes and not cut.text and text[cut.end - 1 : cut.end] == "\n"
    blank_before = cut.start == 0 or text[: cut.start].endswith("\n\n")
    end = text.find("\n", cut.end) + 1
    if whole and blank_before and 0 < end <= limit and not text[cut.end : end].strip():
        return replace(cut, end=end)
    return cut


def _without_blank_end(text: str, cut: Splice, floor: int) -> Splice:
    """Return the last lines of a file, where they are removed, with the blank lines before them."""
    start = cut.start
    if cut.removes and not cut.text and not text[cut.end :].strip():
        while start - 1 > floor and text[:start].endswith("\n\n"):
            start -= 1
    return replace(cut, start=start)


def _runs(numbers: set[int]) -> list[list[int]]:
    """Return numbers in order, those that follow each other together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _hanging(lines: list[str], column: int) -> str:
    first, *more = lines
    return "\n".join([first, *(" " * column + line if line else line for line in more)])
