"""Every type with odd values, to each provider and back; what a server refuses is said clearly and pinned."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.backs import BACKS, Back
from contract.odd_values import ALONE, CASES, LATER
from contract.tale import Tale, named
from reconciler.model.outcome import Status

#: By provider: what its server refuses, each with a part of what the user is told.
REFUSED = json.loads((Path(__file__).parent / "refused.json").read_text(encoding="utf-8"))

Opened = Callable[[pytest.FixtureRequest], Back]


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
def test_a_text_of_65000_octets(
    opened: Opened, request: pytest.FixtureRequest, refused: dict[str, str], zone: str
) -> None:
    """The longest text that one record holds is made, changed and deleted."""
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
    planned = tale.plan()
    if planned.plan.changes:
        assert list(named(planned.plan.changes)) == [f"{planned.plan.changes[0].address.split('/', 2)[2]}"]
        (outcome,) = tale.carry_out(planned)
        assert outcome.status is not Status.DONE, case
        text = outcome.detail
    else:
        text = " ".join(finding.detail for finding in planned.plan.findings)
    tale.drop((name, rtype))
    return text
