"""The service password is changed last, in one write, and again when it isn't sure: nobody is ever locked out."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from program import Cli, Repository

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
SETTINGS = """\
passwords:
  service: {{secret: env/SERVICE, version: {version}}}
  telephone: {{secret: env/PHONE, version: {version}}}
contacts:
  erika: {{name: Erika {version}, email: erika@example.org, may: [authorise]}}
"""
OLD = {"SERVICE": "the-old-password", "PHONE": "4711"}
NEW = {"SERVICE": "the-new-password", "PHONE": "4712"}

#: Applies what is declared with a line that breaks right before or right after the service password has been written.
BREAKING = """
import os, sys
from dataclasses import replace
from pathlib import Path
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.errors import AccountError
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.providers import embedded
_, folder, moment, way = sys.argv

def break_off():
    if way == "killed":
        os._exit(9)
    raise AccountError("The line broke.", "Try again.")

class Breaking(embedded.EmbeddedWriter):
    def write(self, batch):
        ours = any(write.address == "password/service" for write in batch)
        if ours and moment == "before":
            break_off()
        answers = super().write(batch)
        if ours and moment == "after":
            break_off()
        return answers

def open_writer(access):
    return Breaking(embedded.open_store(access.settings, access.folder), access.account)

embedded.PROVIDER = replace(embedded.PROVIDER, open_writer=open_writer)
session = Session(Path(folder), dict(os.environ), SystemClock())
apply(session, plan(session, Options()), Approval(), lambda outcome: None)
"""


@pytest.fixture
def account(repo: Repository, cli: Cli) -> Path:
    """An account with both passwords applied, and their new versions declared."""
    repo.commit("The account", {"account.yaml": ACCOUNT, "settings.yaml": SETTINGS.format(version=1)})
    done = cli("apply", "--auto-approve", cwd=repo.path, env=OLD)
    assert done.code == 0, done.out + done.err
    repo.commit("New passwords", {"settings.yaml": SETTINGS.format(version=2)})
    return repo.path


def works(folder: Path, text: str) -> bool:
    """Tell whether one could log in with this password."""
    connection = sqlite3.connect(folder / "account.db")
    (found,) = connection.execute("SELECT hash FROM password WHERE address = 'password/service'").fetchone()
    connection.close()
    try:
        return PasswordHasher().verify(found, text)
    except VerifyMismatchError:
        return False


@pytest.mark.parametrize("way", ["failed", "killed"])
@pytest.mark.parametrize(("moment", "let_in"), [("before", OLD), ("after", NEW)])
def test_exactly_one_password_works_and_the_next_apply_converges(
    cli: Cli, repo: Repository, account: Path, moment: str, let_in: dict[str, str], way: str
) -> None:
    """Whether the line breaks before or after the effect, and whether the run lives to tell."""
    env = {**repo.env, **NEW}
    command = [sys.executable, "-c", BREAKING, str(account), moment, way]
    broken = subprocess.run(command, env=env, cwd=account, check=False, capture_output=True, text=True)
    assert broken.returncode == (9 if way == "killed" else 0), broken.stderr
    texts = (OLD["SERVICE"], NEW["SERVICE"])
    assert [text for text in texts if works(account, text)] == [let_in["SERVICE"]]

    if way == "killed":
        resumed = cli("apply", "--resume", cwd=account, env=NEW)
        assert resumed.code == 0, resumed.out + resumed.err
        # What isn't known to have been written, because the run died, is written again.
        assert "3 done" in resumed.out
    planned = cli("plan", cwd=account)
    assert ("password/service" in planned.out) == (way == "failed"), planned.out
    done = cli("apply", "--auto-approve", cwd=account, env=NEW)
    assert done.code == 0, done.out + done.err
    assert [text for text in texts if works(account, text)] == [NEW["SERVICE"]]
    assert "No changes." in cli("plan", cwd=account).out


def test_it_comes_after_everything_else(cli: Cli, account: Path) -> None:
    """What could fail has failed or succeeded by then."""
    done = cli("apply", "--auto-approve", cwd=account, env=NEW)
    told = [line.partition(":")[0] for line in done.out.splitlines() if line.endswith(": updated")]
    assert told == ["contact/erika", "password/telephone", "password/service"]


def test_a_secret_that_is_missing_stops_the_run_before_its_first_write(cli: Cli, account: Path) -> None:
    """Not even the contact has changed."""
    done = cli("apply", "--auto-approve", cwd=account, env={"SERVICE": NEW["SERVICE"]})
    assert done.code == 1
    assert "PHONE" in done.err
    assert works(account, OLD["SERVICE"])
    assert "No changes." not in cli("plan", cwd=account).out
