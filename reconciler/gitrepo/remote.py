"""A remote of a repository: asking where a branch is there, fetching it, and moving it by compare-and-swap.

Remotes are named, never addressed: the address and the credentials come from the clone's own configuration and from the
user's, and no word of a file in the repository reaches git. What git says about an address is never shown, since it may
hold a password.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from reconciler.gitrepo.objects import check_ref, full_id
from reconciler.gitrepo.process import Answer, reach_out
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RemoteAccessError, RemoteError
from reconciler.model.late import dataclass, pattern
from reconciler.model.points import reached
from reconciler.model.text import neutral

_ASKING = 60.0  # seconds
_MOVING_DATA = 600.0
_TRIES = 3  # a branch may move on between the question where it is and the fetch
_ADDRESS = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+")
_NO_ACCESS = pattern(
    r"returned error: 40[13]|Authentication failed|could not read (?:Username|Password)|Permission denied \(|"
    r"access denied|HTTP Basic: Access denied",
    re.IGNORECASE,
)
_NOISE = pattern(
    r"(?:fatal: )?(?:Could not read from remote repository|the remote end hung up)|Please make sure|and the"
)
_WORD = pattern(r"^(?:(?:remote|fatal|error|warning|ssh): +)+")


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote of a repository, by its name there."""

    repo: GitRepo
    name: str

    def is_configured(self) -> bool:
        """Tell whether the clone's own configuration knows a remote of this name."""
        if not self.repo.may_have_remotes():
            return False
        return self.repo.attempt("config", "--get", f"remote.{self.name}.url").status == 0

    def tracking(self, ref: str) -> str:
        """Return the ref in which the clone keeps what it knows of a branch of the remote."""
        return f"refs/remotes/{self.name}/{ref.removeprefix('refs/heads/')}"

    def known(self, ref: str) -> str | None:
        """Return where a branch was when the clone last heard of it; nothing is asked."""
        return self.repo.read_ref(self.tracking(ref))

    def ask(self, ref: str) -> str | None:
        """Return the id that a branch is at on the remote, or None where it doesn't exist; raises ``RemoteError``."""
        check_ref(ref)
        answer = self._reach(_ASKING, "ls-remote", "--quiet", self.name, ref)
        if answer.status != 0:
            raise self._trouble(answer, "can't be asked")
        rows = (line.split("\t") for line in answer.out.decode("utf-8", "replace").splitlines())
        return next((full_id(row[0]) for row in rows if row[1:] == [ref]), None)

    def fetch(self, ref: str) -> str | None:
        """Return where a branch is on the remote, its newest commit being here now; no ref of the clone moves."""
        for _ in range(_TRIES):
            there = self.ask(ref)
            if there is None or self.repo.resolve(there) is not None:
                return there
            # In a full clone a depth would cut its history off; in a shallow one only the newest commit is needed.
            self._bring("--depth=1" if self.repo.is_shallow() else "", ref)
            if self.repo.resolve(there) is not None:
                return there
        raise RemoteError(f"The branch {_short(ref)} on {self.name} moves faster than it can be fetched.", "Try again.")

    def fetch_commits(self, ids: Sequence[str]) -> None:
        """Fetch commits by their ids, in a shallow clone without their history; raises ``RemoteError``."""
        self._bring("--depth=1" if self.repo.is_shallow() else "", *map(full_id, ids))

    def deepen(self, step: int, ids: Sequence[str]) -> None:
        """Fetch more of the history of commits: ``step`` more behind each place where it is cut off."""
        deeper = f"--deepen={step}"
        try:
            self._bring(deeper, *map(full_id, ids))
        except RemoteError:  # an old server gives only what a branch points to
            self._bring(deeper, "refs/heads/*")

    def follow(self, ref: str, id: str) -> None:
        """Note in the tracking ref that a branch is at ``id`` on the remote."""
        known = self.known(ref)
        if known != id:
            self.repo.update_ref(self.tracking(ref), id, known)

    def folder(self) -> Path | None:
        """Return where pushes go when that is a folder of this machine, else None."""
        answer = self._reach(_ASKING, "remote", "get-url", "--push", self.name)
        address = os.fsdecode(answer.out).split("\n")[0].removeprefix("file://")
        if answer.status != 0 or not address or ":" in address.partition("/")[0] or "://" in address:
            return None
        return self._place / address

    def push(self, ref: str, new: str, old: str | None) -> bool:
        """Move a branch of the remote from ``old`` (None: it must not exist) to ``new``; False when it wasn't there.

        Raises ``RemoteAccessError`` or ``RemoteError`` when the remote can't be reached or doesn't let us.
        """
        check_ref(ref)
        lease = f"--force-with-lease={ref}:{full_id(old) if old else ''}"
        quiet = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-progress")
        arguments = (
            "-c",
            f"remote.{self.name}.mirror=false",
            "push",
            *quiet,
            lease,
            self.name,
            f"{full_id(new)}:{ref}",
        )
        reached(f"{ref} to be pushed")
        answer = self._reach(_MOVING_DATA, *arguments)
        reached(f"{ref} pushed")
        if answer.status != 0:
            # Whatever git said, only the branch itself tells a lost race and a lost answer from a refusal.
            there = self._asked_again(ref, answer)
            if there not in (new, old):
                return False
            if there != new:
                raise self._trouble(answer, "doesn't take the record")
        self.follow(ref, new)
        return True

    def _asked_again(self, ref: str, answer: Answer) -> str | None:
        try:
            return self.ask(ref)
        except RemoteError:
            raise self._trouble(answer, "can't be written") from None

    def _bring(self, depth: str, *what: str) -> None:
        """Fetch branches or commits without touching any ref; a branch that is gone by now is no error."""
        quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--recurse-submodules=no")
        cut = (depth,) if depth else ()
        answer = self._reach(_MOVING_DATA, "fetch", *quiet, "--no-auto-maintenance", *cut, self.name, *what)
        if answer.status != 0 and "couldn't find remote ref" not in answer.err:
            raise self._trouble(answer, "can't be fetched from")

    def _reach(self, limit: float, *arguments: str) -> Answer:
        return reach_out(self._place, {"GIT_DIR": str(self.repo.git_dir)}, arguments, limit)

    @property
    def _place(self) -> Path:
        """Where git runs: a relative address is meant from the top of the work tree."""
        return self.repo.root or self.repo.git_dir

    def _trouble(self, answer: Answer, what: str) -> RemoteError:
        """Return the error that a failed command means, in git's or the remote's own words without any address."""
        said = _ADDRESS.sub("its address", neutral(_said(answer)))
        message = f"The remote {self.name} {what}: {said}."
        if _NO_ACCESS.search(answer.err):
            return RemoteAccessError(message, f"See that `git push {self.name}` works here, with the right to write.")
        if "remote rejected" in answer.out.decode("utf-8", "replace"):
            return RemoteError(message, "Nothing was written. Let whoever runs this push that branch, and nobody else.")
        return RemoteError(message, f"Nothing was written. See that `git fetch {self.name}` works here.")


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/")


def _said(answer: Answer) -> str:
    """Return the words that say most: the remote's reason, what its hook said, else git's first own line."""
    lines = [_WORD.sub("", line).strip() for line in answer.err.splitlines() if not _NOISE.match(line)]
    lines = [line for line in lines if line]
    for row in answer.out.decode("utf-8", "replace").splitlines():
        if row.startswith("!\t"):
            reason = row.rpartition("\t")[2].partition("(")[2].rstrip(")")
            hooks = [_WORD.sub("", line) for line in answer.err.splitlines() if line.startswith("remote: ")]
            return "; ".join([reason or "rejected", *(line.strip() for line in hooks[:3] if line.strip())]).rstrip(".")
    return (lines[0] if lines else "git said nothing").rstrip(".")
