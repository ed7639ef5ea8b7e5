"""Whole resumes: given up, with a provider that is away, without a secret, and under a holder that lives."""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from anger.ground import forked, start
from program import Repository
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.errors import DiagnosticsError, LockedError
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.model.receipt import Receipt
from reconciler.pipeline.applying import apply
from reconciler.pipeline.auditing import verify
from reconciler.pipeline.planning import plan
from reconciler.pipeline.resuming import resume
from reconciler.pipeline.session import Session
from reconciler.record.times import Times
from reconciler.store.account import Store
from reconciler.store.by_hand import set_fields
from tiny import FILES, SECRETS

TIMES = Times(renewal=0.1, silence=30.0, look=0.1, fresh=0.0)
SPLIT = (
    "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
    "  dns: {type: embedded, path: dns.db}\n"
)


@pytest.fixture
def account(repo: Repository) -> Path:
    """A small account, committed and never applied."""
    repo.commit("Begin", FILES)
    return repo.path


def die(folder: Path, after: int) -> None:
    """Apply in another process, which dies after so many changes."""
    seen: list[Outcome] = []

    def count(outcome: Outcome) -> None:
        seen.append(outcome)
        if len(seen) == after:
            os._exit(9)

    assert forked(lambda: _apply(folder, count)) == 9


def _apply(folder: Path, progress: Callable[[Outcome], None]) -> int:
    one = Session(folder, SECRETS, SystemClock(), times=TIMES)
    apply(one, plan(one, Options()), Approval(), progress)
    return 0


def go_on(folder: Path, abandoned: str = "", environ: Mapping[str, str] = SECRETS) -> Receipt:
    """Resume, and return the receipt."""
    found = resume(Session(folder, environ, SystemClock(), times=TIMES), abandoned, lambda _: None, lambda _: None)
    assert found is not None
    return found.receipt


def statuses(receipt: Receipt) -> dict[str, int]:
    """Return how many steps ended how."""
    found = [step.status for step in receipt.steps]
    return {status: found.count(status) for status in found}


def planned(folder: Path) -> list[str]:
    """Return the addresses of what is left to do."""
    return [change.address for change in plan(Session(folder, {}, SystemClock()), Options()).plan.changes]


def put_away(folder: Path, name: str) -> None:
    """Make an account unreadable, with what SQLite keeps beside it."""
    away = folder.parent / "away"
    away.mkdir()
    for path in folder.glob(f"{name}*"):
        path.rename(away / path.name)
    (folder / name).mkdir()


def put_back(folder: Path, name: str) -> None:
    """Undo that."""
    (folder / name).rmdir()
    for path in (folder.parent / "away").iterdir():
        path.rename(folder / path.name)


def test_given_up(account: Path) -> None:
    """Nothing is sent; what was done is recorded, the reason too, and what wasn't is planned again."""
    die(account, 3)
    before = (account / "account.db").read_bytes()
    receipt = go_on(account, abandoned="The runner is gone for good.", environ={})
    assert (account / "account.db").read_bytes() == before
    assert receipt.holder.abandoned == "The runner is gone for good."
    assert statuses(receipt).get("not done", 0) > 1
    assert len(planned(account)) == statuses(receipt)["not done"]


def test_given_up_where_nothing_can_be_read(account: Path) -> None:
    """The record is freed all the same; everything is unknown, with why."""
    die(account, 3)
    put_away(account, "account.db")
    receipt = go_on(account, abandoned="The account is broken.")
    assert statuses(receipt) == {"unknown": len(receipt.steps)}
    assert "is a folder" in receipt.steps[0].detail


def test_one_of_two_providers_is_away(account: Path, repo: Repository) -> None:
    """What the other holds is finished; the changes of the one that is away stay open."""
    repo.commit("Two providers", {"account.yaml": SPLIT})
    die(account, 3)
    put_away(account, "dns.db")
    receipt = go_on(account)
    told = {step.address: step.status for step in receipt.steps}
    assert {status for address, status in told.items() if address.startswith(("zone/", "record/"))} == {"unknown"}
    assert {status for address, status in told.items() if address.startswith(("mailbox/", "contact/"))} == {"done"}
    put_back(account, "dns.db")
    assert _apply(account, lambda _: None) == 0
    assert planned(account) == []


def test_a_secret_that_is_missing(account: Path) -> None:
    """It is told before anything is taken over, so that the next try meets the same."""
    die(account, 1)
    with pytest.raises(DiagnosticsError):
        go_on(account, environ={})
    receipt = go_on(account)
    assert len(receipt.taken) == 1
    proof = verify(Session(account, {}, SystemClock()), None)
    assert (proof.verdict, proof.fault) == ("consistent", None)
    assert statuses(receipt) == {"done": len(receipt.steps)}
    assert planned(account) == []


def test_a_live_value_that_is_neither_before_nor_after(account: Path) -> None:
    """Somebody changed it by hand in the meantime: it is left alone, recorded as unknown, and planned again."""
    die(account, 7)
    address = "mailbox/info@example.org"
    assert address not in planned(account)
    set_fields(Store(account / "account.db"), address, {"quota": "9 GiB"})
    receipt = go_on(account)
    assert {step.address for step in receipt.steps if step.status != "done"} == {address}
    assert planned(account) == [address]


def test_nobody_resumes_what_lives(account: Path) -> None:
    """A holder that is at work is left alone: exit 5. Once it was killed it is gone, and resumed without a wait."""
    told, tell = os.pipe()

    def hold(_: Outcome) -> None:
        os.write(tell, b".")
        signal.pause()

    child = start(lambda: _apply(account, hold))
    os.read(told, 1)
    with pytest.raises(LockedError, match="seen to beat"):
        go_on(account)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    receipt = go_on(account)
    assert statuses(receipt) == {"done": len(receipt.steps)}
