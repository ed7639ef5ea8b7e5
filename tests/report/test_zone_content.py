"""What goes with a zone, in every format of a plan."""

import json

import pytest
from jsonschema import Draft202012Validator

from hand_made import plan_of
from reconciler.model.change import Action, Change, Content, Origin, Risk
from reconciler.model.fields import Fields
from reconciler.report.ink import plain
from reconciler.report.markdown import plan_markdown
from reconciler.report.plan_json import plan_json, plan_schema
from reconciler.report.terminal import plan_lines

NAMES = tuple(f"record/example.org/h{n}/A" for n in range(7))


def deleted(content: Content | None) -> Change:
    return Change(
        "zone/example.org",
        Action.DELETE,
        Origin.ASKED,
        Fields.of({}),
        None,
        risk=Risk.DATA_LOSS,
        approved_in_git=True,
        content=content,
        seal="0" * 64,
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (Content(12, NAMES[:2]), "12 record sets, 2 of them unmanaged: h0/A, h1/A"),
        (Content(12, NAMES), "12 record sets, 7 of them unmanaged: h0/A, h1/A, h2/A, h3/A, h4/A and 2 more"),
        (Content(1), "1 record set, none of them unmanaged"),
        (Content(0), "0 record sets, none of them unmanaged"),
        (Content(1, ("record/example.org/\x1b[2J/A",)), "1 record set, 1 of them unmanaged: \\x1b[2J/A"),
    ],
)
def test_terminal_and_markdown(content: Content, text: str) -> None:
    """How many, how many of them nobody declared, and the first of those, in texts that can't act."""
    plan = plan_of(deleted(content))
    assert f"        covers: {text}\n" in plain(plan_lines(plan))
    assert "covers: " in plan_markdown(plan)
    assert text in plan_markdown(plan)


def test_json_has_all_of_them() -> None:
    """By their addresses; no other change has the key, so that older files are read as they are."""
    found = plan_json(plan_of(deleted(Content(12, NAMES))))
    Draft202012Validator(plan_schema()).validate(json.loads(json.dumps(found)))
    assert found["changes"][0]["content"] == {"count": 12, "unmanaged": NAMES}
    assert "content" not in plan_json(plan_of(deleted(None)))["changes"][0]
