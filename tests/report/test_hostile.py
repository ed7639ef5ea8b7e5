"""Text that somebody else decides never acts: not on a terminal, not in Markdown, not in a log."""

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import HOSTILE, full_plan, hostile_plan, plan_full_of
from hostile import everything, left_raw
from reconciler.model.change import Origin
from reconciler.model.outcome import Outcome, Proof, Status
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, Step
from reconciler.model.seals import SealList
from reconciler.model.span import Span
from reconciler.model.text import neutral
from reconciler.model.verified import Checked, Difference, Standing, Verified
from reconciler.record.holder import describe_holder
from reconciler.report.adopted import adopted_lines
from reconciler.report.age import keys_lines, sealed_lines, use_lines
from reconciler.report.diagnostics import diagnostics_lines
from reconciler.report.drift import drift_json, drift_lines
from reconciler.report.imported import zone_lines
from reconciler.report.initialised import initialised_lines
from reconciler.report.ink import Line, plain, write
from reconciler.report.json_text import json_text
from reconciler.report.live import live_lines, said_line
from reconciler.report.markdown import Heading, plan_markdown
from reconciler.report.octodns import octodns_lines
from reconciler.report.outcome import applied_json, applied_lines
from reconciler.report.plan_json import plan_json
from reconciler.report.problem import problem_lines
from reconciler.report.rendering import code_span, fenced
from reconciler.report.resumed import resumed_lines
from reconciler.report.saved import saved_text
from reconciler.report.terminal import plan_lines
from reconciler.report.verified import verified_lines

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SGR = re.compile(r"\x1b\[[0-9;]*m")
HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def coloured(lines: Iterable[Line]) -> str:
    """Return what a terminal is sent."""
    out = io.StringIO()
    write(lines, out, True)
    return out.getvalue()


def doubts(plan: Plan) -> Proof:
    return Proof(("alias/" + plan.account,), {"mailbox/" + plan.account: plan.account})


def failed(plan: Plan) -> tuple[Outcome, ...]:
    return tuple(Outcome(change, Status.FAILED, change.address) for change in plan.changes)


FORMATS: dict[str, Callable[[Plan], str]] = {
    "terminal": lambda plan: plain(plan_lines(plan)),
    "drift": lambda plan: plain(drift_lines(plan, with_unmanaged=True)),
    "diagnostics": lambda plan: plain(diagnostics_lines(plan.findings)),
    "outcome": lambda plan: plain(applied_lines(failed(plan), doubts(plan), None, False)),
    "problem": lambda plan: plain(problem_lines(plan.account.replace("\n", ""), plan.account)),
    "markdown": lambda plan: plan_markdown(plan, Heading(plan.account, plan.account), 10**9),
    "json": lambda plan: json_text(plan_json(plan)),
    "drift json": lambda plan: json_text(drift_json(plan)),
    "applied json": lambda plan: json_text(applied_json(failed(plan), doubts(plan), None, False)),
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


def outside_code(markdown: str) -> str:
    """Return what is left of Markdown without its fences, code spans and code in HTML."""
    text = re.sub(r"^(`{3,})(?:diff)?\n.*?^\1$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    text = re.sub("<code>[^<>]*</code>", "", text)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_markdown_holds_hostile_text_in_code_only() -> None:
    """Outside code spans and fences nothing of the hostile text is left."""
    text = FORMATS["markdown"](hostile_plan())
    assert "EVIL" in text
    assert "EVIL" not in outside_code(text)


def holder(text: str) -> Receipt:
    """Return an intent all of whose facts somebody else decided."""
    step = Step(text, "create", text, text, text, "done", text)
    return Receipt(1, "intent", *([text] * 7), 1, text, text, text, run_url=text, steps=(step,))


def sentences(text: str) -> list[Line]:
    """Return what is said beside plans: errors, who holds the record, what was written, what is live."""
    at = Span(text, 1, 1)
    lines = [*problem_lines(text, text, (text,)), *problem_lines(*describe_holder(holder(text), NOW))]
    lines += [
        *resumed_lines(holder(text), Proof((text,), {text: text})),
        *live_lines({text: {"name": neutral(text)}}),
        said_line(text, "deleted"),
    ]
    lines += initialised_lines([text], [(text, text)], [text], Plan("K-1", "x", (), SealList("K-1", "c", ())))
    lines += [*zone_lines(text, 1, 1, 1, text), *keys_lines(text, [text], True), *use_lines(text, [], True)]
    lines += [*sealed_lines(text, "Set.", 1, [text], [text], True), *use_lines(text, [(at, text, 1)], False)]
    lines += adopted_lines([text], [text], [(text, text)], {text: text}, True)
    met = [("A feature", "not taken over", "It means something.", [(at, text)])]
    lines += octodns_lines([text], [text], met, [(at, text, text, True)], text)
    row = Checked(text, text, text, Standing.DIFFERS, 1, 2, text, 0, (Difference(text, text, text),))
    lines += verified_lines(Verified((row,), {text: text}, {text: text}))
    return [*lines, *applied_lines((), Proof((text,), {text: text}), None, False)]


PLAN = plan_full_of(everything())
PLAIN_FORMATS = {name: FORMATS[name] for name in ("terminal", "drift", "diagnostics", "outcome", "markdown")}
JSON_FORMATS = {name: FORMATS[name] for name in ("json", "drift json", "applied json", "saved")}


@pytest.mark.parametrize("name", PLAIN_FORMATS)
def test_five_thousand_texts_arrive_neutral(name: str) -> None:
    """Whatever the class and the place in a plan: nothing acts, and no line is endless."""
    shown = PLAIN_FORMATS[name](PLAN)
    assert shown.count("EVIL") > 100
    assert left_raw(shown) == []


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_five_thousand_texts_arrive_exactly_in_json(name: str) -> None:
    """JSON holds the texts whole, in ASCII; only what was saved for programs may hold the marks of a command."""
    shown = JSON_FORMATS[name](PLAN)
    assert shown.isascii()
    assert [raw for raw in left_raw(shown, inf) if not (name == "saved" and raw.startswith("##"))] == []
    json.loads(shown)


def test_the_json_of_a_plan_holds_every_address() -> None:
    """What is neutral for people is exact for programs."""
    data = json.loads(json_text(plan_json(PLAN)))
    assert {one["address"] for one in data["changes"]} == {one.address for one in PLAN.changes}


def test_in_colour_only_our_own_sequences_occur() -> None:
    """A terminal is sent the colours that a harmless plan has, and nothing else."""
    own, sent = (coloured(plan_lines(plan)) for plan in (full_plan(), PLAN))
    assert set(SGR.findall(sent)) <= set(SGR.findall(own))
    assert left_raw(SGR.sub("", sent)) == []


def test_texts_of_all_classes_in_every_other_sentence() -> None:
    """Errors, locks, receipts, live values and lists of files pass the same door."""
    assert left_raw(plain(line for text in everything()[::4] for line in sentences(text))) == []
    assert left_raw(SGR.sub("", coloured(line for text in everything()[::51] for line in sentences(text)))) == []


def test_five_thousand_texts_stand_in_code_only() -> None:
    """In Markdown nothing of any text is left outside code spans, fences and code in HTML, however it is shortened."""
    whole = FORMATS["markdown"](PLAN)
    assert "EVIL" not in outside_code(whole)
    routine = replace(
        PLAN, batches=(tuple(c for c in PLAN.changes if c.origin is Origin.ASKED),), refused=(), refusals=()
    )
    for limit in (10**5, 10**4, 2000):
        text = plan_markdown(routine, limit=limit)
        assert "EVIL" not in outside_code(text)
        assert left_raw(text) == []
