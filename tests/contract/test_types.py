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
def test_the_longest_texts(opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str) -> None:
    """What one record or one UPDATE holds at most is made, changed and deleted."""
    tale = tale_of(request, opened, zone)
    for case in (case for case in ALONE if case not in refused):
        tale.declare(CASES[case])
        tale.apply()
        name, rtype, ttl, (value,) = CASES[case]
        tale.declare((name, rtype, ttl, (value.replace("x", "y"),)))
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
    fits = bisect(range(1, len(records) + 1), 1, key=lambda count: parts(records[:count]))
    for count in range(fits, min(fits + 2, len(texts))):  # for a provider without an edge, nothing
        tale.drop(*tale.declared)
        tale.declare(*texts[:count])
        codes = {finding.code for finding in tale.plan().plan.findings}
        assert ("zone-not-atomic" in codes) is (parts(records[:count]) > 1)
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
    told = {case: _told(tale, case) for case in refused}
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
