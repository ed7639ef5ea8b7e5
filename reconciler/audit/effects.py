"""What each commit makes of the desired state, compared with its first parent: the ground on which every answer stands.

An :class:`Effect` holds values as the record would (private fields as salted digests, secrets as versions), so that it
may be kept on disk and compared with what was applied. A commit that can't be loaded changes nothing; what it brought
counts for the commit that mends it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple, TypeAlias

from reconciler.gitrepo.history import changed_files
from reconciler.gitrepo.objects import Entry
from reconciler.gitrepo.repo import GitRepo
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import Json, Value
from reconciler.model.groups import covered, differing, groups_of, without
from reconciler.model.history import LoggedCommit
from reconciler.model.late import dataclass
from reconciler.model.span import Span
from reconciler.model.state import Desired

#: Returns the bytes of a file by its blob id.
Bytes: TypeAlias = Callable[[str], bytes]
#: Returns what a commit desires, given its id and the list and bytes of its files; raises ``DiagnosticsError``.
Load: TypeAlias = Callable[[str, Mapping[str, Entry], Bytes], Desired]
#: Tells whether what a file with the bytes of a blob declares is known, so that they needn't be read.
Knows: TypeAlias = Callable[[str, str], bool]
#: The effects of commits, by their ids.
Effects: TypeAlias = Mapping[str, "Effect"]

_CHUNK = 64
_SUFFIXES = (".yaml", ".yml", ".zone")
_ACCOUNT_FILE = "account.yaml"


class Said(NamedTuple):
    """What a commit says of an address: the value as the record would keep it, and where it stands."""

    value: Json
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What one commit changes: for each address what it now says, None where it says nothing any more.

    ``error`` tells why its files can't be loaded; ``exists`` whether there is an account at all, ``touches`` whether
    the commit changes any file of its folder.
    """

    values: Mapping[Address, Said | None] = field(default_factory=dict)
    error: str = ""
    exists: bool = True
    touches: bool = True


@dataclass(frozen=True, slots=True)
class _Held:
    """A commit while its children are looked at: its files, and the last state that could be loaded on its line."""

    entries: Mapping[str, Entry]
    state: Mapping[Address, Value]
    error: str = ""

    @property
    def exists(self) -> bool:
        return _ACCOUNT_FILE in self.entries


_NOTHING = _Held({}, {})


class Reading:
    """Reads the commits of one account folder, each for the cost of the files it changes."""

    def __init__(self, repo: GitRepo, folder: str, load: Load, salt: str, knows: Knows | None = None) -> None:
        self._repo, self._folder, self._load, self._salt = repo, folder, load, salt
        self._knows = knows or (lambda path, blob: False)
        self._loaded: dict[str, Desired] = {}
        self._blobs: dict[str, bytes] = {}
        self._held: dict[str, _Held] = {}

    def take(self, commit: str, desired: Desired) -> None:
        """Take what a commit desires, which somebody has loaded from the same files, so that it isn't loaded again."""
        self._loaded[commit] = desired

    def effects(self, commits: Sequence[LoggedCommit], known: Effects) -> dict[str, Effect]:
        """Return the effects of those ``commits`` (children before parents) that aren't ``known``.

        Where a shallow clone ends, nobody can tell what a commit changes.
        """
        new = [commit for commit in reversed(commits) if commit.id not in known and not commit.cut]
        waiting = Counter(commit.parents[0] for commit in new if commit.parents)
        found: dict[str, Effect] = {}
        for at in range(0, len(new), _CHUNK):
            chunk = new[at : at + _CHUNK]
            changes = changed_files(self._repo, (commit.id for commit in chunk), self._folder)
            self._prefetch(entry for files in changes.values() for entry in files.items())
            for commit in chunk:
                found[commit.id] = self._effect(commit, changes[commit.id])
                self._release(commit, waiting)
            self._forget()
        self._held.clear()
        return found

    def desired(self, commit: str) -> Mapping[Address, Value]:
        """Return the state that a commit desires; empty where its files can't be loaded."""
        held, _ = self._read(commit, self.entries(commit), {})
        return held.state

    def sealed(self, commit: str, addresses: Iterable[Address]) -> dict[Address, Json] | None:
        """Return what a commit desires of some addresses, as the record keeps it; None where it can't be loaded."""
        held, _ = self._read(commit, self.entries(commit), {})
        if held.error:
            return None
        return {a: sealed_json(a, held.state[a], self._salt) for a in addresses if a in held.state}

    def listed(self, commit: str) -> Mapping[str, Entry]:
        """Return the account's files in a commit."""
        return self._repo.entries(commit, self._folder)

    def entries(self, commit: str) -> Mapping[str, Entry]:
        """Return the account's files in a commit, ready to be read."""
        entries = self.listed(commit)
        self._prefetch(entries.items())
        return entries

    def _effect(self, commit: LoggedCommit, changes: Mapping[str, Entry | None]) -> Effect:
        before = self._before(commit.parents[0]) if commit.parents else _NOTHING
        if not any(_may_matter(path) for path in changes):
            self._held[commit.id] = before
            return Effect({}, before.error, before.exists, bool(changes))
        entries = {path: entry for path, entry in {**before.entries, **changes}.items() if entry is not None}
        held, places = self._read(commit.id, entries, before.state)
        self._held[commit.id] = held
        return Effect(self._difference(before.state, held.state, places), held.error, held.exists)

    def _read(
        self, commit: str, entries: Mapping[str, Entry], before: Mapping[Address, Value]
    ) -> tuple[_Held, Mapping[Address, Span]]:
        if _ACCOUNT_FILE not in entries:
            return _Held(entries, {}), {}
        try:
            desired = self._loaded.get(commit) or self._load(commit, entries, self._bytes)
        except DiagnosticsError as error:
            return _Held(entries, before, _reason(error)), {}
        left = {a for rule in desired.config.policy.ignore for a in covered(desired.state, rule.match)}
        return _Held(entries, without(desired.state, left)), desired.places

    def _difference(
        self, before: Mapping[Address, Value], after: Mapping[Address, Value], places: Mapping[Address, Span]
    ) -> dict[Address, Said | None]:
        """Return what is said otherwise, or no longer."""
        found: dict[Address, Said | None] = {}
        one, other = groups_of(before), groups_of(after)
        for name in sorted(one.keys() | other.keys()):
            old, new = one.get(name, {}), other.get(name, {})
            for address in sorted(differing(old, new)):
                found[address] = None
                if (value := new.get(address)) is not None:
                    span = places.get(address) or Span("", 0, 0)
                    found[address] = Said(sealed_json(address, value, self._salt), span.file, span.line)
        return found

    def _before(self, commit: str) -> _Held:
        """Return a commit that is a parent: held from a moment ago, else read whole."""
        if commit not in self._held:
            entries = self.entries(commit)
            held, _ = self._read(commit, entries, {})
            if held.error:
                held = _Held(entries, self._last_loadable(commit), held.error)
            self._held[commit] = held
        return self._held[commit]

    def _last_loadable(self, commit: str) -> Mapping[Address, Value]:
        """Return the state of the nearest commit before this one whose files can be loaded."""
        parents = self._repo.commit(commit).parents
        while parents:
            commit = parents[0]
            held, _ = self._read(commit, self.entries(commit), {})
            if not held.error:
                return held.state
            parents = self._repo.commit(commit).parents
        return {}

    def _release(self, commit: LoggedCommit, waiting: Counter[str]) -> None:
        """Let a parent go once all its children have been looked at."""
        if commit.parents:
            waiting[commit.parents[0]] -= 1
            if waiting[commit.parents[0]] == 0:
                self._held.pop(commit.parents[0], None)
        if not waiting[commit.id]:
            self._held.pop(commit.id, None)

    def _prefetch(self, files: Iterable[tuple[str, Entry | None]]) -> None:
        wanted = {
            entry[1]
            for path, entry in files
            if entry and _may_matter(path) and _is_file(entry) and not self._knows(path, entry[1])
        }
        self._blobs |= self._repo.read_blobs(sorted(wanted - self._blobs.keys()))

    def _bytes(self, blob: str) -> bytes:
        if blob not in self._blobs:
            self._blobs |= self._repo.read_blobs([blob])
        return self._blobs[blob]

    def _forget(self) -> None:
        """Let go of the bytes that no commit still in sight holds."""
        used = {blob for held in self._held.values() for _, blob in held.entries.values()}
        self._blobs = {blob: data for blob, data in self._blobs.items() if blob in used}


def sealed_json(address: Address, value: Value, salt: str) -> Json:
    """Return a value as the record keeps it."""
    kind = KINDS[kind_of(address)]
    return kind.to_json(kind.sealed(value, salt))


def _is_file(entry: Entry) -> bool:
    return entry[0].startswith("100")  # neither a link nor a submodule


def _may_matter(path: str) -> bool:
    return path.endswith(_SUFFIXES) or path.endswith(tuple(s.upper() for s in _SUFFIXES))


def _reason(error: DiagnosticsError) -> str:
    first = next((found for found in error.diagnostics if found.is_error), None)
    return f"{first.code} at {first.span}" if first else "unknown"
