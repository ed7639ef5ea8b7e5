"""Every type with odd values, to each provider and back; what a server refuses is said clearly and pinned."""

import json
from bisect import bisect
from pathlib import Path

import pytest

from contract.backs import BACKS, Opened
from contract.odd_values import ALONE, CASES, LATER
from contract.tale import Tale, on
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Status

#: By provider: what its server refuses, each with a part of what the user is told.
REFUSED = json.loads((Path(__file__).parent / "refused.json").read_text(encoding="utf-8"))


def tale_of(request: pytest.FixtureRequest, opened: Opened, zone: str) -> Tale:
    """Return a zone without guards."""
    return Tale(request.getfixturevalue("tmp_path") / "account", opened(request), zone, guards="off")


#: What is said of a type that the provider doesn't know; it stays out of the plan.
LEFT_OUT = "the account doesn't serve"


@pytest.fixture
def refused(request: pytest.FixtureRequest) -> dict[str, str]:
    """What this test's provider refuses."""
    found: dict[str, str] = REFUSED.get(request.node.callspec.id, {})
    return found


@pytest.mark.parametrize("opened", BACKS)
def test_every_type_goes_in_and_comes_back(
    opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str
) -> None:
    """Made, changed and deleted: each time the server's own dump says the same, and the next plan is empty."""
    tale = tale_of(request, opened, zone)
    cases = [case for case in CASES if case not in refused and case not in ALONE]
    tale.declare(*(CASES[case] for case in cases))
    assert len(tale.apply()) >= len(cases)
    tale.declare(*(LATER[case] for case in cases))
    assert set(tale.apply().values()) == {"update"}
    tale.drop(*tale.declared)
    assert set(tale.apply().values()) == {"delete"}


@pytest.mark.parametrize("opened", BACKS)
def test_the_longest_text(opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str) -> None:
    """What one record holds at most, or one UPDATE where that is less, is made, changed and deleted."""
    tale = tale_of(request, opened, zone)
    name, rtype, ttl, (value,) = CASES[next(case for case in ALONE if case not in refused)]
    for text in (value, value.replace("x", "y")):
        tale.declare((name, rtype, ttl, (text,)))
        tale.apply()
    tale.drop((name, rtype))
    tale.apply()


@pytest.mark.parametrize("opened", BACKS)
def test_updates_around_the_edge_of_a_message(
    opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str
) -> None:
    """What just fits into one transaction and what just doesn't, which the plan says, are both written."""
    tale = tale_of(request, opened, zone)
    texts = [on(f"text-{number:03d}", "TXT", f'"{number:0200d}"') for number in range(400)]
    tale.declare(*texts)
    changes = tale.plan().plan.changes
    records = [change for change in changes if change.address.startswith("record/")]
    parts = tale.capabilities.parts
    fits = bisect(range(1, len(records) + 1), 1, key=lambda count: parts(records[:count], {}))
    for count in range(fits, min(fits + 2, len(texts))):  # for a provider without an edge, nothing
        tale.drop(*tale.declared)
        tale.declare(*texts[:count])
        codes = {finding.code for finding in tale.plan().plan.findings}
        assert ("zone-not-atomic" in codes) is (parts(records[:count], {}) > 1)
        tale.apply()
        tale.drop(*tale.declared)
        tale.apply()


@pytest.mark.parametrize("opened", BACKS)
def test_what_is_refused_is_said_and_leaves_the_zone_as_it_was(
    opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str
) -> None:
    """Each record set that the server can't take is named, with the reason as far as the server tells it."""
    tale = tale_of(request, opened, zone)
    tale.declare(CASES["aaaa-plain AAAA"])
    tale.apply()
    left_out = [case for case, text in refused.items() if text == LEFT_OUT]
    told = {case: _told(tale, case) for case in refused if case not in left_out}
    tale.declare(*(CASES[case] for case in left_out))
    found = tale.plan().plan
    assert not found.changes
    assert sum(LEFT_OUT in finding.detail for finding in found.findings) == len(left_out)
    tale.drop(*(CASES[case][:2] for case in left_out))
    assert {case: text for case, text in told.items() if refused[case] not in text} == {}
    tale.demand_quiet()


def _told(tale: Tale, case: str) -> str:
    """Return what a user is told who declares what is refused; in git it is taken back then."""
    name, rtype, _, _ = CASES[case]
    tale.declare(CASES[case])
    try:
        return _tried(tale)
    finally:
        tale.drop((name, rtype))
        if tale.unproven:
            tale.by_hand(name, rtype)
            tale.apply()


def _tried(tale: Tale) -> str:
    try:
        planned = tale.plan()
    except ReconcilerError as error:
        return str(error)
    if not planned.plan.changes:
        return " ".join(finding.detail for finding in planned.plan.findings)
    (outcome,) = tale.carry_out(planned)
    if outcome.status is Status.DONE:
        return "Reading back finds it still to be done." if tale.unproven else ""
    return outcome.detail
