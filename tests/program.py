"""Runs the installed program and git the way a person does: as processes, in an environment of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent

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
        "PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", os.defpath))),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        **more,
    }


def run(command: list[str], cwd: Path, env: Mapping[str, str], stdin: str = "") -> Finished:
    """Run a process to its end, without a terminal."""
    done = subprocess.run(command, cwd=cwd, env=dict(env), input=stdin, capture_output=True, text=True, check=False)
    return Finished(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Cli:
    """The installed ``reconciler``; ``cli("plan", cwd=folder)`` runs it, ``env`` adds variables."""

    home: Path

    def __call__(self, *args: str, cwd: Path, stdin: str = "", env: Mapping[str, str] | None = None) -> Finished:
        """Run one command line in ``cwd``."""
        return run([str(BIN / "reconciler"), *args], cwd, environment(self.home, **(env or {})), stdin)


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
