"""The figures of the house rules; ``make check`` prints the whole table."""

import pytest

from architecture.budgets import Figure, measure, table
from architecture.source import modules


@pytest.mark.parametrize("figure", measure(), ids=lambda figure: figure.name)
def test_a_figure_stays_inside_its_budget(figure: Figure) -> None:
    """A budget that must be raised is raised in ``budgets.py``, in a commit that says why."""
    assert figure.kept, f"{figure.name}: {figure.value:g}, budget {figure.budget}"


def test_every_suppressed_check_says_why() -> None:
    """``# type: ignore[code]  # reason``: whoever reads the line needn't guess."""
    silent = [f"{m.name}:{line}: {text}" for m in modules() for line, text, reason in m.suppressions() if not reason]
    assert silent == []


def test_the_table_shows_what_is_over_budget() -> None:
    """The printed table is what reviewers read, so it must not hide a figure that got out of hand."""
    shown = table((Figure("kept", 1, most=2), Figure("broken", 3, most=2)))
    assert [line.endswith("OVER BUDGET |") for line in shown.splitlines()[2:]] == [False, True]
