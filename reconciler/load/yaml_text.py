"""Bytes to a tree of nodes: our own builder over libyaml's events, in which every refusal has a name and a place.

Nothing is constructed: no tag, no type, no merge. What YAML calls null, a boolean or a date stays text.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeAlias

from reconciler.load.nodes import Broken, Mapping, Node, Null, Scalar, Sequence
from reconciler.load.problems import Problems, place, report_nulls
from reconciler.load.source_text import bad_character, decode, span_at
from reconciler.load.yaml_errors import explain_syntax
from reconciler.model.late import dataclass, pattern
from reconciler.model.span import Span
from reconciler.model.text import first_invisible

MAX_DEPTH = 50
MAX_SCALAR = 64 * 2**10
MAX_DIRECTIVES = 20
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_DIRECTIVE = pattern("^%", re.MULTILINE)
_ODD_KEYS = frozenset({"", "<<"})
_Events: TypeAlias = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: bytes, and nodes after aliases are expanded; and whether empty values are kept."""

    size: int
    nodes: int
    keep_nulls: bool = False


ORDINARY = Limits(2**20, 200_000)
ZONE = Limits(64 * 2**20, 5_000_000, keep_nulls=True)


class _StopReadingError(Exception):
    """The file can't be read further; the reason has been reported."""


class YamlReader:
    """Reads one file, either whole or entry by entry; all that is wrong goes to ``problems``."""

    def __init__(self, file: str, raw: bytes, problems: Problems, limits: Limits = ORDINARY) -> None:
        from yaml import events

        self._kinds: Any = events
        self._file = file
        self._problems = problems
        self._limits = limits
        self._total = 0
        self._deepest = 0
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._next: _Events = lambda: None
        #: Whether the file can't be read, or not to its end.
        self.failed = False
        #: Whether the file holds nothing but comments.
        self.blank = False
        self.text = decode(file, raw, problems, limits.size)

    def root(self) -> Node | None:
        """Return the whole document; None for an empty file and for one that can't be read (``failed``)."""
        found: list[Node] = []
        self._read(lambda event: found.append(self._value(event, 1)))
        return found[0] if found and not self.failed else None

    def entries(self, each: Callable[[Scalar, Node], None]) -> Node | None:
        """Hand every key and value of the document's mapping to ``each``, without keeping them.

        Returns what the document is when it isn't a mapping, None for a mapping, an empty or an unreadable file.
        """
        other: list[Node] = []

        def take(event: Any) -> None:
            if event.__class__ is self._kinds.MappingStartEvent:
                self._refuse_tag(event)
                self._mapping(event, 1, each)
            else:
                other.append(self._value(event, 1))

        self._read(take)
        return other[0] if other else None

    def _read(self, take: Callable[[Any], None]) -> None:
        if self.text is None:
            self.failed = True
            return
        try:
            self._demand_few_directives(self.text)
            self._next = _parser(self.text)
            self._next()
            if self._next().__class__ is self._kinds.StreamEndEvent:
                self.blank = True
                return
            event = self._next()
            self.blank = _is_nothing(event)
            if not self.blank:
                take(event)
            self._next()
            event = self._next()
            if event.__class__ is not self._kinds.StreamEndEvent:
                self._error("second-document", "A second document begins here.", event, "Put it into its own file.")
        except _StopReadingError:
            self.failed = True
        except self._syntax_error() as error:
            self.failed = True
            explain_syntax(self._file, self.text, error, self._problems)

    def _demand_few_directives(self, text: str) -> None:
        """Stop at more directives than anybody writes: libyaml compares each with all before it."""
        found = list(islice(_DIRECTIVE.finditer(text), MAX_DIRECTIVES + 1)) if "%" in text else []
        if len(found) > MAX_DIRECTIVES:
            detail = f"More than {MAX_DIRECTIVES} lines begin with `%`, as directives do."
            at = span_at(self._file, text, found[-1].start())
            self._problems.error("yaml-syntax", detail, at, "Delete the directives, or indent the text.")
            raise _StopReadingError

    @staticmethod
    def _syntax_error() -> type[Exception]:
        from yaml import YAMLError

        return YAMLError

    def _value(self, event: Any, depth: int) -> Node:
        kind = event.__class__
        if kind is self._kinds.ScalarEvent:
            return _easy_scalar(event) or self._scalar(event)
        if kind is self._kinds.AliasEvent:
            return self._alias(event, depth)
        return self._collection(event, depth)

    def _collection(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._stop("too-deep", f"This is nested more than {MAX_DEPTH} deep.", event)
        self._refuse_tag(event)
        before, outer = self._total, self._deepest
        self._deepest = depth
        if event.__class__ is self._kinds.MappingStartEvent:
            node: Node = self._mapping(event, depth)
        else:
            node = self._sequence(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, self._total - before, self._deepest - depth + 1)
        self._deepest = max(outer, self._deepest)
        return node

    def _sequence(self, start: Any, depth: int) -> Sequence:
        following, kinds = self._next, self._kinds
        end, scalar = kinds.SequenceEndEvent, kinds.ScalarEvent
        items: list[Node] = []
        event = following()
        while (kind := event.__class__) is not end:
            items.append((kind is scalar and _easy_scalar(event)) or self._value(event, depth + 1))
            event = following()
        self._count(1 + len(items), event)
        return Sequence(start.start_mark, items)

    def _mapping(self, start: Any, depth: int, each: Callable[[Scalar, Node], None] | None = None) -> Mapping:
        """Return a mapping; with ``each`` its values are handed over one by one and not kept."""
        following, kinds = self._next, self._kinds
        end, scalar = kinds.MappingEndEvent, kinds.ScalarEvent
        entries: dict[str, tuple[Scalar, Node]] = {}
        node = Mapping(start.start_mark, entries)
        count = 1
        event = following()
        while (kind := event.__class__) is not end:
            count += 2
            key = (kind is scalar and _easy_scalar(event, _ODD_KEYS)) or self._odd_key(event, depth)
            event = following()
            value = (event.__class__ is scalar and _easy_scalar(event)) or self._value(event, depth + 1)
            if key is None:
                node.incomplete = True
            else:
                pair = (key, value if each is None else key)
                if (first := entries.setdefault(key.text, pair)) is not pair:
                    self._duplicate(key, first[0])
                elif each is not None:
                    each(key, value)
                    if self._problems.is_full(self._file):
                        raise _StopReadingError
            event = following()
        self._count(count, event)
        return node

    def _odd_key(self, event: Any, depth: int) -> Scalar | None:
        """Return a key that isn't plain text at first sight, or None when it is refused."""
        if isinstance(event, self._kinds.ScalarEvent):
            if event.value == "<<" and not event.style:
                self._error("merge-key", "`<<` would merge in another mapping.", event, "Write the keys out.")
                return None
            if event.value or event.style:
                return self._checked(event, Scalar(event.value, event.start_mark, event.style))
            self._error("null-value", "This key is empty.", event, "Write the key; an empty name is written as `''`.")
            return None
        node = self._value(event, depth + 1)
        if isinstance(node, Scalar):
            return node
        self._error("wrong-key", "A mapping or a list stands where a key belongs.", event, "Write text as the key.")
        return None

    def _alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self._anchors:
            self._error("unknown-anchor", f"No `&{event.anchor}` ends before this alias.", event)
            return Broken("", event.start_mark)
        node, size, height = self._anchors[event.anchor]
        if depth + height - 1 > MAX_DEPTH:
            self._stop("too-deep", f"With this alias expanded, the file is nested more than {MAX_DEPTH} deep.", event)
        self._deepest = max(self._deepest, depth + height - 1)
        self._count(size, event)
        return node

    def _scalar(self, event: Any) -> Scalar:
        """Return a value that isn't easy: empty, escaped, anchored, tagged or long."""
        if event.style or event.value not in NULLS:
            return self._checked(event, Scalar(event.value, event.start_mark, event.style))
        null = Null(event.value, event.start_mark)
        if event.tag is not None or (not self._limits.keep_nulls and report_nulls(self._file, null, self._problems)):
            if self._problems.is_full(self._file):
                raise _StopReadingError
            return self._checked(event, Broken(event.value, event.start_mark))
        return self._checked(event, null)

    def _checked(self, event: Any, node: Scalar) -> Scalar:
        """Refuse what a scalar may not have, and remember its anchor."""
        self._refuse_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 0, 0)
        if len(node.text) > MAX_SCALAR:
            self._stop("scalar-too-long", f"This text has {len(node.text)} characters; 65,536 are allowed.", event)
        if event.style == '"' and (found := bad_character(node.text)) and first_invisible(self.text or "") is None:
            code, name = found
            self._error(code, f"An escape in this text stands for {name}.", event, "Delete the escape.")
        return node

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        if self._problems.is_full(self._file):
            raise _StopReadingError
        self._problems.error(
            "duplicate-key",
            f"`{key.text}` stands in this mapping already.",
            place(self._file, key),
            "Delete or rename one of the two.",
            related=(place(self._file, first),),
        )

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is None:
            return
        if event.tag.startswith("!include"):
            remedy = "Delete it: every `.yaml` file below the account folder is read."
            self._error("include", f"`{event.tag}` would read another file.", event, remedy)
        else:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._error("tag", f"`{shown}` would change the type of the value.", event, "Delete the tag.")

    def _count(self, nodes: int, event: Any) -> None:
        self._total += nodes
        if self._total > self._limits.nodes:
            detail = f"With its aliases expanded, the file holds more than {self._limits.nodes:,} keys and values."
            self._stop("too-many-nodes", detail, event)

    def _error(self, code: str, detail: str, event: Any, help: str = "") -> None:
        mark = event.start_mark
        self._problems.error(code, detail, Span(self._file, mark.line + 1, mark.column + 1), help)
        if self._problems.is_full(self._file):
            raise _StopReadingError

    def _stop(self, code: str, detail: str, event: Any) -> None:
        self._error(code, detail, event)
        raise _StopReadingError


def _is_nothing(event: Any) -> bool:
    """Tell whether a document has no content, as after a lone `---`."""
    given = (getattr(event, "value", None), event.anchor, getattr(event, "tag", None), getattr(event, "style", None))
    return given[0] == "" and not any(given[1:])


def _easy_scalar(event: Any, odd: frozenset[str] = NULLS) -> Scalar | None:
    """Return the node of a scalar about which nothing needs checking, or None; almost all of a zone file is such."""
    text, style = event.value, event.style
    if event.tag is None and event.anchor is None and style != '"' and (style or text not in odd) and len(text) < 9999:
        return Scalar(text, event.start_mark, style)
    return None


def _parser(text: str) -> _Events:
    """Return the function that gives the next event: libyaml's, or PyYAML's own where libyaml is missing."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _pure_parser(text)
    return CParser(text).get_event


def _pure_parser(text: str) -> _Events:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PureParser(Reader, Scanner, Parser):
        """PyYAML's reader, scanner and parser, without composing or constructing anything."""

        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PureParser(text).get_event
