"""Git, hardened: the only file that knows GitPython.

What may live here: questions to a repository, and writing objects and one ref. Nothing here touches the index, the
work tree or a remote, and nothing that a repository's files or configuration say is ever run. Two rules:

- Every command runs with hooks, file-system monitor, filters, replacement objects, lazy fetching and every transport
  switched off, and without the system's and the user's configuration. Only two commands see the user's own
  configuration: discovery, because ``safe.directory`` is the user's word on whose repositories may be trusted, and the
  question who the user is. Both only read.
- Commits are named by full ids; what a person wrote goes through :meth:`GitRepo.resolve`, behind
  ``--end-of-options``. Blobs are read and checked against their ids, so that no damaged byte passes.
"""

import hashlib
import os
import re
import struct
import subprocess
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from reconciler.model.errors import RecordError
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from git.cmd import Git

_OLDEST_GIT = (2, 32)  # the first that can be kept from reading the user's configuration (GIT_CONFIG_GLOBAL)
_FOLDER = "40000"  # the mode of a tree inside a tree
_LOOSE_LIMIT = 100  # from so many objects on a write becomes one pack, as in git's own fetch.unpackLimit
_TRUST = "If you trust it, say so with `git config --global --add safe.directory FOLDER`."
_FSCK = "Run `git fsck` there. Another clone may have it: fetch it from there."

_SWITCHES = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.alternateRefsCommand="),
    *("-c", "protocol.allow=never"),
    *("-c", "gc.auto=0"),
    *("-c", "core.fsync=committed"),  # the record is a write-ahead log: an intent must outlive a power failure
    *("-c", "core.filesRefLockTimeout=5000"),
    *("-c", "safe.bareRepository=all"),
)
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
}
_NO_CONFIG = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
_NO_CONFIG |= {"GIT_CONFIG_COUNT": "0", "GIT_CONFIG_PARAMETERS": ""}
#: All that git gets of the environment: where it is, who runs it, and no secret. What a hook binds its children with
#: isn't there either, nor configuration in ``GIT_CONFIG_VALUE_*``, which may hold a token.
_PASSED_ON = re.compile(
    "PATH|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_CONFIG_HOME|EMAIL|GIT_EXEC_PATH"
    "|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM)|GIT_(?:PYTHON|TEST)_[A-Z_]+"
)
_SPAWNING = threading.Lock()

_ID = re.compile(r"[0-9a-f]{40}\Z")
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|/-|\.\Z|/\Z")
_IDENT = re.compile(r"(?P<person>[^<>\n]+ <[^<>\n]*>) [0-9]+ [+-][0-9]{4}\Z")

Entry: TypeAlias = tuple[str, str]
_Folders: TypeAlias = Mapping[str, Mapping[str, Entry]]
_Objects: TypeAlias = dict[str, tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit object, as far as we need it."""

    id: str
    tree: str
    parents: tuple[str, ...]
    message: str


class _Answer(NamedTuple):
    status: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class GitRepo:
    """A repository. ``root`` is its work tree (None when bare), ``common_dir`` is shared by all its work trees."""

    git_dir: Path
    common_dir: Path
    root: Path | None

    @classmethod
    def find(cls, folder: Path) -> "GitRepo | None":
        """Return the repository that ``folder`` lies in, or None outside of any.

        Raises ``RecordError`` for one that is damaged, belongs to somebody else, or uses SHA-256 object ids.
        """
        question = ("--is-inside-work-tree", "--absolute-git-dir", "--git-common-dir", "--show-object-format")
        answer = _run(folder, {}, ("rev-parse", *question, "--show-cdup"))
        if "not a git repository (or any" in answer.err:
            _refuse_damaged(folder)
            return None
        if answer.status != 0:
            raise _failure(answer, f"The git repository around {folder} can't be used")
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
        answer = _run(path, _NO_CONFIG, arguments)
        if answer.status != 0:
            raise _failure(answer, f"No git repository can be made at {path}")
        return cls(path.resolve(), path.resolve(), None)

    def resolve(self, rev: str) -> str | None:
        """Return the id of the commit that ``rev``, written by a person, names, or None where there is none."""
        return None if "\0" in rev else self._named(f"{rev}^{{commit}}")

    def read_ref(self, ref: str) -> str | None:
        """Return the id that a ref holds, or None where it doesn't exist; raises ``RecordError`` for a broken one."""
        return self._named(ref)

    def head(self) -> str | None:
        """Return the commit that is checked out, or None before the first commit."""
        return self.read_ref("HEAD")

    def person(self) -> str:
        """Return ``Name <mail>`` of whoever runs this, as their environment and git configuration say; else ``''``.

        Only ``git var`` sees the user's configuration here; it runs nothing that stands in it.
        """
        answer = _run(self.git_dir, {"GIT_DIR": str(self.git_dir)}, ("var", "GIT_COMMITTER_IDENT"))
        found = _IDENT.match(os.fsdecode(answer.out).strip())
        return neutral(found["person"]) if answer.status == 0 and found else ""

    def entries(self, commit: str, folder: str = "") -> dict[str, Entry]:
        """Return mode and object id of every file below ``folder`` in a commit, by path relative to ``folder``."""
        prefix = f"{folder}/" if folder else ""
        listing = self._ask("ls-tree", "-r", "-z", "--full-tree", _full_id(commit), *(("--", prefix) if folder else ()))
        return {
            os.fsdecode(path)[len(prefix) :]: (mode.decode(), blob.decode())
            for mode, _, blob, path in _tree_lines(listing)
        }

    def commit(self, id: str) -> Commit:
        """Return a commit; raises ``RecordError`` when it isn't there."""
        head, _, message = self._objects([id], b"commit")[id].partition(b"\n\n")
        lines = [line.partition(b" ") for line in head.split(b"\n")]
        parents = tuple(value.decode() for name, _, value in lines if name == b"parent")
        return Commit(id, lines[0][2].decode(), parents, message.decode("utf-8", "replace"))

    def read_blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of many blobs, read in one go; raises ``RecordError`` for a missing or damaged one."""
        return self._objects(ids, b"blob")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether ``new`` contains ``old``; a commit contains itself."""
        answer = self._try("merge-base", "--is-ancestor", _full_id(old), _full_id(new))
        if answer.status not in (0, 1):
            raise _failure(answer, "The history can't be read")
        return answer.status == 0

    def write_tree(self, base: str | None, changes: Mapping[str, bytes | None]) -> str:
        """Write the tree of commit ``base`` with ``changes`` put in or, where None, taken out, and return its id."""
        listing = self._ask("ls-tree", "-r", "-t", "-z", "--full-tree", _full_id(base)) if base else b""
        folders: dict[str, dict[str, Entry]] = {}
        for mode, _, oid, path in _tree_lines(listing):
            folder, _, name = os.fsdecode(path).rpartition("/")
            folders.setdefault(folder, {})[name] = (mode.decode().lstrip("0"), oid.decode())
        written: _Objects = {}
        tree = _changed_tree(folders, "", changes, written) or _stored(written, b"tree", b"")
        self._store(written)
        return tree

    def write_commit(self, tree: str, parents: Sequence[str], message: str, when: datetime) -> str:
        """Write a commit of ``tree`` by the present user and return its id; no branch is moved."""
        person = self.person() or "reconciler <reconciler@localhost>"
        stamp = f"{person} {int(when.timestamp())} +0000"
        head = [f"tree {tree}", *(f"parent {p}" for p in parents), f"author {stamp}", f"committer {stamp}"]
        written: _Objects = {}
        oid = _stored(written, b"commit", "\n".join((*head, "", message)).encode("utf-8", "replace"))
        self._store(written)
        return oid

    def update_ref(self, ref: str, new: str, old: str | None) -> bool:
        """Move ``ref`` from ``old`` (None: it must not exist) to ``new``; False when it no longer was at ``old``."""
        check_ref(ref)
        before = _full_id(old) if old else "0" * 40
        answer = self._try("update-ref", "--no-deref", "-m", "reconciler", ref, _full_id(new), before)
        if answer.status == 0:
            return True
        if self.read_ref(ref) != old:
            return False
        raise _failure(answer, f"The branch {ref.removeprefix('refs/heads/')} can't be moved")

    def copy_from(self, other: "GitRepo", commit: str) -> None:
        """Copy a commit and everything it needs out of another repository, without any transport."""
        pack = other._ask("pack-objects", "--quiet", "--stdout", "--revs", input=f"{_full_id(commit)}\n".encode())
        self._ask("index-pack", "--stdin", "--strict", input=pack)

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
        answer = self._try("rev-parse", "--verify", "--quiet", "--end-of-options", expression)
        if answer.status not in (0, 1) or "broken ref" in answer.err:
            raise _failure(answer, f"{neutral(expression)} can't be read")
        return answer.out.decode().strip() or None

    def _try(self, *arguments: str, input: bytes = b"") -> _Answer:
        return _run(self.git_dir, {**_NO_CONFIG, "GIT_DIR": str(self.git_dir)}, arguments, input)

    def _ask(self, *arguments: str, input: bytes = b"") -> bytes:
        answer = self._try(*arguments, input=input)
        if answer.status != 0:
            raise _failure(answer, f"The git repository {self.git_dir} can't be read or written")
        return answer.out

    def _objects(self, ids: Iterable[str], kind: bytes) -> dict[str, bytes]:
        wanted = [_full_id(oid) for oid in dict.fromkeys(ids)]
        if not wanted:
            return {}
        out = self._ask("cat-file", "--batch", input="".join(f"{oid}\n" for oid in wanted).encode())
        found: dict[str, bytes] = {}
        at = 0
        for oid in wanted:
            end = out.find(b"\n", at)
            header = out[at:end].split()
            if len(header) != 3:
                raise RecordError(f"The git object {oid} is missing in {self.git_dir}.", _FSCK)
            size = int(header[2])
            found[oid] = data = out[end + 1 : end + 1 + size]
            if header[1] != kind or _object_id(kind, data) != oid:
                raise RecordError(f"The git object {oid} in {self.git_dir} is damaged.", _FSCK)
            at = end + size + 2
        return found

    def _store(self, objects: _Objects) -> None:
        """Hand objects to git as one pack, which it checks and stores with its own permissions and durability."""
        command = ("unpack-objects", "-q") if len(objects) < _LOOSE_LIMIT else ("index-pack", "--stdin")
        self._ask(*command, "--strict", input=_pack(objects.values()))


def check_ref(ref: str) -> None:
    """Raise ``RecordError`` unless ``ref`` is the full name of a ref, by the rules of ``git check-ref-format``."""
    if not ref.startswith("refs/") or ref.count("/") < 2 or _BAD_REF.search(ref):
        raise RecordError(f"{ref!a} can't be a branch.", "Write a name such as `reconciler/K-104711`.")


def blob_id(data: bytes) -> str:
    """Return the id that git gives to a file's bytes."""
    return _object_id(b"blob", data)


def _full_id(id: str) -> str:
    if not _ID.match(id):
        raise RecordError(f"{neutral(id)!r} is not the id of a commit or file.")
    return id


def _object_id(kind: bytes, data: bytes) -> str:
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(data), data), usedforsecurity=False).hexdigest()


def _stored(written: _Objects, kind: bytes, data: bytes) -> str:
    oid = _object_id(kind, data)
    written[oid] = (kind, data)
    return oid


def _tree_lines(listing: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Yield mode, type, id and path of each entry that ``ls-tree -z`` printed."""
    for line in listing.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, kind, oid = head.split(b" ")
        yield mode, kind, oid, path


def _mode(entries: Mapping[str, Entry], name: str) -> str:
    return entries[name][0] if name in entries else ""


def _changed_tree(folders: _Folders, folder: str, changes: Mapping[str, bytes | None], written: _Objects) -> str | None:
    """Return the id of ``folder`` with the changes made in it, or None when nothing is left; new objects are added."""
    entries = dict(folders.get(folder, {}))
    below: dict[str, dict[str, bytes | None]] = {}
    for path, data in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = data
    for name, inner in below.items():
        tree = _changed_tree(folders, f"{folder}/{name}" if folder else name, inner, written)
        if tree:
            entries[name] = (_FOLDER, tree)
        elif _mode(entries, name) == _FOLDER:
            del entries[name]
    for name, data in changes.items():
        if "/" not in name and data is not None:
            mode = "100755" if _mode(entries, name) == "100755" else "100644"
            entries[name] = (mode, _stored(written, b"blob", data))
        elif _mode(entries, name) not in ("", _FOLDER):
            del entries[name]
    rows = sorted((os.fsencode(n) + (b"/" if m == _FOLDER else b""), m, oid) for n, (m, oid) in entries.items())
    body = b"".join(b"%s %s\0%s" % (m.encode(), n.rstrip(b"/"), bytes.fromhex(oid)) for n, m, oid in rows)
    return _stored(written, b"tree", body) if body else None


def _pack(objects: Collection[tuple[bytes, bytes]]) -> bytes:
    """Return objects as a pack (gitformat-pack(5)): a header, each object's type, size and bytes, a digest."""
    types = {b"commit": 1, b"tree": 2, b"blob": 3}
    parts = []
    for kind, data in objects:
        byte, rest = types[kind] << 4 | len(data) & 15, len(data) >> 4
        while rest:
            parts.append(bytes((byte | 128,)))
            byte, rest = rest & 127, rest >> 7
        parts.append(bytes((byte,)) + zlib.compress(data, 1))
    body = b"PACK" + struct.pack(">II", 2, len(objects)) + b"".join(parts)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


@cache
def _program() -> tuple[str, type["Git"]]:
    """Return git's name and GitPython's door to it; raises ``RecordError`` when git is missing or too old."""
    try:
        from git.cmd import Git  # asks git for its version
    except ImportError:
        raise RecordError("Git is not installed, or can't be run.", "Install git 2.32 or newer.") from None
    if Git().version_info < _OLDEST_GIT:
        found = ".".join(map(str, Git().version_info))
        raise RecordError(f"Git {found} is too old.", "Install git 2.32 or newer.")
    return Git.GIT_PYTHON_GIT_EXECUTABLE or Git.git_exec_name, Git


def _run(folder: Path, environment: Mapping[str, str], arguments: Sequence[str], input: bytes = b"") -> _Answer:
    """Run git in ``folder`` to its end; whatever it says is returned, never raised."""
    with _bare_environment():
        name, git = _program()
        command = [name, "-C", str(folder), *_SWITCHES, *arguments]
        process: Any = git().execute(command, istream=subprocess.PIPE, as_process=True, env={**_QUIET, **environment})
    out, err = process.communicate(input)
    return _Answer(process.returncode, out, err.decode("utf-8", "replace"))


@contextmanager
def _bare_environment() -> Iterator[None]:
    """Hide all but :data:`_PASSED_ON` while a process starts; GitPython can't leave variables out."""
    with _SPAWNING:
        hidden = {name: os.environ.pop(name) for name in list(os.environ) if not _PASSED_ON.fullmatch(name)}
        try:
            yield
        finally:
            os.environ.update(hidden)


def _failure(answer: _Answer, what: str) -> RecordError:
    lines = [line for line in answer.err.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("fatal: ")), lines[0] if lines else "git said nothing")
    if "dubious ownership" in said:
        return RecordError(f"{what}: it belongs to another user.", _TRUST)
    reason = re.sub("^(?:fatal|error|warning): ", "", said).rstrip(".")
    return RecordError(neutral(f"{what}: {reason}."), _FSCK if re.search("object|corrupt|stream", said) else "")


def _refuse_damaged(folder: Path) -> None:
    """Raise ``RecordError`` where there is a ``.git`` that git doesn't recognise: its record must not be ignored."""
    places = [place / ".git" for place in (folder.resolve(), *folder.resolve().parents)]
    if found := next((place for place in places if place.exists()), None):
        mend = "Run `git status` there and mend it, or remove it if it isn't meant to be one."
        raise RecordError(f"Git can't read the repository {found}.", mend)
