"""Diagnostics: what the user can mend, said once, with its place and the way to mend it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.span import Span


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the run, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Diagnostic(NamedTuple):
    """One thing the user can mend.

    ``summary`` is constant for its ``code``; what varies stands in ``detail`` (full sentences). ``help`` says what to
    do, ``line`` is the source line at ``span``, as it was written (whatever shows it makes it neutral), and ``related``
    are further places of the same problem. Among those of one severity the smallest ``rank`` breaks most.
    """

    code: str
    summary: str
    detail: str
    span: Span | None = None
    help: str = ""
    severity: Severity = Severity.ERROR
    address: Address | None = None
    line: str | None = None
    related: tuple[Span, ...] = ()
    rank: int = 0

    @property
    def is_error(self) -> bool:
        """Whether this diagnostic stops the run."""
        return self.severity is Severity.ERROR


_NOWHERE = Span("", 0, 0)


def sort_diagnostics(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics by file, line, column and code, without repetitions."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda d: (d.span or _NOWHERE, d.code, d.detail)))


def with_related(
    diagnostics: Iterable[Diagnostic], related: Mapping[Address, tuple[Span, ...]]
) -> tuple[Diagnostic, ...]:
    """Return diagnostics with the further places of the resources that they are about."""
    return tuple(
        d._replace(related=tuple(dict.fromkeys((*d.related, *more)))) if (more := related.get(d.address or "")) else d
        for d in diagnostics
    )
