"""Runs the installed program and git the way a person does: as processes, in an environment of their own."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

BIN = Path(sys.executable).parent
#: Set where each run of the program is to be a start of its own.
REAL = "RECONCILER_REAL_STARTS"

_GITCONFIG = "[user]\n\tname = Erika Mustermann\n\temail = erika@example.org\n[init]\n\tdefaultBranch = main\n"


@dataclass(frozen=True)
class Finished:
    """What a process said, and how it ended."""

    code: int
    out: str
    err: str


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which nothing of this machine shows: no CI, an empty home, git with a neutral person."""
    home.mkdir(parents=True, exist_ok=True)
    config = home / "gitconfig"
    config.write_text(_GITCONFIG)
    return {
        **environment_of_a_start(),
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        **more,
    }


def run(command: list[str], cwd: Path, env: Mapping[str, str], stdin: str = "") -> Finished:
    """Run a process to its end, without a terminal."""
    done = subprocess.run(command, cwd=cwd, env=dict(env), input=stdin, capture_output=True, text=True, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


def reconciler(*args: str, cwd: Path, env: Mapping[str, str], stdin: str = "") -> Finished:
    """Run the installed program to its end: as ``run`` does, but in a process that is forked and not started anew.

    Where the environment says how Python itself is to start, it is started anew; with `RECONCILER_REAL_STARTS` always.
    """
    if REAL in os.environ or _starts_otherwise(env):
        return run([str(BIN / "reconciler"), *args], cwd, env, stdin)
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as asking,
    ):
        given.write(stdin.encode())
        given.seek(0)
        asking.connect(_forking())
        asked = json.dumps({"args": args, "cwd": str(cwd), "env": dict(env)}).encode() + b"\n"
        sent = socket.send_fds(asking, [asked], [given.fileno(), out.fileno(), err.fileno()])
        asking.sendall(asked[sent:])
        code = int(asking.recv(64))
        out.seek(0)
        err.seek(0)
        return Finished(code, out.read().decode(), err.read().decode())


def _starts_otherwise(env: Mapping[str, str]) -> bool:
    usual = environment_of_a_start()
    return any(name.startswith(("PYTHON", "LC_", "LD_")) for name in env) or any(
        env.get(name) != usual[name] for name in usual
    )


def environment_of_a_start() -> dict[str, str]:
    """Return the part of an environment that decides how the program is loaded."""
    return {
        "PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath))),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


@cache
def _forking() -> str:
    """Start, once in each worker, what forks the program; it ends with this process. Return its socket."""
    place = tempfile.TemporaryDirectory(prefix="forking-")
    path = f"{place.name}/socket"
    started = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("forked.py")), path],
        cwd=place.name,
        env=environment_of_a_start(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    _KEPT.extend((place, started))
    return path


#: What lasts as long as this process.
_KEPT: list[object] = []


@dataclass(frozen=True)
class Cli:
    """The installed ``reconciler``; ``cli("plan", cwd=folder)`` runs it, ``env`` adds variables."""

    home: Path

    def __call__(self, *args: str, cwd: Path, stdin: str = "", env: Mapping[str, str] | None = None) -> Finished:
        """Run one command line in ``cwd``."""
        return reconciler(*args, cwd=cwd, env=environment(self.home, **(env or {})), stdin=stdin)


@dataclass(frozen=True)
class Repository:
    """A git repository with a work tree."""

    path: Path
    env: dict[str, str] = field(repr=False)

    def git(self, *args: str) -> str:
        """Run git here and return what it printed; a failure is an assertion error with git's words."""
        done = run(["git", *args], self.path, self.env)
        assert done.code == 0, f"git {' '.join(args)}: {done.err}"
        return done.out.strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, given as path and text."""
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def commit(self, message: str = "A change", files: Mapping[str, str] | None = None) -> str:
        """Write ``files``, commit everything that isn't ignored, and return the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
