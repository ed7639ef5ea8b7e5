"""The ground for runs in anger: a bare remote, an account at an absolute path, and clones of processes that are forked.

Everything is imported once; a run is a fork of this process, so that it costs what the program does and no start-up.
"""

import os
import shutil
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from program import Repository, environment, run
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.record.times import Times

NUMBER = "K-104711"
SECRETS = {"MAIL_INFO": "a-long-secret-1", "MAIL_NEW": "a-long-secret-2"}
_ACCOUNT = "version: 1\naccount: {number}\nproviders:\n  default: {{type: embedded, path: {path}}}\n"
_FORKED_BADLY = 70


@dataclass(frozen=True)
class Ground:
    """A folder with everything in it; ``size`` is about how many changes the second commit asks for."""

    root: Path
    size: int

    @property
    def account(self) -> Path:
        """The account's file."""
        return self.root / "account.db"

    @property
    def remote(self) -> Path:
        """The bare repository that everybody clones."""
        return self.root / "remote.git"

    def prepare(self) -> None:
        """Make the remote with two commits, of which the first is applied."""
        self.root.mkdir(parents=True, exist_ok=True)
        env = environment(self.root / "home")
        done = run(["git", "init", "-q", "--bare", "-b", "main", str(self.remote)], self.root, env)
        assert done.code == 0, done.err
        first = self.clone("first")
        first.commit("The account", self._files(0))
        first.git("push", "--quiet", "origin", "HEAD:main")
        assert forked(lambda: applied(session(first.path, Times()))) == 0
        first.commit("Many changes", self._files(1))
        first.git("push", "--quiet", "origin", "HEAD:main")
        shutil.copytree(self.remote, self.root / "remote.kept")
        shutil.copy(self.account, self.root / "account.kept")

    def restore(self) -> None:
        """Put remote and account back to where only the first commit is applied."""
        for path in self.root.glob("account.db*"):
            path.unlink()
        shutil.rmtree(self.remote)
        shutil.copytree(self.root / "remote.kept", self.remote)
        shutil.copy(self.root / "account.kept", self.account)

    def clone(self, name: str) -> Repository:
        """Return a fresh clone, with an empty home of its own."""
        made = Repository(self.root / name, environment(self.root / f"home-{name}"))
        shutil.rmtree(made.path, ignore_errors=True)
        done = run(["git", "clone", "-q", str(self.remote), str(made.path)], self.root, made.env)
        assert done.code == 0, done.err
        return made

    def effects(self) -> Counter[tuple[str, str]]:
        """Return what the account's own log says was done, and how often."""
        with sqlite3.connect(self.account) as file:
            return Counter(file.execute("SELECT action, address FROM log").fetchall())

    def _files(self, step: int) -> dict[str, str]:
        """Return an account of which a third is created, a third changed and a third deleted in the second step."""
        third = max(1, self.size // 3 - 2)
        names = [f"a{number}" for number in range(third * step, third * (2 + step))]
        aliases = "".join(f"      {name}: [{'max' if step else 'erika'}@example.net]\n" for name in names)
        box = "      {}: {{quota: 5 GiB, password: {{secret: env/{}, version: {}}}}}\n"
        boxes = box.format("info", "MAIL_INFO", 1 + step) + (box.format("new", "MAIL_NEW", 1) if step else "")
        zone = "".join(f"w{step}{number}:\n  type: A\n  value: 203.0.113.10\n" for number in range(3))
        why = "".join(f"  alias/a{number}@example.org: {{reason: spent}}\n" for number in range(third))
        records = "".join(f"  record/example.org/w0{number}/A: {{reason: spent}}\n" for number in range(3))
        return {
            "account.yaml": _ACCOUNT.format(number=NUMBER, path=self.account),
            "mail.yaml": f"mail:\n  example.org:\n    mailboxes:\n{boxes}    aliases:\n{aliases}",
            "zones/example.org.yaml": "'':\n  type: MX\n  value: {exchange: mx.example.net., preference: 10}\n" + zone,
            "removed.yaml": f"removed:\n{why}{records}" if step else "removed: {}\n",
        }


def session(folder: Path, times: Times, **environ: str) -> Session:
    """Return a run in a clone."""
    return Session(folder, {**SECRETS, **environ}, SystemClock(), times=times)


def applied(one: Session, progress: Callable[[Outcome], None] = lambda _: None) -> int:
    """Plan, apply, and return the exit code."""
    try:
        done = apply(one, plan(one, Options()), Approval(), progress)
    except ReconcilerError as error:
        return error.exit_code
    return 0 if done.proof.is_whole else 6


def start(work: Callable[[], int], host: str = "") -> int:
    """Return the process number of a fork that ends with what ``work`` returns; ``host`` is where it believes to be."""
    if child := os.fork():
        return child
    code = _FORKED_BADLY
    try:
        if host:
            socket.gethostname = lambda: host
        code = work()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def forked(work: Callable[[], int], host: str = "") -> int:
    """Return how a fork ended: its exit code, or the negative signal that killed it."""
    _, status = os.waitpid(start(work, host), 0)
    return os.waitstatus_to_exitcode(status)
