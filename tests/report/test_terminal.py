"""A plan on the terminal: whole texts, in Terraform's manner."""

import io
import re

import pytest

from hand_made import asked, contested, drifted, full_plan, plan_of
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.plan import Note, Options, Plan
from reconciler.model.span import Span
from reconciler.report.ink import plain, wants_colour, write
from reconciler.report.terminal import plan_lines
from reconciler.report.view import view_plan
from snapshots import assert_snapshot

NOTE = Note("alias/x@example.org", Bookkeeping.OWN)


def shown(plan: Plan) -> str:
    return plain(plan_lines(plan))


def test_everything() -> None:
    """Changes by kind and address with their fields, what needs its own approval, refused, drift, unmanaged, guards."""
    assert_snapshot("plan.txt", shown(full_plan()))


def test_only_changes() -> None:
    """A plan without anything beside it is its changes, the last line and what to do next."""
    assert_snapshot("plan-plain.txt", shown(plan_of(*asked())))


@pytest.mark.parametrize(
    ("plan", "last_line"),
    [
        (plan_of(), "No changes. The account is as declared."),
        (plan_of(options=Options(only=("alias/*",))), "No changes. What `--only` chose is as declared."),
        (plan_of(drift=(drifted(),)), "No changes. 1 resource changed by hand, held as drift."),
        (
            plan_of(notes=(NOTE,)),
            "No changes. The account is as declared; apply only writes the record: 1 resource taken into ownership.",
        ),
        (plan_of(refused=(asked()[0],)), "Plan: 0 to add, 0 to change, 0 to destroy, 1 refused."),
        (plan_of(*asked()), "Plan: 1 to add, 3 to change, 1 to destroy, 1 to forget."),
        (plan_of(asked()[0]), "Plan: 1 to add, 0 to change, 0 to destroy."),
    ],
)
def test_last_line(plan: Plan, last_line: str) -> None:
    """The last line counts as Terraform does, and says why there is nothing to do."""
    assert view_plan(plan).summary == last_line
    assert f"\n{last_line}\n" in shown(plan)


def test_order_of_the_input_does_not_matter() -> None:
    """The same changes are shown the same in whatever order an apply makes them."""
    assert shown(plan_of(*asked(), contested())) == shown(plan_of(contested(), *reversed(asked())))


def findings(count: int) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            "type-not-served", "Not served.", f"Number {number}.", Span("z.yaml", number, 1), "", Severity.WARNING
        )
        for number in range(count, 0, -1)
    )


def test_many_findings_alike_are_cut() -> None:
    """Hundreds of findings of one sort don't bury the plan; a few are shown whole."""
    assert shown(plan_of(findings=findings(5))).count("warning[type-not-served]: Not served.") == 5
    text = shown(plan_of(findings=findings(206)))
    assert "Number 1." in text
    assert "Number 3." not in text
    assert "warning[type-not-served]: 204 more; --json lists them all\n" in text


def test_private_values_are_masked() -> None:
    """Neither telephone number is shown, on any of the three sides."""
    text = shown(plan_of(contested()))
    assert "123456" not in text
    assert "123457" not in text
    assert "+49...56 -> +49...57  # applied: (private)" in text


def test_private_values_that_mask_alike() -> None:
    """A difference that the masks hide is said in words."""
    one = contested()
    before, after = (value.replaced(phone=phone) for value, phone in ((one.before, "+4950"), (one.after, "+4951")))  # type: ignore[union-attr]  # fields
    text = shown(plan_of(type(one)(**{n: getattr(one, n) for n in one.__slots__} | {"before": before, "after": after})))
    assert "phone: +... -> +...  # differs in what isn't shown" in text


def test_colour_adds_nothing_but_colour() -> None:
    """In colour the text is the same, character by character."""
    stream = io.StringIO()
    write(plan_lines(full_plan()), stream, colour=True)
    without = re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue())
    assert [text.rstrip() for text in without.splitlines()] == shown(full_plan()).splitlines()
    assert "\x1b[32m" in stream.getvalue()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "colour"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_when_there_is_colour(stream: io.StringIO, environ: dict[str, str], colour: bool) -> None:
    """Only a terminal gets colour, and not when its user says NO_COLOR."""
    assert wants_colour(stream, environ) is colour
