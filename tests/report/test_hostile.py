"""Text that somebody else decides never acts: not on a terminal, not in Markdown, not in a log."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import HOSTILE, hostile_plan
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan
from reconciler.report.diagnostics import diagnostics_lines
from reconciler.report.drift import drift_json, drift_lines
from reconciler.report.ink import plain
from reconciler.report.json_text import json_text
from reconciler.report.markdown import plan_markdown
from reconciler.report.outcome import applied_json, applied_lines
from reconciler.report.plan_json import plan_json
from reconciler.report.problem import problem_lines
from reconciler.report.rendering import code_span, fenced
from reconciler.report.saved import saved_text
from reconciler.report.terminal import plan_lines

HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def failed(plan: Plan) -> tuple[Outcome, ...]:
    return tuple(Outcome(change, Status.FAILED, change.address) for change in plan.changes)


FORMATS: dict[str, Callable[[Plan], str]] = {
    "terminal": lambda plan: plain(plan_lines(plan)),
    "drift": lambda plan: plain(drift_lines(plan)),
    "diagnostics": lambda plan: plain(diagnostics_lines(plan.findings)),
    "outcome": lambda plan: plain(applied_lines(failed(plan), ["alias/" + plan.account], None, False)),
    "problem": lambda plan: plain(problem_lines(plan.account.replace("\n", ""), plan.account)),
    "markdown": plan_markdown,
    "json": lambda plan: json_text(plan_json(plan)),
    "drift json": lambda plan: json_text(drift_json(plan)),
    "applied json": lambda plan: json_text(applied_json(failed(plan), [plan.account], None, False)),
    "saved": saved_text,
}


@pytest.mark.parametrize("name", FORMATS)
@given(st.one_of(st.just(HOSTILE), st.text(max_size=30).map(lambda text: f"EVIL{text}")))
def test_no_format_lets_control_characters_through(name: str, text: str) -> None:
    """Escape sequences, bidi and invisible characters arrive spelt out, and a line break never makes a new line."""
    benign, hostile = FORMATS[name](hostile_plan("EVIL")), FORMATS[name](hostile_plan(text))
    assert not HARMFUL.search(hostile)
    if name != "terminal" and name != "saved":
        assert hostile.count("\n") == benign.count("\n")


@given(st.text(alphabet="`ab|\\\n ~*<", max_size=40))
def test_code_spans_hold(text: str) -> None:
    """A code span ends where it should, whatever backticks its text has (CommonMark 6.1)."""
    span = code_span(text)
    ticks = re.match("`+", span)
    assert ticks is not None
    inner = span[len(ticks[0]) : -len(ticks[0])]
    assert span.startswith(ticks[0]) and span.endswith(ticks[0])
    assert ticks[0] not in re.findall("`+", inner)
    assert "\n" not in span
    assert not re.search(r"(?<!\\)\|", span)


@given(st.text(alphabet="`ab~\n ", max_size=60))
def test_fences_hold(text: str) -> None:
    """No line of a fenced block closes it early (CommonMark 4.5)."""
    first, *body, last = fenced(text).splitlines()
    assert first == last
    assert not any(line.strip().startswith(last) for line in body)


def test_markdown_holds_hostile_text_in_code_only() -> None:
    """Outside code spans and fences nothing of the hostile text is left."""
    text = re.sub(r"^(`{3,})diff\n.*?^\1$", "", plan_markdown(hostile_plan()), flags=re.MULTILINE | re.DOTALL)
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "EVIL" in text
    assert "EVIL" not in outside


def test_json_is_exact() -> None:
    """A program that reads the JSON gets the text as it is."""
    assert json.loads(json_text(plan_json(hostile_plan())))["account"] == HOSTILE
