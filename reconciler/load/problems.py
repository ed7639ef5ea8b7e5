"""Collects what is wrong with a configuration, so that all of it is reported at once, each with its source line."""

import re
from collections import Counter
from collections.abc import Iterable

from reconciler.load.codes import CODES
from reconciler.load.nodes import Node, nulls_in
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity, Span, sort_diagnostics
from reconciler.model.errors import DiagnosticsError
from reconciler.model.text import neutral

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
#: A literal where a secret's place belongs must not reach a log through the line that is shown.
_SECRET_SOURCE = re.compile(r"""(?P<key>\bsecret["']?\s*:\s*)(?!["']?(?:env|file)/).*""")
NULL_REMEDY = "Write `{}` or `[]` for managed and empty, or delete the key to leave it unmanaged."
HIDDEN = "(not shown)"
MOST_PER_FILE = 500


class Problems:
    """The errors and warnings found so far, and the texts of the files they may point into."""

    def __init__(self, secret_keys: Iterable[str] = ()) -> None:
        self._found: list[Diagnostic] = []
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._errors: Counter[str] = Counter()
        names = "|".join(map(re.escape, sorted(secret_keys))) or "(?!)"
        self._literal = re.compile(
            rf"""(?P<key>(?:^|[\s{{,"'])(?:{names})["']?\s*:\s*)(?!\{{\s*["']?(?:secret|hash)["']?\s*:|\s*$).*"""
        )

    def source(self, file: str, text: str) -> None:
        """Remember a file's text, whose lines diagnostics show."""
        self._texts[file] = text

    def error(
        self,
        code: str,
        detail: str,
        span: Span | None = None,
        help: str = "",
        *,
        related: tuple[Span, ...] = (),
        address: Address | None = None,
        hide: int = 0,
    ) -> None:
        """Add an error; the shown line ends before column ``hide``, where a secret may stand."""
        file = span.file if span else ""
        self._errors[file] += 1
        if self._errors[file] <= MOST_PER_FILE:
            self._add(Severity.ERROR, code, detail, span, help, related, address, hide)

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
        self._add(Severity.WARNING, code, detail, span, help, related, address, 0)

    def _add(
        self,
        severity: Severity,
        code: str,
        detail: str,
        span: Span | None,
        help: str,
        related: tuple[Span, ...],
        address: Address | None,
        hide: int,
    ) -> None:
        self._found.append(
            Diagnostic(
                code=code,
                summary=CODES[code].summary,
                detail=neutral(detail, 1000),
                span=span,
                help=neutral(help, 1000),
                severity=severity,
                address=address,
                line=self._line(span, hide) if span else None,
                related=related,
            )
        )

    def _line(self, span: Span, hide: int) -> str | None:
        if span.file not in self._lines:
            self._lines[span.file] = _BREAK.split(self._texts.get(span.file, ""))
        lines = self._lines[span.file]
        if not 0 < span.line <= len(lines):
            return None
        line = lines[span.line - 1]
        if hide:
            return neutral(line[: hide - 1] + HIDDEN)
        line = self._literal.sub(rf"\g<key>{HIDDEN}", line)
        return neutral(_SECRET_SOURCE.sub(rf"\g<key>{HIDDEN}", line))

    @property
    def failed(self) -> bool:
        """Whether any error was added."""
        return bool(self._errors)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return all diagnostics by place, with a last word for files that have more than fit."""
        found = list(self._found)
        for file, count in self._errors.items():
            if count > MOST_PER_FILE:
                detail = f"{count - MOST_PER_FILE} more errors in this file are not listed."
                found.append(Diagnostic("too-many-errors", CODES["too-many-errors"].summary, detail, Span(file, 1, 1)))
        return sort_diagnostics(found)

    def stop_on_errors(self) -> None:
        """Raise :class:`DiagnosticsError` with everything found if any of it is an error."""
        if self.failed:
            raise DiagnosticsError(self.sorted())


def place(file: str, node: Node) -> Span:
    """Return where a node stands."""
    return Span(file, node.mark.line + 1, node.mark.column + 1)


def report_nulls(file: str, node: Node, problems: Problems) -> bool:
    """Report every empty value in a node that wasn't reported yet, and tell whether there is one."""
    found = nulls_in(node)
    for null in found:
        detail = f"`{null.text}` stands here." if null.text else "Nothing stands here."
        problems.error("null-value", detail, place(file, null), NULL_REMEDY)
    return bool(found)
