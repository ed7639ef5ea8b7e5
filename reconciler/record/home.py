"""Where the record lives: on a branch of the remote, else of the surrounding repository, else beside the files.

Beside the files it is the bare repository ``.reconciler/record.git``. When the folder has become part of a repository,
or the repository has got a remote, the first write moves the record on, once; until then it is read where it is. What
comes from a remote stands in its tracking ref (``refs/remotes/origin/reconciler/K-1``), never in a local branch.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError
from reconciler.model.late import dataclass

if TYPE_CHECKING:
    from reconciler.gitrepo.protection import RemoteCheck

_SPECIAL = r"\*?[]!# "


@dataclass(frozen=True, slots=True)
class Home:
    """The account folder, the repository around it, the record's full ref, and the remote that has it, if any.

    :meth:`latest` and :meth:`swap` are the only way to read and to move a branch of ours.
    """

    folder: Path
    around: GitRepo | None
    ref: str
    remote: Remote | None = None

    @property
    def relative(self) -> str:
        """The account folder's path in the surrounding repository; empty at its top, and outside of any."""
        return self.around.path_of(self.folder) if self.around else ""

    @property
    def outside(self) -> Path:
        """Where the record is when there is no repository around the folder."""
        return self.folder / ".reconciler" / "record.git"

    def readable(self) -> GitRepo | None:
        """Return the repository that holds the record now, or would hold it; None when nothing was written yet."""
        if not self.outside.exists():
            return self.around
        own = self._own()
        if self.around is None:
            return own
        return self.around if self._is_moved(own, self.around) else own

    def writable(self) -> GitRepo:
        """Return the repository to write to; makes it, or moves the record into it, where that is due."""
        if self.around is None:
            return self._own() if self.outside.exists() else GitRepo.init_bare(self.outside)
        if self.outside.exists():
            self._move(self._own(), self.around)
        return self.around

    def latest(self, ref: str) -> str | None:
        """Return the commit that a branch of ours is at, fetched where there is a remote; None before its first write.

        Raises ``RemoteError`` when the remote can't be asked, and ``RecordError`` for a record that was rewritten or
        that exists twice.
        """
        return self._newest(ref, self._fetched(self.remote, ref) if self.remote else None)

    def known(self, ref: str) -> str | None:
        """Return where the clone believes a branch of ours to be; no remote is asked."""
        return self._newest(ref, self.remote.known(ref) if self.remote else None)

    def swap(self, ref: str, new: str, old: str | None) -> bool:
        """Move a branch of ours from ``old`` (None: it must not exist) to ``new``; False when it wasn't there.

        Raises ``RemoteError`` when the remote can't be reached or doesn't let us. A branch other than the record's may
        be moved to a commit that doesn't contain ``old``, if the remote allows that.
        """
        repo = self.writable()
        if self.remote is None:
            return repo.update_ref(ref, new, old)
        local = repo.read_ref(ref)
        moves = local is not None and local == old and self.remote.known(ref) is None
        if not self.remote.push(ref, new, None if moves else old):
            return False
        if moves and local:
            repo.drop_ref(ref, local)
        return True

    def contains(self, old: str, new: str) -> bool:
        """Tell whether a commit contains another one, fetching history where the clone is shallow."""
        from reconciler.gitrepo.shallow import contains

        return contains(self.writable(), self.remote, old, new)

    def bring(self, *commits: str) -> None:
        """Fetch the commits that a shallow clone lacks, without their history."""
        from reconciler.gitrepo.shallow import bring

        bring(self.writable(), self.remote, commits)

    def protection(self) -> "RemoteCheck":
        """Return whether the remote would let somebody rewrite the record, as far as that can be checked from here."""
        from reconciler.gitrepo.protection import check_remote

        return check_remote(self.remote)

    def _fetched(self, remote: Remote, ref: str) -> str | None:
        """Return where a branch is on the remote, noted in its tracking ref.

        The record only grows: one that doesn't contain what this clone saw of it was rewritten.
        """
        there, before = remote.fetch(ref), remote.known(ref)
        grows = before is not None and ref == self.ref
        if there is None:
            if grows:
                raise _rewritten(remote.name, ref, "is gone", str(before))
            return None
        from reconciler.gitrepo.shallow import contains

        if grows and there != before and not contains(remote.repo, remote, str(before), there):
            raise _rewritten(remote.name, ref, f"is at {there[:12]} and was rewritten", str(before))
        remote.follow(ref, there)
        return there

    def _newest(self, ref: str, there: str | None) -> str | None:
        """Return where a branch is: on the remote (``there``), else the local one; both must tell the same record."""
        repo = self.readable()
        if repo is None or there is None or self.remote is None:
            return repo.read_ref(ref) if repo else None
        from reconciler.gitrepo.shallow import contains

        local = repo.read_ref(ref)
        if ref == self.ref and local and not contains(repo, self.remote, local, there):
            raise RecordError(
                f"There are two records: the local branch {ref}, and another one on the remote {self.remote.name}.",
                "Find out which one tells what was applied, and rename the other with `git branch -m`.",
            )
        return there

    def keep_out(self, name: str) -> None:
        """Make the surrounding repository ignore ``name``, a path relative to the account folder."""
        if self.around is not None:
            path = f"{self.relative}/{name}" if self.relative else name
            self.around.exclude("/" + "".join(f"\\{char}" if char in _SPECIAL else char for char in path))

    def _own(self) -> GitRepo:
        found = GitRepo.find(self.outside)
        if found is None or found.git_dir != self.outside.resolve():
            raise RecordError(
                f"{self.outside} holds the record of what was applied, and git can't read it.",
                "Restore it from a backup. Without it, what was applied is unknown.",
            )
        return found

    def _is_moved(self, own: GitRepo, around: GitRepo) -> bool:
        """Tell whether the branch already holds the bare repository's record; raises ``RecordError`` if both differ."""
        old, new = own.read_ref(self.ref), self.remote.known(self.ref) if self.remote else None
        new = new or around.read_ref(self.ref)
        if old is None or old == new:
            return True
        if new is None:
            return False
        if around.resolve(old) is not None and around.is_ancestor(old, new):
            return True
        raise RecordError(
            f"There are two records: one in {self.outside}, another on {self.ref}.",
            "Find out which one tells what was applied, and move the other away.",
        )

    def _move(self, own: GitRepo, around: GitRepo) -> None:
        head = own.read_ref(self.ref)
        if head and not self._is_moved(own, around):
            around.copy_from(own, head)
            around.update_ref(self.ref, head, None)
        if head and not self._is_moved(own, around):
            raise RecordError(f"The record can't be moved from {self.outside} to the surrounding repository.")
        own_name = f"moved-{head[:12]}.git" if head else "unused.git"
        self.outside.rename(self.outside.with_name(own_name))


def _rewritten(name: str, ref: str, what: str, before: str) -> RecordError:
    branch = ref.removeprefix("refs/heads/")
    return RecordError(
        f"The record {branch} on {name} {what}: it no longer holds {before[:12]}, which this clone has seen.",
        f"Find out who rewrote it. What was seen is at {name}/{branch} here: push it back with "
        f"`git push {name} {before[:12]}:{ref}`, or forget it with `git update-ref -d refs/remotes/{name}/{branch}`.",
    )
