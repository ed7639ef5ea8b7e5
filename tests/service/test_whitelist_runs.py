"""The whitelist over HTTP, for the program: nobody shuts himself out, and who is outside learns why."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from inside import Inside
from reconciler.kinds.whitelist_entry import admitted
from reconciler.model.address import Address, kind_of
from reconciler.service.settings import Settings
from service.serving import Served, serving

ACCOUNT = "version: 1\naccount: K-104711\nproviders: {{default: {{type: kundencenter, url: {url}, token: {token}}}}}\n"
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
READING = ("GET", "HEAD")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A service that sees the program come from this machine, and an account without a whitelist."""
    with serving(tmp_path / "account.db", Settings(private_addresses=True)) as found:
        yield found


@pytest.fixture
def run(served: Served, tmp_path: Path) -> Inside:
    """The program in a folder for that account."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "account.yaml").write_text(ACCOUNT.format(url=served.url, token="{secret: env/TOKEN}"))
    return Inside(folder, {"TOKEN": served.token})


def declare(run: Inside, **entries: str) -> None:
    lines = [f"  {name}: {{address: {address}}}\n" for name, address in entries.items()]
    (run.folder / "whitelist.yaml").write_text("".join(["whitelist:\n", *lines]))


def entries(served: Served) -> dict[str, Address]:
    """Return the addresses that the account admits with their entries, as the account itself has them."""
    state = served.account.state
    return {admitted(value): entry for entry, value in state.items() if kind_of(entry) == "whitelist_entry"}


def test_an_apply_that_would_shut_its_own_runner_out(served: Served, run: Inside) -> None:
    """A warning at plan; refused at apply, whoever approved it, before anything is sent that writes."""
    declare(run, office=ELSEWHERE)
    assert "[whitelist-locks-out]" in run("plan").out
    done = run("apply", "--auto-approve")
    assert done.code == 3
    assert f"your own address {HERE} could no longer log in" in done.err
    assert {line.asked.partition(" ")[0] for line in served.lines} <= {*READING}
    assert not entries(served)


def test_who_admits_himself_stays_in(served: Served, run: Inside) -> None:
    """His entry is written first; later it may not go as long as another one is there."""
    declare(run, office=ELSEWHERE, runner=HERE)
    assert run("apply", "--auto-approve").code == 0
    assert entries(served).keys() == {HERE, ELSEWHERE}
    declare(run, office=ELSEWHERE)
    (run.folder / "removed.yaml").write_text("removed: {whitelist_entry/runner: {reason: moved}}\n")
    done = run("apply", "--auto-approve")
    assert (done.code, "could no longer log in" in done.err) == (3, True)
    assert entries(served).keys() == {HERE, ELSEWHERE}


def test_who_is_outside_is_told_so(served: Served, run: Inside) -> None:
    """By the service whatever the token, and by the program with exit code 7, and not that the token is wrong."""
    served.account.done(served.account.create("whitelist_entry/office", address=HERE))
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address=ELSEWHERE)) as other:
        answer = other.get(f"{served.url}/v1/account", headers={"authorization": f"Bearer {served.token}"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:reconciler:problem:not-admitted")
    assert run("plan").code == 0

    served.account.done(served.account.create("whitelist_entry/moved", address=ELSEWHERE))
    served.account.done(served.account.delete(entries(served)[HERE]))
    for verb in (("plan",), ("apply", "--auto-approve"), ("show", "balance")):
        done = run(*verb)
        assert (done.code, done.out) == (7, "")
        assert done.err.startswith(
            f"error: The whitelist of the account at {served.url} doesn't admit this machine: You come from {HERE}.\n"
        )
        assert "help: Add its address" in done.err
        assert served.token not in done.err
