"""An apply has in hand all that it needs before it writes: what is loaded by then is enough for its end.

Each runs in a process of its own that can load nothing more from the moment in which it takes the record's lock, as if
the program were removed just then.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nameservers import Bind, Powerdns
from nameservers.process import run as ran
from program import BIN, Finished, Repository, run
from providers.onserver import settings
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from service.serving import Served, serving
from tiny import FILES, SECRETS

_PROGRAM = Path(__file__).with_name("unloadable.py")
_MAIL = {name: text for name, text in FILES.items() if name != "account.yaml"}
_EMBEDDED = {"type": "embedded", "path": "account.db"}
_ALL = "Apply complete! Resources: 7 added, 0 changed, 0 destroyed.\n"


@dataclass(frozen=True)
class Folder:
    """An account folder in a repository; calling it runs the program, which then can load nothing more."""

    repo: Repository
    refused: Path

    def write(self, provider: Mapping[str, Any], files: Mapping[str, str]) -> None:
        """Write and commit account.yaml and other files."""
        config = {"version": 1, "account": "K-104711", "providers": {"default": provider}}
        self.repo.commit("A change", {"account.yaml": json.dumps(config), **files})

    def __call__(self, *args: str, then: str = "", **env: str) -> Finished:
        """Run one command line; the file of what was refused is there only where something was."""
        env = {**self.repo.env, **SECRETS, **env, "REFUSED": str(self.refused), "THEN": then}
        return run([str(BIN / "python"), str(_PROGRAM), *args], self.repo.path, env)

    @property
    def outcomes(self) -> dict[str, str]:
        """How each change of the last apply ended, as the record has it."""
        receipt = json.loads(self.repo.git("show", "reconciler/K-104711:receipt.json"))
        assert receipt["phase"] == "outcome"
        return {step["address"]: step["status"] for step in receipt["steps"]}


@pytest.fixture
def folder(repo: Repository, tmp_path: Path) -> Folder:
    """An account folder without anything in it."""
    return Folder(repo, tmp_path / "refused")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A service with an account that has nothing yet."""
    with serving(tmp_path / "account.db") as running:
        yield running


def at(served: Served) -> dict[str, Any]:
    return {"type": "kundencenter", "url": served.url, "token": {"secret": "env/TOKEN"}}


def test_the_embedded_account(folder: Folder) -> None:
    """Everything is written, passwords too, recorded and told."""
    folder.write(_EMBEDDED, _MAIL)
    done = folder("apply", "--auto-approve")
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert done.out.endswith(_ALL)
    assert set(folder.outcomes.values()) == {"done"}


def test_requests_to_the_embedded_account(folder: Folder) -> None:
    """What judges them is loaded where there are any."""
    folder.write(
        _EMBEDDED, {"requests.yaml": "requests: {hello: {support_request: {subject: Hello, text: A question}}}"}
    )
    done = folder("apply", "--auto-approve")
    assert (done.code, folder.refused.exists()) == (0, False), done.err
    assert folder.outcomes == {"support_request/hello": "done"}


def test_a_service_over_http(folder: Folder, served: Served) -> None:
    """As JSON."""
    folder.write(at(served), _MAIL)
    done = folder("apply", "--auto-approve", "--json", TOKEN=served.token)
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert json.loads(done.out)["complete"]
    assert set(folder.outcomes.values()) == {"done"}


def test_a_service_that_refuses_to_be_written(folder: Folder, served: Served) -> None:
    """Exit code 6, and the record has it."""
    folder.write(at(served), _MAIL)
    done = folder("apply", "--auto-approve", TOKEN=served.account.store.make_token("reader", ["read"]))
    assert (done.code, folder.refused.exists()) == (6, False), done.err
    assert set(folder.outcomes.values()) <= {"failed", "skipped"}


def test_a_name_server(folder: Folder, bind: Bind, zone: str) -> None:
    """What it takes, and what it refuses because the zone is frozen."""
    bind.add_zone(zone)
    folder.write(settings(bind), {f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    done = folder("apply", "--auto-approve", TSIG_KEY=bind.server.secret)
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert folder.outcomes == {f"record/{zone}/www/A": "done"}
    ran([*bind.control, "freeze", zone])
    folder.write(settings(bind), {f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.2}\n"})
    done = folder("apply", "--auto-approve", "--verify", TSIG_KEY=bind.server.secret)
    assert (done.code, folder.refused.exists()) == (6, False), done.err
    assert folder.outcomes == {f"record/{zone}/www/A": "failed"}


def test_a_type_that_a_cache_knows(folder: Folder, bind: Bind, zone: str) -> None:
    """Its values are written as they were kept; the library that reads them back is in hand for the seals."""
    bind.add_zone(zone)
    value = "{algorithm: 1, fingerprint_type: 1, fingerprint: 0123456789abcdef67890123456789abcdef6789}"
    folder.write(settings(bind), {f"zones/{zone}.yaml": f"x: {{type: SSHFP, value: {value}}}\n"})
    env = {**folder.repo.env, "TSIG_KEY": bind.server.secret}
    assert run([str(BIN / "reconciler"), "plan", "--out", "p.json"], folder.repo.path, env).code == 0
    done = folder("apply", "p.json", TSIG_KEY=bind.server.secret)
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert folder.outcomes == {f"record/{zone}/x/SSHFP": "done"}


def test_a_zone_that_is_made_over_an_interface(folder: Folder, powerdns: Powerdns, zone: str) -> None:
    """Its SOA is read before anything is written to it."""
    dns = {"type": "powerdns", "api_key": {"secret": "env/PDNS_KEY"}, "url": powerdns.api_url}
    folder.write({**dns, "nameservers": ["ns.test."]}, {f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    done = folder("apply", "--auto-approve", PDNS_KEY=powerdns.api_key)
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert set(folder.outcomes.values()) == {"done"}


def test_resuming(folder: Folder) -> None:
    """Who finishes an apply that died at its intent has all in hand, too."""
    folder.write(_EMBEDDED, _MAIL)
    assert folder("apply", "--auto-approve", then="die").code == 9
    done = folder("apply", "--resume")
    assert (done.code, done.err, folder.refused.exists()) == (0, "", False)
    assert set(folder.outcomes.values()) == {"done"}


def test_a_mistake_of_ours_has_no_report_then(folder: Folder) -> None:
    """It is said in plain words all the same, and no traceback is shown."""
    folder.write(_EMBEDDED, _MAIL)
    done = folder("apply", "--auto-approve", then="mistake")
    assert (done.code, done.err.splitlines()) == (
        1,
        [
            "error: reconciler made a mistake (ValueError) and stopped.",
            "help: There is no report of it, because a part of the program can't be loaded.",
        ],
    )


def test_a_mistake_in_telling_keeps_nothing_from_being_recorded(folder: Folder) -> None:
    """Everything is done and recorded, and then the mistake is raised; nothing is told after it."""
    folder.write(_EMBEDDED, _MAIL)
    session, told = Session(folder.repo.path, SECRETS, SystemClock()), list[Outcome]()

    def tell(outcome: Outcome) -> None:
        told.append(outcome)
        raise ValueError("It can't be told.")

    with pytest.raises(ValueError, match="can't be told"):
        apply(session, plan(session, Options()), Approval(), tell)
    assert len(told) == 1
    assert list(folder.outcomes.values()) == ["done"] * 7
    assert not plan(Session(folder.repo.path, SECRETS, SystemClock()), Options()).plan.changes


def test_who_interrupts_the_telling_interrupts_the_apply(folder: Folder) -> None:
    """That is no mistake: nothing more is written, and the apply is finished by resuming it."""
    folder.write(_EMBEDDED, _MAIL)
    session = Session(folder.repo.path, SECRETS, SystemClock())

    def tell(_: Outcome) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(session, plan(session, Options()), Approval(), tell)
    assert plan(Session(folder.repo.path, SECRETS, SystemClock()), Options()).plan.changes
