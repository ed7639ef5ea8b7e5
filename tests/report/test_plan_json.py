"""A plan as JSON, printed and saved: its schema, what it holds back, and how a bad file is refused."""

import json
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hand_made import asked, contested, full_plan, plan_of
from reconciler.model.errors import ReconcilerError
from reconciler.model.plan import Options, Plan
from reconciler.report.json_text import json_text
from reconciler.report.plan_json import PlanFile, plan_json, plan_schema
from reconciler.report.saved import read_saved, saved_text
from snapshots import assert_snapshot


def test_whole_text() -> None:
    """One object says everything that the terminal says, for programs."""
    assert_snapshot("plan.json", json_text(plan_json(full_plan())))


@pytest.mark.parametrize("plan", [full_plan(), plan_of()])
def test_schema(plan: Plan) -> None:
    """What is printed and what is saved fit the schema, which is itself a sound JSON Schema."""
    Draft202012Validator.check_schema(plan_schema())
    validator = Draft202012Validator(plan_schema())
    validator.validate(json.loads(json_text(plan_json(plan))))
    validator.validate(json.loads(saved_text(plan)))


def test_nothing_private() -> None:
    """Private values stand masked on all three sides, a secret as its version."""
    contact, info = (plan_json(plan_of(one))["changes"][0] for one in (contested(), asked()[0]))
    assert [contact[side]["phone"] for side in ("before", "after", "applied")] == ["+49...56", "+49...57", "(private)"]
    assert info["after"]["password"] == {"$version": 1}


def test_saved_plan_comes_back() -> None:
    """A saved plan says again for which account and context it is, under which options, and what was approved."""
    options = Options(True, ("mailbox/*",), frozenset({"contact/erika"}), 3, frozenset({"alias"}), "tidying up")
    plan = plan_of(*asked(), options=options)
    saved = read_saved(saved_text(plan).encode(), "plan.json")
    assert (saved.account, saved.context, saved.options) == ("K-104711", plan.seals.context, options)
    assert saved.changes == {one.seal: one.address for one in asked()}


def test_saved_plan_is_one_canonical_line() -> None:
    """The same plan is the same file, byte by byte."""
    text = saved_text(full_plan())
    assert text.isascii()
    assert text.count("\n") == 1
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")) + "\n"


def test_a_plan_is_saved_and_read_without_pydantic() -> None:
    """Whose start costs more than a whole plan; it is needed only to say what is wrong with a file."""
    program = (
        "import sys; from reconciler.report.saved import read_saved; read_saved(sys.stdin.buffer.read(), 'p.json');"
        "print([name for name in sys.modules if name.startswith('pydantic')])"
    )
    text = saved_text(plan_of(*asked())).encode()
    assert (
        subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, check=True).stdout == b"[]\n"
    )


JUNK = st.sampled_from(
    (None, True, False, 0, 1, -1, 1.0, "", "1", "update", "drift", "warning", (), {}, ("a",), {"a": 1})
)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_what_is_taken_without_pydantic_is_what_its_model_takes(data: st.DataObject) -> None:
    """Whatever stands anywhere in a saved plan: nothing is taken that the model would refuse, or take otherwise."""
    whole = json.loads(saved_text(full_plan()))
    inside: Any = whole
    while True:
        key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not isinstance(inside[key], dict | list) or not inside[key] or data.draw(st.integers(0, 3)) == 0:
            break
        inside = inside[key]
    if isinstance(inside, dict) and data.draw(st.booleans()):
        del inside[key]
    else:
        inside[key] = data.draw(JUNK)
    taken = None
    with suppress(Exception):  # then the model is asked
        taken = PlanFile.judged(whole)
    if taken is not None:
        assert taken == PlanFile.from_model(PlanFile.model().model_validate(whole))


def altered(**changes: Any) -> bytes:
    data = json.loads(saved_text(plan_of(*asked())))
    return json.dumps({**data, **changes}).encode()


def without_seal_list() -> bytes:
    return json_text(plan_json(plan_of(*asked()))).encode()


def with_changed_seal() -> bytes:
    data = json.loads(saved_text(plan_of(*asked())))
    data["changes"][0]["seal"] = "0" * 64
    return json.dumps(data).encode()


def with_twice_the_same() -> bytes:
    data = json.loads(saved_text(plan_of(*asked())))
    data["changes"][1] = data["changes"][0]
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "p.json is not a plan: it isn't JSON."),
        (b"\xff\xfe", "p.json is not a plan: it isn't JSON."),
        (b"[" * 100_000, "p.json is not a plan: it isn't JSON."),
        (saved_text(plan_of(*asked())).encode()[:-100], "p.json is not a plan: it isn't JSON."),
        (b"[]", "p.json is not a plan of reconciler: it has no format_version."),
        (b'{"format_version": "1"}', "p.json is not a plan of reconciler: it has no format_version."),
        (b'{"format_version": true}', "p.json is not a plan of reconciler: it has no format_version."),
        (altered(format_version=2), "p.json has format version 2; this program reads 1."),
        (altered(format_version=0), "p.json is damaged at format_version."),
        (altered(more=1), "p.json is damaged at more."),
        (altered(changes=3), "p.json is damaged at changes."),
        (altered(account="K-1"), "p.json is damaged: its seal doesn't fit what it holds."),
        (altered(seal="0" * 64), "p.json is damaged: its seal doesn't fit what it holds."),
        (altered(changes=[]), "p.json is damaged: its seal doesn't fit what it holds."),
        (with_changed_seal(), "p.json is damaged: its seal doesn't fit what it holds."),
        (with_twice_the_same(), "p.json is damaged: its seal doesn't fit what it holds."),
        (without_seal_list(), "p.json has no seal list, so nothing in it was approved."),
    ],
)
def test_bad_files(data: bytes, said: str) -> None:
    """A damaged, newer or foreign file is refused in one sentence that names it."""
    with pytest.raises(ReconcilerError) as error:
        read_saved(data, "p.json")
    assert str(error.value) == said
    assert error.value.exit_code == 1
    assert error.value.help
