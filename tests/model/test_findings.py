"""Findings of which there may be many: they are counted and begun without being made."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.diagnostic import Diagnostic, Severity, sort_diagnostics
from reconciler.model.findings import FIRST, Findings, errors_of, few_of, joined, of_codes
from reconciler.model.span import Span

diagnostics = st.lists(
    st.builds(
        lambda code, line, severity: Diagnostic(code, "Summary.", f"At {line}.", Span("a", line, 1), "", severity),
        st.sampled_from("abc"),
        st.integers(1, 30),
        st.sampled_from([Severity.WARNING, Severity.NOTE]),
    ),
    max_size=25,
    unique_by=lambda found: (found.code, found.span),
).map(sort_diagnostics)


def unmade(found: tuple[Diagnostic, ...]) -> Findings:
    """Return findings of which only the first few may be made."""

    def load() -> Iterable[Diagnostic]:
        pytest.fail("all of them were made")

    return Findings(few_of(found), load)


@given(diagnostics, diagnostics)
def test_joined_they_are_what_they_are(one: tuple[Diagnostic, ...], other: tuple[Diagnostic, ...]) -> None:
    """Whether made or not, they are the same findings in the same order, counted by sort."""
    more = tuple(found._replace(code=f"{found.code}2") for found in other)
    together = joined(Findings(few_of(one), lambda: one), more)
    assert tuple(together) == sort_diagnostics([*one, *more])
    assert (len(together), few_of(together)) == (len(one) + len(more), few_of(sort_diagnostics([*one, *more])))


@given(diagnostics)
def test_counting_makes_none(found: tuple[Diagnostic, ...]) -> None:
    """How many there are, the first few, whether one is an error, and those of a rare code are known."""
    kept = unmade(found)
    assert len(joined(kept, ())) == len(found)
    assert all(len(few.first) == min(few.many, FIRST) for few in few_of(kept).values())
    assert errors_of(kept) == of_codes(kept, ("d",)) == ()
    rare = [one for one in found if one.code == "a"]
    if len(rare) <= FIRST:
        assert of_codes(kept, ("a",)) == tuple(rare)


def test_they_are_made_once() -> None:
    """Whoever asks for all of them gets the same ones."""
    made = []
    one = Diagnostic("a", "Summary.", "Here.", Span("a", 1, 1), "", Severity.ERROR)

    def load() -> Iterable[Diagnostic]:
        made.append(1)
        return (one,)

    kept = Findings(few_of((one,)), load)
    assert (kept[0], list(kept), kept, hash(kept)) == (one, [one], (one,), hash((one,)))
    assert errors_of(kept) == kept[:1] == (one,)
    assert of_codes(kept, ("a",)) == (one,)
    assert made == [1]
