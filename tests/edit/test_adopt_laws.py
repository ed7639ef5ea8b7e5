"""Whatever somebody does to an account, adopting it leaves nothing to do and every other line alone."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from edit.accounts import lives
from edit.test_init import CONFIG, loaded, natural
from reconciler.edit.adopt import adopt_live, demand_adopted
from reconciler.edit.fmt import format_text
from reconciler.edit.init import write_account
from reconciler.edit.places import place_values
from reconciler.kinds import KINDS
from reconciler.load.desired import load_desired
from reconciler.load.tree import ChangedTree, WorkTree
from reconciler.model.address import group_of, kind_of, live_id_of
from reconciler.model.plan import Choice, Options, Plan
from reconciler.model.state import Applied, Desired, Live, Provenance
from reconciler.planner.plan import build_plan
from reconciler.ports import Capabilities

SALT = "5a" * 16
EVERYTHING = Options(accept_empty=frozenset(KINDS), reason="a law")
ALL = Capabilities(
    kinds=frozenset(KINDS), other_types=frozenset({"ALIAS", "Route53Provider/ALIAS"}), record_options=True
)


@settings(max_examples=120)
@given(before=lives(), after=lives())
def test_after_adopting_nothing_is_left(before: Live, after: Live, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One account was applied and another is live: every difference goes into the files, or is named with a reason."""
    folder = tmp_path_factory.mktemp("adopt") / "account"
    desired = loaded(write_account(before, CONFIG), folder)
    applied, live = applied_from(desired, before), with_fixed(after, before)
    plan = planned(desired, live, applied)
    choice = Choice(drift=True, unmanaged=True)
    adoption = adopt_live(plan, desired, live, applied, choice, WorkTree(folder).read)
    again = load_desired(ChangedTree(WorkTree(folder), adoption.new))
    rest = planned(again, live, applied)
    demand_adopted(adoption, plan, rest)
    assert {*(change.address for change in rest.drift), *rest.unmanaged} <= adoption.left_out.keys()
    assert not rest.changes
    assert not rest.refused
    for file, text in adoption.new.items():
        assert text is None or format_text(text, file, file.startswith("zones/")) == text


@given(before=lives(), after=lives())
def test_adopting_keeps_every_comment(before: Live, after: Live, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Comments beside every line and above every section: only those of deleted things go."""
    folder = tmp_path_factory.mktemp("adopt") / "account"
    loaded(write_account(before, CONFIG), folder)
    for path in folder.rglob("*.yaml"):
        path.write_text(commented(path.read_text()))
    desired = load_desired(WorkTree(folder))
    live = with_fixed(Live(after.account, after.origin, {**before.state, **after.state}), before)
    applied = applied_from(desired, before)
    plan = planned(desired, live, applied)
    adoption = adopt_live(plan, desired, live, applied, Choice(drift=True, unmanaged=True), WorkTree(folder).read)
    for file, text in adoption.new.items():
        old = adoption.old[file]
        assert text is not None
        gone = Counter(comments(old or "")) - Counter(comments(text))
        assert all("beside" in comment for comment in gone)


def planned(desired: Desired, live: Live, applied: Applied) -> Plan:
    """Return the plan of three states."""
    return build_plan(desired, live, applied, ALL, EVERYTHING, date(2026, 11, 24))


def applied_from(desired: Desired, live: Live) -> Applied:
    """Return the record after an apply of what is desired and live."""
    ids = {natural(a, value): live_id_of(a) for a, value in live.state.items()}
    state = {a: KINDS[kind_of(a)].sealed(value, SALT) for a, value in desired.state.items()}
    provenance = {
        a: Provenance(1, "c" * 40, "account.yaml", live_id=ids.get(natural(a, value)) if value else None)
        for a, value in desired.state.items()
    }
    return Applied(state, provenance, number=1, salt=SALT)


def with_fixed(live: Live, before: Live) -> Live:
    """Return a live account with the fixed resources that it had before, proven complete."""
    fixed = {a: value for a, value in before.state.items() if KINDS[kind_of(a)].fixed}
    state = {**fixed, **live.state}
    every = (*state, *before.state)
    groups = {group_of(a) for a in every} | {a.replace("zone", "record", 1) for a in every if kind_of(a) == "zone"}
    return replace(live, state=state, complete=frozenset(KINDS) | groups)


def commented(text: str) -> str:
    """Return a file of ours with a comment beside each line that can have one, all unlike each other."""
    placed = place_values(text)
    ends = {text.count("\n", 0, node.value.end) for node in (placed.root.items if placed.root else ())}
    lines = text.split("\n")
    return "\n".join(
        f"{line}  # beside {number}" if number in ends and line and "|" not in line else line
        for number, line in enumerate(lines)
    )


def comments(text: str) -> list[str]:
    """Return the comments of a text."""
    return [comment for _, comment in place_values(text).comments]


def test_the_folder_is_only_read(tmp_path: Path) -> None:
    """Making an adoption writes nothing: what is to be written is a value, proven before anybody writes it."""
    before = Live("K-104711", "embedded:account.db", {"zone/example.org": KINDS["zone"].parse("zone/example.org", {})})
    desired = loaded(write_account(before, CONFIG), tmp_path / "account")
    texts = {path: path.read_bytes() for path in (tmp_path / "account").rglob("*.yaml")}
    live = with_fixed(Live(before.account, before.origin, {}), before)
    applied = applied_from(desired, before)
    plan = planned(desired, live, applied)
    adoption = adopt_live(plan, desired, live, applied, Choice(drift=True), WorkTree(tmp_path / "account").read)
    assert adoption.new == {"zones/example.org.yaml": None}
    assert {path: path.read_bytes() for path in (tmp_path / "account").rglob("*.yaml")} == texts
