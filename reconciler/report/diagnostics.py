"""Diagnostics on the terminal: code, summary, the place with its line and a caret, the detail, and what to do."""

from collections.abc import Container, Iterable, Iterator, Sequence

from reconciler.model.diagnostic import Diagnostic, Severity, sort_diagnostics
from reconciler.model.fields import Json
from reconciler.model.findings import errors_of
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import count_line, findings_by_code, neutral_diagnostic

_TONES = {Severity.ERROR: Tone.DANGER, Severity.WARNING: Tone.CHANGE, Severity.NOTE: Tone.LINK}
#: How much of a source line is shown on each side of the place.
_BEFORE, _AFTER = 60, 60


def diagnostics_lines(diagnostics: Sequence[Diagnostic], whole: Container[str] | None = frozenset()) -> Iterator[Line]:
    """Yield errors by place, then the others by code, what breaks most first, and how many there are.

    Of many findings alike the first few are shown, unless their code is in ``whole``; None shows everything.
    """
    errors = sort_diagnostics(list(errors_of(diagnostics)))
    for error in errors:
        yield from diagnostic_lines(neutral_diagnostic(error))
    others = [found for found in diagnostics if not found.is_error] if errors else diagnostics
    for alike in findings_by_code(others, whole):
        for found in alike.shown:
            yield from diagnostic_lines(found)
        if alike.more:
            head = (f"{alike.severity}[{alike.code}]", _TONES[alike.severity])
            yield line(head, f": and {alike.more} more: `reconciler validate --all {alike.code}`")
            yield EMPTY
    if diagnostics:
        yield line((f"{count_line(diagnostics)}.", Tone.BOLD))


def diagnostic_lines(found: Diagnostic) -> Iterator[Line]:
    """Yield one diagnostic, neutral but for its source line, and an empty line."""
    tone = _TONES[found.severity]
    yield line((f"{found.severity}[{found.code}]", tone), (f": {found.summary}", Tone.BOLD))
    gutter = len(str(found.span.line)) if found.span else 1
    if found.span:
        yield line((f"{' ' * gutter}--> ", Tone.LINK), str(found.span))
    elif found.address:
        yield line((f"{' ' * gutter}--> ", Tone.LINK), found.address)
    if found.span and found.line is not None:
        yield from _excerpt(found.line, found.span.line, found.span.column, gutter, tone)
    yield line(f"{' ' * gutter}  {found.detail}")
    for span in found.related:
        yield line((f"{' ' * gutter}  also: ", Tone.LINK), str(span))
    if found.help:
        yield line((f"{' ' * gutter}  help: ", Tone.LINK), found.help)
    yield EMPTY


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> list[Json]:
    """Return diagnostics as JSON types, sorted; ``line`` and ``column`` count from 1."""
    return [_json(neutral_diagnostic(found)) for found in sort_diagnostics(list(diagnostics))]


def _json(found: Diagnostic) -> Json:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "summary": found.summary,
        "detail": found.detail,
        "help": found.help,
        "address": found.address,
        "span": None if found.span is None else found.span._asdict(),
        "related": [span._asdict() for span in found.related],
    }


def _excerpt(source: str, number: int, column: int, gutter: int, tone: Tone) -> Iterator[Line]:
    """Yield the source line, cut around the place, with a caret below it."""
    start = max(0, column - 1 - _BEFORE)
    shown = source[start : column - 1 + _AFTER]
    lead = "..." if start else ""
    tail = "..." if len(source) > column - 1 + _AFTER else ""
    caret = len(lead) + columns(neutral(source[start : column - 1]))
    yield line((f"{number:>{gutter}} | ", Tone.LINK), f"{lead}{neutral(shown)}{tail}")
    yield line((f"{' ' * gutter} | ", Tone.LINK), " " * caret, ("^", tone))
