"""A repository on disk: questions to it, and writing objects and one ref.

Nothing here touches the index, the work tree or a remote. Only two commands see the user's own configuration:
discovery, because ``safe.directory`` is the user's word on whose repositories may be trusted, and the question who the
user is. Both only read. Commits are named by full ids; what a person wrote goes through :meth:`GitRepo.resolve`, behind
``--end-of-options``. Blobs are read and checked against their ids, so that no damaged byte passes.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path

from reconciler.gitrepo.batch import Batch, Object
from reconciler.gitrepo.objects import (
    Entry,
    Objects,
    changed_tree,
    check_ref,
    full_id,
    is_full_id,
    object_id,
    pack,
    stored,
    tree_entries,
)
from reconciler.gitrepo.process import FSCK, NO_CONFIG, Answer, failure, run
from reconciler.gitrepo.signing import wants_signature, write_signed
from reconciler.gitrepo.trees import files_below, folder_at, folders_through
from reconciler.model.errors import RecordError
from reconciler.model.late import dataclass, pattern
from reconciler.model.points import reached
from reconciler.model.text import neutral

_LOOSE_LIMIT = 100  # from so many objects on a write becomes one pack, as in git's own fetch.unpackLimit
_IDENT = pattern(r"(?P<person>[^<>\n]+ <[^<>\n]*>) [0-9]+ [+-][0-9]{4}\Z")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit object, as far as we need it."""

    id: str
    tree: str
    parents: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class GitRepo:
    """A repository. ``root`` is its work tree (None when bare), ``common_dir`` is shared by all its work trees.

    ``batch`` answers most of what is asked.
    """

    git_dir: Path
    common_dir: Path
    root: Path | None
    batch: Batch = field(default_factory=Batch, compare=False, repr=False)

    @classmethod
    def find(cls, folder: Path) -> "GitRepo | None":
        """Return the repository that ``folder`` lies in, or None outside of any.

        Raises ``RecordError`` for one that is damaged, belongs to somebody else, or uses SHA-256 object ids.
        """
        question = ("--is-inside-work-tree", "--absolute-git-dir", "--git-common-dir", "--show-object-format")
        answer = run(folder, {}, ("rev-parse", *question, "--show-cdup"))
        if "not a git repository (or any" in answer.err:
            _refuse_damaged(folder)
            return None
        if answer.status != 0:
            raise failure(answer, f"The git repository around {folder} can't be used")
        inside, git_dir, common, objects, *up = os.fsdecode(answer.out).split("\n")[:-1]
        if objects != "sha1":
            raise RecordError(f"The git repository around {folder} has {objects} ids.", "Only SHA-1 ids are supported.")
        root = folder.joinpath(*up).resolve() if inside == "true" else None
        return cls(Path(git_dir).resolve(), folder.joinpath(common).resolve(), root)

    @classmethod
    def init_bare(cls, path: Path) -> "GitRepo":
        """Return a new bare repository at ``path``, without hooks or anything else from a template."""
        path.mkdir(parents=True, exist_ok=True)
        arguments = ("init", "--quiet", "--bare", "--template=", "--object-format=sha1", str(path))
        answer = run(path, NO_CONFIG, arguments)
        if answer.status != 0:
            raise failure(answer, f"No git repository can be made at {path}")
        return cls(path.resolve(), path.resolve(), None)

    def path_of(self, folder: Path) -> str:
        """Return the path of a folder inside the work tree; empty at its top, and where there is none."""
        path = folder.relative_to(self.root).as_posix() if self.root else ""
        return "" if path == "." else path

    def resolve(self, rev: str) -> str | None:
        """Return the id of the commit that ``rev``, written by a person, names, or None where there is none."""
        return None if "\0" in rev else self._named(f"{rev}^{{commit}}")

    def read_ref(self, ref: str) -> str | None:
        """Return the id that a ref holds, or None where it doesn't exist; raises ``RecordError`` for a broken one."""
        return self._named(ref)

    def head(self) -> str | None:
        """Return the commit that is checked out, or None before the first commit."""
        return self.read_ref("HEAD")

    def is_shallow(self) -> bool:
        """Tell whether history is cut off somewhere, as in clones of depth 1."""
        return (self.common_dir / "shallow").exists()

    def may_have_remotes(self) -> bool:
        """Tell whether git has to be asked for remotes: the clone's configuration says more than nothing of them."""
        try:
            said = (self.common_dir / "config").read_bytes().lower()
        except OSError:
            return True
        return any(word in said for word in (b"remote", b"include", b"worktreeconfig"))

    def person(self) -> str:
        """Return ``Name <mail>`` of whoever runs this, as their environment and git configuration say; else ``''``.

        Only ``git var`` sees the user's configuration here; it runs nothing that stands in it.
        """
        answer = run(self.git_dir, {"GIT_DIR": str(self.git_dir)}, ("var", "GIT_COMMITTER_IDENT"))
        found = _IDENT.match(os.fsdecode(answer.out).strip())
        return neutral(found["person"]) if answer.status == 0 and found else ""

    def entries(self, commit: str, folder: str = "") -> dict[str, Entry]:
        """Return mode and object id of every file below ``folder`` in a commit, by path relative to ``folder``."""
        return files_below(self._trees, folder_at(self._trees, self._root(commit), folder))

    def read_file(self, commit: str, folder: str, name: str) -> bytes | None:
        """Return the bytes of one file in a folder of a commit, or None where there is no file of that name."""
        path, _, last = (name if folder in ("", ".") else f"{folder}/{name}").rpartition("/")
        mode, blob = folder_at(self._trees, self._root(commit), path).get(last, ("", ""))
        return self.read_blobs([blob])[blob] if mode in ("100644", "100755") else None

    def commit(self, id: str) -> Commit:
        """Return a commit; raises ``RecordError`` when it isn't there."""
        return self.commits([id])[id]

    def commits(self, ids: Iterable[str]) -> dict[str, Commit]:
        """Return many commits, read in one go; raises ``RecordError`` when one isn't there."""
        return {oid: _commit(oid, data) for oid, data in self._objects(ids, b"commit").items()}

    def read_blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of many blobs, read in one go; raises ``RecordError`` for a missing or damaged one."""
        return self._objects(ids, b"blob")

    def demand_there(self, blobs: Iterable[str]) -> None:
        """Return when git knows these blobs, of which it reads no more than what they are.

        Raises ``RecordError`` for a missing one: git writes no tree that holds it.
        """
        wanted = [full_id(oid) for oid in dict.fromkeys(blobs)]
        if not wanted:
            return
        said = self.ask("cat-file", "--batch-check", input="".join(f"{oid}\n" for oid in wanted).encode()).decode()
        for oid, line in zip(wanted, said.splitlines(), strict=True):
            if not line.startswith(f"{oid} blob "):
                raise self._missing(oid)

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether ``new`` contains ``old``; a commit contains itself."""
        answer = self.attempt("merge-base", "--is-ancestor", full_id(old), full_id(new))
        if answer.status not in (0, 1):
            raise failure(answer, "The history can't be read")
        return answer.status == 0

    def write_tree(self, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        """Write the tree of commit ``base`` with ``changes`` put in or, where None, taken out, and return its id."""
        folders = folders_through(self._trees, self._root(base), changes) if base else {}
        written: Objects = {}
        tree = changed_tree(folders, "", changes, written) or stored(written, b"tree", b"")
        self._store(written)
        return tree

    def write_commit(
        self, tree: str, parents: Sequence[str], message: str, when: datetime, *, signed: bool = True
    ) -> str:
        """Write a commit of ``tree`` by the present user and return its id; no branch is moved.

        It is ``signed`` where git is told to sign commits; raises ``RecordError`` when that fails.
        """
        person = self.person() or "reconciler <reconciler@localhost>"
        if signed and wants_signature(self.git_dir):
            return write_signed(self.git_dir, tree, parents, message, person, when)
        stamp = f"{person} {int(when.timestamp())} +0000"
        head = [f"tree {tree}", *(f"parent {p}" for p in parents), f"author {stamp}", f"committer {stamp}"]
        written: Objects = {}
        oid = stored(written, b"commit", "\n".join((*head, "", message)).encode("utf-8", "replace"))
        self._store(written)
        return oid

    def update_ref(self, ref: str, new: str, old: str | None) -> bool:
        """Move ``ref`` from ``old`` (None: it must not exist) to ``new``; False when it no longer was at ``old``."""
        check_ref(ref)
        if old and ref.startswith("refs/heads/") and self.is_checked_out(ref):
            raise RecordError(
                f"The branch {ref.removeprefix('refs/heads/')} is checked out in a work tree, which must not be moved.",
                "Switch to another branch there; `git worktree list` shows where.",
            )
        before = full_id(old) if old else "0" * 40
        reached(f"{ref} to be moved")
        answer = self.attempt("update-ref", "--no-deref", "-m", "reconciler", ref, full_id(new), before)
        reached(f"{ref} moved")
        if answer.status == 0:
            return True
        if self.read_ref(ref) != old:
            return False
        raise failure(answer, f"The branch {ref.removeprefix('refs/heads/')} can't be moved")

    def is_checked_out(self, ref: str) -> bool:
        """Tell whether a branch is checked out in some work tree of the repository."""
        return f"branch {ref}\0" in os.fsdecode(self.ask("worktree", "list", "--porcelain", "-z"))

    def drop_ref(self, ref: str, old: str) -> None:
        """Remove ``ref`` while it is at ``old`` and checked out nowhere; else it stays."""
        check_ref(ref)
        if not self.is_checked_out(ref):
            self.attempt("update-ref", "--no-deref", "-d", ref, full_id(old))

    def copy_from(self, other: "GitRepo", commit: str) -> None:
        """Copy a commit and everything it needs out of another repository, without any transport."""
        pack = other.ask("pack-objects", "--quiet", "--stdout", "--revs", input=f"{full_id(commit)}\n".encode())
        self.ask("index-pack", "--stdin", "--strict", input=pack)

    def exclude(self, pattern: str) -> None:
        """Add a pattern to the repository's own list of files to ignore (``info/exclude``), once."""
        path = self.common_dir / "info" / "exclude"
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("a+", encoding="utf-8", errors="surrogateescape") as file:
                file.seek(0)
                lines = file.read().split("\n")
                if pattern not in lines:
                    file.write(f"\n{pattern}\n" if lines[-1] else f"{pattern}\n")
        except OSError as error:
            raise RecordError(f"The file {path} can't be written: {error.strerror}.") from None

    def _named(self, expression: str) -> str | None:
        found = None if "\n" in expression else next(self.batch.read(self.git_dir, [expression]))
        if found is not None:
            return found.id
        # Whether there is nothing of that name, or something broken, only this command tells.
        answer = self.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        if answer.status not in (0, 1) or "broken ref" in answer.err:
            raise failure(answer, f"{neutral(expression)} can't be read")
        named = answer.out.decode().strip()
        return named if is_full_id(named) else None  # a range names two

    def _root(self, id: str) -> str:
        """Return the tree of a commit, or the tree itself; raises ``RecordError`` when it isn't there."""
        found = next(self.batch.read(self.git_dir, [f"{full_id(id)}^{{tree}}"]))
        return self._whole(id, found, b"tree", found.id if found else id).id

    def _trees(self, ids: Iterable[str]) -> dict[str, dict[str, Entry]]:
        try:
            return {oid: tree_entries(data) for oid, data in self._objects(ids, b"tree").items()}
        except ValueError:
            raise RecordError(f"A git tree in {self.git_dir} is damaged.", FSCK) from None

    def attempt(self, *arguments: str, input: bytes = b"") -> Answer:
        """Run a git command here to its end; for this room only."""
        return run(self.git_dir, {**NO_CONFIG, "GIT_DIR": str(self.git_dir)}, arguments, input)

    def ask(self, *arguments: str, input: bytes = b"") -> bytes:
        """Return what a git command here prints; raises ``RecordError`` when it fails; for this room only."""
        answer = self.attempt(*arguments, input=input)
        if answer.status != 0:
            raise failure(answer, f"The git repository {self.git_dir} can't be read or written")
        return answer.out

    def _objects(self, ids: Iterable[str], kind: bytes) -> dict[str, bytes]:
        wanted = [full_id(oid) for oid in dict.fromkeys(ids)]
        found = zip(wanted, self.batch.read(self.git_dir, wanted), strict=True)
        return {oid: self._whole(oid, one, kind, oid).data for oid, one in found}

    def _whole(self, name: str, found: Object | None, kind: bytes, oid: str) -> Object:
        """Return an object that was asked for, its bytes compared with its id."""
        if found is None:
            raise self._missing(name)
        if found.kind != kind or object_id(kind, found.data) != oid:
            raise RecordError(f"The git object {name} in {self.git_dir} is damaged.", FSCK)
        return found

    def _missing(self, name: str) -> RecordError:
        return RecordError(f"The git object {name} is missing in {self.git_dir}.", FSCK)

    def _store(self, objects: Objects) -> None:
        """Hand objects to git as one pack, which it checks and stores with its own permissions and durability."""
        command = ("unpack-objects", "-q") if len(objects) < _LOOSE_LIMIT else ("index-pack", "--stdin")
        reached("objects to be stored")
        self.ask(*command, "--strict", input=pack(objects.values()))
        reached("objects stored")


def _commit(id: str, data: bytes) -> Commit:
    head, _, message = data.partition(b"\n\n")
    lines = [line.partition(b" ") for line in head.split(b"\n")]
    parents = tuple(value.decode() for name, _, value in lines if name == b"parent")
    return Commit(id, lines[0][2].decode(), parents, message.decode("utf-8", "replace"))


def _refuse_damaged(folder: Path) -> None:
    """Raise ``RecordError`` where there is a ``.git`` that git doesn't recognise: its record must not be ignored."""
    places = [place / ".git" for place in (folder.resolve(), *folder.resolve().parents)]
    if found := next((place for place in places if place.exists()), None):
        mend = "Run `git status` there and mend it, or remove it if it isn't meant to be one."
        raise RecordError(f"Git can't read the repository {found}.", mend)
