"""Collects what is wrong with a configuration, so that all of it is reported at once, each with its source line."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from reconciler.load.nodes import Node, nulls_in
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, sort_diagnostics
from reconciler.model.late import pattern
from reconciler.model.span import Span
from reconciler.model.text import neutral

#: What a file says: its text, its bytes, or what reads them once a line of it is shown.
Source: TypeAlias = str | bytes | Callable[[], bytes]

#: What ends a line, in YAML and so in the places that are reported.
BREAK = pattern("\r\n|[\n\r\x85\u2028\u2029]")
#: A literal where a secret's place belongs must not reach a log through the line that is shown.
_SECRET_SOURCE = pattern(r"""(?P<key>\bsecret["']?\s*+:\s*+)(?!["']?(?:env|file)/).*""")
_HASH_SOURCE = pattern(r"""(?P<key>\bhash["']?\s*+:\s*+)(?![\[{]|\Z).*""")
#: A password's hash, or the end of one of which YAML has made a key.
_HASH = pattern(r"(?P<key>)(?:\$(?:argon2[a-z]*|2[abxy])\$(?=\w)|\bp=[0-9]+\$).*")
NULL_REMEDY = "Write `{}` or `[]` for managed and empty, or delete the key to leave it unmanaged."
HIDDEN = "(not shown)"
MOST_PER_FILE = 500
#: With so many errors a file isn't read further.
ENOUGH = 2 * MOST_PER_FILE


class Problems:
    """The errors and warnings found so far, and the texts of the files they may point into."""

    def __init__(self, secret_keys: Iterable[str] = ()) -> None:
        self._found: list[Diagnostic] = []
        self._texts: dict[str, Source] = {}
        self._hidden: dict[tuple[str, int], int] = {}
        self._full: set[str] = set()
        self._counts: Counter[tuple[str, Severity]] = Counter()
        names = "|".join(map(re.escape, sorted(secret_keys))) or "(?!)"
        self._literal = pattern(
            rf"""(?P<key>(?:^|[\s{{,"'])(?:{names})["']?\s*+:\s*+)(?!\{{\s*["']?(?:secret|hash)["']?\s*:|\Z).*"""
        )

    def apart(self) -> "Problems":
        """Return a collection of its own for one file, to be kept and taken in with :meth:`absorb`."""
        other = Problems()
        other._literal = self._literal
        return other

    def take(self, file: str, warnings: Iterable[Diagnostic], unlisted: int) -> None:
        """Take in the warnings that were found in a file before, and the number of those that weren't listed."""
        found = list(warnings)
        self._found += found
        self._counts[file, Severity.WARNING] += len(found) + unlisted

    def warnings(self, file: str) -> tuple[list[Diagnostic], int]:
        """Return the warnings of a file that are listed, without their lines, and the number of all others."""
        found = [one for one in self._found if not one.is_error and one.span and one.span.file == file]
        return found, self._counts[file, Severity.WARNING] - len(found)

    def absorb(self, other: "Problems") -> None:
        """Take in everything that was found in a file read :meth:`apart`."""
        self._found += other._found
        self._texts |= other._texts
        self._hidden |= other._hidden
        self._full |= other._full
        self._counts.update(other._counts)

    def source(self, file: str, text: Source) -> None:
        """Remember a file's text, whose lines diagnostics show."""
        self._texts[file] = text

    def forget_sources(self) -> None:
        """Let go of the files' texts."""
        self._texts.clear()

    def hide(self, file: str, node: Node) -> None:
        """Show no diagnostic's line beyond a node, because a secret may be written there."""
        at = (file, node.mark.line + 1)
        self._hidden[at] = min(node.mark.column, self._hidden.get(at, node.mark.column))

    def error(
        self,
        code: str,
        detail: str,
        span: Span | None = None,
        help: str = "",
        *,
        related: tuple[Span, ...] = (),
        address: Address | None = None,
    ) -> None:
        """Add an error."""
        self._add(Severity.ERROR, code, detail, span, help, related, address)

    def warning(
        self,
        code: str,
        detail: str,
        span: Span | None = None,
        help: str = "",
        *,
        related: tuple[Span, ...] = (),
        address: Address | None = None,
    ) -> None:
        """Add a finding that doesn't stop the run."""
        self._add(Severity.WARNING, code, detail, span, help, related, address)

    def _add(
        self,
        severity: Severity,
        code: str,
        detail: str,
        span: Span | None,
        help: str,
        related: tuple[Span, ...],
        address: Address | None,
    ) -> None:
        from reconciler.load.codes import CODES

        key = (span.file if span else "", severity)
        self._counts[key] += 1
        if severity is Severity.ERROR and self._counts[key] == ENOUGH:
            self._full.add(key[0])
        if self._counts[key] <= MOST_PER_FILE:
            summary, said, remedy = CODES[code].summary, neutral(_HASH.sub(HIDDEN, detail), 1000), neutral(help, 1000)
            found = Diagnostic(code, summary, said, span, remedy, severity, address, related=related)
            self._found.append(found)

    def is_full(self, file: str) -> bool:
        """Tell whether a file has so many errors that looking for more helps nobody."""
        return file in self._full

    @property
    def has_any(self) -> bool:
        """Whether anything was found."""
        return bool(self._counts)

    @property
    def failed(self) -> bool:
        """Whether any error was added."""
        return any(severity is Severity.ERROR for _, severity in self._counts)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return all diagnostics by place, with their lines, and a last word for files that have more than fit."""
        found = list(self._found)
        for (file, severity), count in self._counts.items():
            if count > MOST_PER_FILE:
                from reconciler.load.codes import CODES

                summary = CODES["too-many-errors"].summary
                at_least = "At least " if self.is_full(file) else ""
                detail = f"{at_least}{count - MOST_PER_FILE} more {severity.value}s in this file are not listed."
                found.append(Diagnostic("too-many-errors", summary, detail, Span(file, 1, 1), "", severity))
        files = {d.span.file for d in found if d.span and d.span.file in self._texts}
        texts = {file: BREAK.split(_decoded(self._texts[file])) for file in files}
        found = [d._replace(span=_inside(d.span, texts)) if d.span else d for d in found]
        lines = self._lines({d.span[:2] for d in found if d.span}, texts)
        return sort_diagnostics([d._replace(line=lines.get(d.span[:2])) if d.span else d for d in found])

    def _lines(self, places: Iterable[tuple[str, int]], texts: Mapping[str, list[str]]) -> dict[tuple[str, int], str]:
        """Return the lines that are shown, as they were written but for what may be a secret."""
        return {
            (file, number): shown
            for file, number in places
            if file in texts and (shown := self._shown(file, number, texts[file][number - 1]))
        }

    def _shown(self, file: str, number: int, line: str) -> str:
        hidden = self._hidden.get((file, number))
        if hidden is not None:
            line = line[:hidden] + HIDDEN
        for shape in (self._literal, _SECRET_SOURCE, _HASH_SOURCE, _HASH):
            line = shape.sub(rf"\g<key>{HIDDEN}", line)
        return line


def _decoded(source: Source) -> str:
    text = source() if callable(source) else source
    return text if isinstance(text, str) else text.decode("utf-8", "replace")


def _inside(span: Span, texts: Mapping[str, list[str]]) -> Span:
    """Return a place in its file: a parser puts what is missing at the end on a line after the last."""
    lines = texts.get(span.file)
    if lines is None or span.line <= len(lines):
        return span
    return Span(span.file, len(lines), len(lines[-1]) + 1)


def place(file: str, node: Node) -> Span:
    """Return where a node stands."""
    return Span(file, node.mark.line + 1, node.mark.column + 1)


def report_nulls(file: str, node: Node, problems: Problems) -> bool:
    """Report every empty value in a node that wasn't reported yet, and tell whether there is one."""
    found = nulls_in(node)
    for null in found[:ENOUGH]:
        detail = f"`{null.text}` stands here." if null.text else "Nothing stands here."
        problems.error("null-value", detail, place(file, null), NULL_REMEDY)
    return bool(found)
