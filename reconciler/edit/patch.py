"""YAML text and edits -> the same text with only the lines concerned changed, and the proof that this is so.

Comments, order, quoting, blank lines and line ends stay as they are. A value that other places repeat by an alias, or
that a template makes, is never edited: such an edit is refused with its place. ``splices`` says which comments go with
a deleted entry.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import field, replace
from difflib import SequenceMatcher
from typing import TypeAlias

from reconciler.edit.emit import Layout, plain_text
from reconciler.edit.order import in_natural_order, natural_key
from reconciler.edit.places import Item, Node, Path, Placed, data_of, nodes_of, place_values
from reconciler.edit.proof import Wanted, demand_proof
from reconciler.edit.source import UnsupportedError
from reconciler.edit.splices import Splices
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import Json, canonical_json
from reconciler.model.late import dataclass, pattern
from reconciler.model.span import Span
from reconciler.model.text import is_template

_RETURNS = pattern("\r\n?")
_HELP = "Write this by hand; nothing was changed."


@dataclass(frozen=True, slots=True)
class Put:
    """Let the value at ``path`` be ``value``: changed as little as possible where it exists, else added."""

    path: Path
    value: Json


@dataclass(frozen=True, slots=True)
class Add:
    """Put ``value`` into the list at ``path`` before its entry with the number ``index``, or at its end."""

    path: Path
    index: int
    value: Json


@dataclass(frozen=True, slots=True)
class Delete:
    """Take away the entry at ``path``, unless another edit puts a value there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Join:
    """Make the mapping at ``path`` a list, with entries ``before`` and ``after`` it."""

    path: Path
    before: tuple[Json, ...] = ()
    after: tuple[Json, ...] = ()


Edit: TypeAlias = Put | Add | Delete | Join


@dataclass(slots=True)
class _Wish:
    """What is wanted of a value and of those in it."""

    put: list[Json] = field(default_factory=list)  # none, or one
    deleted: bool = False
    adds: list[tuple[int, Json]] = field(default_factory=list)
    join: Join | None = None
    inside: dict[str | int, "_Wish"] = field(default_factory=dict)

    def at(self, path: Path) -> "_Wish":
        """Return what is wanted at a path."""
        found = self
        for step in path:
            found = found.inside.setdefault(step, _Wish())
        return found

    def data(self) -> Json:
        """Return what is wanted as data, for a value that doesn't exist yet."""
        inside = {str(step): wish.data() for step, wish in self.inside.items()}
        if not self.put:
            return inside
        return self.put[-1] | inside if inside else self.put[-1]


def patch_text(
    text: str,
    file: str,
    edits: Iterable[Edit],
    *,
    zone: bool = False,
    templates: bool = True,
    placed: Placed | None = None,
) -> str:
    """Return a YAML text after ``edits``, whose paths are those of the text as it is.

    In a ``zone`` file new keys come into octoDNS's natural order, and lists are written one value a line; elsewhere
    they come after the last of their siblings. ``templates`` says whether ``{{ ... }}`` is replaced in the file;
    ``placed`` are the text's values, where they are known already.
    Raises :class:`~reconciler.model.errors.DiagnosticsError` (``by-hand``) for an edit that can't be made.
    """
    source = _RETURNS.sub("\n", text)
    every = tuple(edits)
    for joining in (False, True):
        if some := [edit for edit in every if isinstance(edit, Join) is joining]:
            placed = _patched(placed or source, file, some, zone, templates)
    return _with_line_ends(text, source, placed.text if placed else source)


def _patched(source: str | Placed, file: str, edits: list[Edit], zone: bool, templates: bool) -> Placed:
    from ruamel.yaml.error import YAMLError

    index = 0
    try:
        patch = _Patch(place_values(source) if isinstance(source, str) else source, zone, templates)
        wanted = patch.run(edits)
        patched = place_values(patch.splices.made())
        demand_proof(patch.placed, wanted, patched, patch.splices.removed)
    except UnsupportedError as error:
        detail, index = str(error), error.index
    except (YAMLError, RecursionError):
        detail = "With this edit the file could no longer be read."
    else:
        return patched
    text = source if isinstance(source, str) else source.text
    raise DiagnosticsError([by_hand(file, text, detail, index)])


def by_hand(file: str, source: str, detail: str, index: int) -> Diagnostic:
    """Return the refusal of an edit, with its place."""
    start = source.rfind("\n", 0, index) + 1
    span = Span(file, source.count("\n", 0, index) + 1, index - start + 1)
    line = source[start:].partition("\n")[0]
    return Diagnostic("by-hand", "This has to be written by hand.", detail, span, _HELP, line=line)


def layout_of(root: Node | None, zone: bool) -> tuple[Layout, bool]:
    """Return how a file is indented, and whether its lists of texts stand in brackets."""
    steps: list[int] = []
    dashes: list[int] = []
    flows: list[bool] = []
    for node in nodes_of(root) if root else ():
        for item in node.items:
            inner = item.value
            if inner.sort == "list" and inner.items:
                flows.append(inner.flow)
            if item.key and not node.flow and inner.items and not inner.flow:
                by = inner.column - item.key.column
                (dashes if inner.sort == "list" else steps).append(by)
    step = Counter(steps).most_common(1)[0][0] if steps else 2
    dash = Counter(dashes).most_common(1)[0][0] if dashes else 2
    return Layout(step, dash), not zone and (any(flows) or not flows)


class _Patch:
    """The edits of one file, turned into cuts; each step also returns what the new text must mean."""

    def __init__(self, placed: Placed, zone: bool, templates: bool) -> None:
        self.placed = placed
        self.splices = Splices(placed, *layout_of(placed.root, zone))
        self._zone = zone
        self._templates = templates
        every = list(nodes_of(placed.root)) if placed.root else []
        self._repeated = {node.text for node in every if node.sort == "alias"}

    def run(self, edits: Iterable[Edit]) -> Wanted:
        """Take all edits; raises :class:`UnsupportedError` for one that can't be made."""
        wish = _Wish()
        for edit in edits:
            target = wish.at(edit.path)
            match edit:
                case Put(value=value):
                    target.put, target.deleted = [self._ordered(value)], False
                case Add(index=index, value=value):
                    target.adds.append((index, self._ordered(value)))
                case Join(before=before, after=after):
                    target.join = replace(edit, before=self._ordered(before), after=self._ordered(after))
                case Delete():
                    target.deleted = not target.put
        root = self.placed.root
        if root is None:
            self.splices.append(wish.data())
            return wish.data()
        return self._edit(None, root, wish, in_flow=False)

    def _ordered(self, value: Json) -> Json:
        return in_natural_order(value) if self._zone else value

    def _edit(self, item: Item | None, node: Node, wish: _Wish, in_flow: bool) -> Wanted:
        self._demand_own(node)
        if wish.join and item:
            self.splices.join(item, node, wish.join.before, wish.join.after)
            return [*wish.join.before, node, *wish.join.after]
        if wish.put and not self._spread(node, wish.put[-1], wish):
            self._demand_literal(node)
            self.splices.replace(item, node, wish.put[-1], in_flow)
            return wish.put[-1]
        if node.sort == "mapping":
            return self._edit_mapping(item, node, wish, in_flow)
        if node.sort == "list":
            return self._edit_list(item, node, wish, in_flow)
        if wish.inside or wish.adds:
            raise UnsupportedError("Here stands a text, and not what holds the value to change.", node.start)
        return node

    def _spread(self, node: Node, value: Json, wish: _Wish) -> bool:
        """Turn a new value into wishes for the parts of the old one, where both have the same form."""
        if isinstance(value, dict) and node.sort == "mapping" and value:
            for entry in node.items:
                if entry.name not in value:
                    wish.at((entry.name,)).deleted = True
            for name, part in value.items():
                wish.at((name,)).put.append(part)
            return True
        if isinstance(value, list | tuple) and node.sort == "list":
            self._align(node, list(value), wish)
            return True
        return node.sort == "text" and not isinstance(value, dict | list | tuple) and node.text == plain_text(value)

    def _align(self, node: Node, values: list[Json], wish: _Wish) -> None:
        """Find which entries of a list stay, which change, go and come."""
        old = [_spelt(data_of(entry.value)) for entry in node.items]
        new = [_spelt(value) for value in values]
        for what, i, end, j, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if what == "equal":
                continue
            changed = min(end - i, until - j)
            for number in range(changed):
                wish.at((i + number,)).put.append(values[j + number])
            for number in range(i + changed, end):
                self._demand_literal(node.items[number].value)
                wish.at((number,)).deleted = True
            wish.adds += [(end, value) for value in values[j + changed : until]]

    def _edit_mapping(self, item: Item | None, node: Node, wish: _Wish, in_flow: bool) -> Wanted:
        wanted: dict[str, Wanted] = {}
        gone: set[int] = set()
        for number, entry in enumerate(node.items):
            inner = wish.inside.get(entry.name)
            wanted[entry.name] = entry.value
            if inner and inner.deleted:
                self._demand_free(entry)
                del wanted[entry.name]
                gone.add(number)
            elif inner:
                wanted[entry.name] = self._edit(entry, entry.value, inner, in_flow or node.flow)
        new = {str(name): inner.data() for name, inner in wish.inside.items() if node.child(name) is None}
        if absent := [name for name, inner in wish.inside.items() if name in new and inner.deleted]:
            raise UnsupportedError(f"There is no `{absent[0]}` here.", node.start)
        if new and not node.items:
            self.splices.replace(item, node, new, in_flow)
            return new
        for name in sorted(new, key=natural_key) if self._zone else new:
            self.splices.insert(item, node, self._index_of(node, name), name, new[name], in_flow)
        if gone:
            self.splices.delete(item, node, gone, filled=bool(new))
        return wanted | new

    def _edit_list(self, item: Item | None, node: Node, wish: _Wish, in_flow: bool) -> Wanted:
        gone = {number for number, inner in wish.inside.items() if inner.deleted and isinstance(number, int)}
        wanted: list[Wanted] = []
        if not node.items and wish.adds:
            self.splices.replace(item, node, [value for _, value in wish.adds], in_flow)
            return [value for _, value in wish.adds]
        for number, entry in enumerate(node.items):
            wanted += [value for index, value in wish.adds if index == number]
            if number in gone:
                self._demand_free(entry)
            elif inner := wish.inside.get(number):
                wanted.append(self._edit(entry, entry.value, inner, in_flow or node.flow))
            else:
                wanted.append(entry.value)
        for index, value in wish.adds:
            self.splices.insert(item, node, min(index, len(node.items)), None, value, in_flow)
        if gone:
            self.splices.delete(item, node, gone, filled=bool(wish.adds))
        return wanted + [value for index, value in wish.adds if index >= len(node.items)]

    def _index_of(self, node: Node, name: str) -> int:
        """Return before which entry a new key comes."""
        if not self._zone:
            return len(node.items)
        new = natural_key(name)
        keys = [(natural_key(entry.name, plain=bool(entry.key and not entry.key.style))) for entry in node.items]
        smaller = [number for number, key in enumerate(keys) if key < new]
        return max(smaller, key=lambda number: keys[number]) + 1 if smaller else 0

    def _demand_own(self, node: Node) -> None:
        """Refuse to edit what stands for, or is repeated in, other places."""
        if node.sort == "alias":
            raise UnsupportedError(f"Here stands an alias, which repeats `&{node.text}`.", node.start)
        if node.anchor in self._repeated:
            raise UnsupportedError(f"An alias repeats this value elsewhere (`*{node.anchor}`).", node.start)

    def _demand_free(self, entry: Item) -> None:
        """Refuse to delete what is repeated in other places."""
        for node in (*([entry.key] if entry.key else []), *nodes_of(entry.value)):
            if node.sort != "alias":
                self._demand_own(node)

    def _demand_literal(self, node: Node) -> None:
        """Refuse to replace what a template makes, for the variable would silently be lost."""
        for each in nodes_of(node):
            if each.sort != "alias":
                self._demand_own(each)
            if self._templates and each.sort == "text" and is_template(each.text):
                raise UnsupportedError("The value that would change is made by a template.", each.start)


def _spelt(data: Json) -> bytes:
    """Return data so that what YAML spells alike is equal."""
    if isinstance(data, dict):
        return canonical_json({name: _spelt(value).decode() for name, value in data.items()})
    if isinstance(data, list | tuple):
        return canonical_json([_spelt(value).decode() for value in data])
    return canonical_json(plain_text(data))


def _with_line_ends(text: str, source: str, patched: str) -> str:
    """Return a patched text with the line ends of the original; a new line ends as the first one does."""
    if "\r" not in text:
        return patched
    ends = re.findall("\r\n|\r|\n", text)
    old, new = source.split("\n"), patched.split("\n")
    written: list[str] = []
    for what, i, end, j, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for number in range(until - j):
            at = i + number
            kept = what == "equal" or at < end
            written.append(ends[at] if kept and at < len(ends) else ends[0])
    return "".join(line + end for line, end in zip(new[:-1], written, strict=False)) + new[-1]
