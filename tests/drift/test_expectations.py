"""``expect:`` in ``plan`` and ``drift``: a finding, a row, an exit code, and a trace."""

import json
import sqlite3
from contextlib import closing

import pytest

from inside import Inside
from program import Repository
from told import ACCOUNT_YAML, tell

HELD = "expect:\n  server/web-1: {service_level: gold}\n  balance: {at_least: 0 EUR}\n"
BROKEN = "expect:\n  server/web-1: {service_level: platinum}\n  balance: {at_least: 0 EUR}\n"


@pytest.fixture
def account(repo: Repository) -> Inside:
    """An account in git that tells facts."""
    repo.commit("Begin", {"account.yaml": ACCOUNT_YAML, "expect.yaml": HELD})
    tell(repo.path).close()
    return Inside(repo.path)


def write(account: Inside, text: str) -> None:
    """Expect something else."""
    (account.folder / "expect.yaml").write_text(text)


def test_what_holds_is_not_spoken_of(account: Inside) -> None:
    """No finding, no row, exit 0."""
    planned, drift = account("plan", "--detailed-exitcode"), account("drift")
    assert (planned.code, "expect" in planned.out) == (0, False)
    assert (drift.code, drift.out) == (0, "No drift. Everything that was applied is still so.\n")


def test_what_is_broken_is_a_finding_and_drift(account: Inside) -> None:
    """``plan`` says it and has no change; ``drift`` has a row and exits 2, in every form."""
    write(account, BROKEN)
    planned = account("plan", "--detailed-exitcode")
    assert planned.code == 0
    assert "`service_level` of server/web-1 is gold; expected: platinum." in planned.out
    drift = account("drift")
    assert (drift.code, drift.out) == (
        2,
        "ADDRESS       FIELD          EXPECTED  LIVE  ORIGIN\n"
        "server/web-1  service_level  platinum  gold  expectation\n"
        "\n"
        "Drift: 1 expectation broken.\n",
    )
    (one,) = json.loads(account("drift", "--json").out)["expectations"]
    assert (one["address"], one["expected"], one["actual"], one["known"]) == ("server/web-1", "platinum", "gold", True)
    assert (
        "| `server/web-1` | `service_level` |  | `platinum` | `gold` | expectation |"
        in account("drift", "--markdown").out
    )


def test_a_broken_expectation_changes_no_seal(account: Inside) -> None:
    """Nothing is approved or refused by it: the same changes have the same seal."""
    before = json.loads(account("plan", "--json").out)["seal"]
    write(account, BROKEN)
    assert json.loads(account("plan", "--json").out)["seal"] == before


def test_a_look_leaves_a_trace_of_it(account: Inside) -> None:
    """``--heartbeat`` counts it, and ``--log`` shows the count."""
    write(account, BROKEN)
    assert account("drift", "--heartbeat").code == 2
    (look,) = json.loads(account("drift", "--log", "--json").out)["looks"]
    assert (look["result"], look["drift"], look["expectations"]) == ("differs", 0, 1)
    assert "UNMET" in account("drift", "--log").out


def test_facts_come_from_the_default_provider(account: Inside) -> None:
    """Where a section has a provider of its own, the default still tells the facts, and the other is asked for none."""
    text = ACCOUNT_YAML.replace("providers: {", "providers: {dns: {type: embedded, path: zones.db}, ")
    (account.folder / "account.yaml").write_text(text)
    assert (account("drift").code, account("show", "servers").code) == (0, 0)
    text = text.replace("default: {type: embedded, path: account.db", "default: {type: embedded, path: new.db")
    (account.folder / "account.yaml").write_text(text)
    assert "Drift: 2 expectations broken.\n" in account("drift").out


def test_facts_that_cannot_be_read_stop_no_plan(account: Inside) -> None:
    """A file that lost a fact: the rest is planned, the expectation is unknown, and ``drift`` exits 1."""
    with closing(sqlite3.connect(account.folder / "account.db")) as database:
        database.execute("UPDATE fact_counter SET facts = facts + 1 WHERE kind = 'server'")
        database.commit()
    planned = account("plan")
    assert planned.code == 0
    assert "The account file doesn't hold as many facts as it says (server)." in planned.out
    drift = account("drift")
    assert drift.code == 1
    assert "Drift: 2 expectations that nobody can judge.\n" in drift.out
    assert account("show", "servers").code == 1


def test_an_offline_plan_speaks_of_no_fact(account: Inside, repo: Repository) -> None:
    """Two commits are compared without the account, and say so once."""
    repo.commit("Expect more", {"expect.yaml": BROKEN})
    done = account("plan", "--offline", "HEAD~1..HEAD")
    assert (done.code, "expectation" in done.out) == (0, False)


def test_a_pull_request_is_told(account: Inside, repo: Repository) -> None:
    """The plan of a merge judges what the merge expects."""
    repo.git("checkout", "--quiet", "-b", "more")
    repo.commit("Expect more", {"expect.yaml": BROKEN})
    assert "expected: platinum" in account("plan", "--merge-into", "main").out
