"""Findings by rank: what breaks most stands first, and of many alike a few."""

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.span import Span
from reconciler.report.diagnostics import diagnostics_json, diagnostics_lines
from reconciler.report.view import findings_by_code

NOTE = Diagnostic("style", "Style.", "It is a matter of taste.", severity=Severity.NOTE, rank=3)
WARNING = Diagnostic("breaks", "It breaks.", "Nothing arrives.", severity=Severity.WARNING, rank=2)
WORSE = Diagnostic("worse", "It is worse.", "Nobody arrives.", severity=Severity.WARNING, rank=1)
ERROR = Diagnostic("wrong", "It is wrong.", "It can't be read.")


def many(one: Diagnostic, count: int) -> list[Diagnostic]:
    return [one._replace(span=Span("a.yaml", line, 1)) for line in range(1, count + 1)]


def texts(found: list[Diagnostic], *whole: str) -> list[str]:
    lines = diagnostics_lines(found, frozenset(whole))
    return ["".join(part if isinstance(part, str) else part[0] for part in line) for line in lines]


def heads(lines: list[str]) -> list[str]:
    return [line.partition("]")[0] + "]" for line in lines if "[" in line]


def test_order() -> None:
    """Errors, then by rank; the place decides only among equals."""
    found = [*many(NOTE, 1), *many(WARNING, 1), *many(WORSE, 1), ERROR._replace(span=Span("z.yaml", 9, 1))]
    assert heads(texts(found)) == ["error[wrong]", "warning[worse]", "warning[breaks]", "note[style]"]


def test_many_alike_are_cut() -> None:
    """Of 40 two are shown, and the line after them names the command that shows all."""
    lines = texts(many(NOTE, 40) + many(WARNING, 1))
    assert heads(lines) == ["warning[breaks]", "note[style]", "note[style]", "note[style]"]
    assert "note[style]: and 38 more: `reconciler validate --all style`" in lines
    assert lines[-1] == "1 warning, 40 notes."


def test_five_alike_are_shown() -> None:
    """Few findings are never cut."""
    assert heads(texts(many(NOTE, 5))) == ["note[style]"] * 5


def test_all_of_one_code() -> None:
    """What is asked for is shown whole, and nothing else is."""
    lines = texts(many(NOTE, 7) + many(WARNING, 7), "style")
    assert heads(lines) == ["warning[breaks]"] * 3 + ["note[style]"] * 7


def test_errors_are_never_cut() -> None:
    """Whoever mends files sees every error at once."""
    assert heads(texts(many(ERROR, 9))) == ["error[wrong]"] * 9


def test_everything_where_nothing_could_show_the_rest() -> None:
    """An import tells all it found, because no command repeats it."""
    assert [view.more for view in findings_by_code(many(NOTE, 50), whole=None)] == [0]


def test_json_has_all() -> None:
    """Programs aren't spared anything."""
    assert len(diagnostics_json(many(NOTE, 50))) == 50
