"""The record as a chain of commits: what each holds, and what is wrong with one that can't be read."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from reconciler.gitrepo.history import changed_files, log
from reconciler.gitrepo.objects import Entry
from reconciler.gitrepo.repo import Commit, GitRepo
from reconciler.model.address import Address
from reconciler.model.errors import RecordError
from reconciler.model.fields import Json
from reconciler.model.history import LoggedCommit
from reconciler.model.late import dataclass

_INDEX = "applied/"
_RECEIPT = "receipt.json"
_SALT = "salt"
_GONE = "gone.json"
_AWAITING = "awaiting.json"
_ATTESTED = "attested/"
_ATTESTATION = "attestation"
_FILES = (_RECEIPT, _SALT, _GONE, _AWAITING)
DAMAGED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, RecordError)


class Format(NamedTuple):
    """How the record writes: a receipt's facts, a file of the index, and the trailers of a message."""

    receipt: Callable[[bytes], Json]
    entries: Callable[[bytes], dict[Address, Json]]
    trailers: Callable[[str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Link:
    """One commit of the record: its receipt, and how it changes the applied index (None: the address leaves it).

    ``attested`` is what people said in it that they saw; such a commit has no receipt of its own. ``awaiting`` is what
    awaits a hand from here on, with the receipt that left it first (None: as before). ``error`` says why it can't be
    read, ``strange`` names files that have no place there.
    """

    commit: Commit
    logged: LoggedCommit
    trailers: Mapping[str, str]
    facts: Json = None
    learnt: Mapping[Address, Json] = field(default_factory=dict)
    before: Mapping[Address, Json] = field(default_factory=dict)
    salt: str = ""
    error: str = ""
    strange: tuple[str, ...] = ()
    attested: Mapping[Address, Json] = field(default_factory=dict)
    awaiting: Mapping[Address, int] | None = None

    @property
    def is_attestation(self) -> bool:
        """Whether somebody attests in it what they saw, between two applies."""
        return self.trailers.get("Reconciler-Phase") == _ATTESTATION

    @property
    def number(self) -> int:
        """The number of its receipt; 0 where it has none."""
        return int(self.facts["number"]) if self.facts else 0

    @property
    def is_outcome(self) -> bool:
        """Whether it says what became of an apply."""
        return bool(self.facts) and self.facts["phase"] == "outcome"


def read_chain(repo: GitRepo, head: str | None, format: Format) -> tuple[Link, ...]:
    """Return the record's commits, oldest first; raises ``RecordError`` where git itself can't follow them."""
    if head is None:
        return ()
    logged = log(repo, head, first_parent=True)[::-1]
    commits = repo.commits(one.id for one in logged)
    changes = changed_files(repo, (one.id for one in logged))
    files: dict[str, dict[Address, Json]] = {}
    links, salt = [], ""
    for one in logged:
        link, salt = _link(repo, commits[one.id], one, changes[one.id], files, salt, format)
        links.append(link)
    return tuple(links)


def _link(
    repo: GitRepo,
    commit: Commit,
    logged: LoggedCommit,
    changes: Mapping[str, Entry | None],
    files: dict[str, dict[Address, Json]],
    salt: str,
    format: Format,
) -> tuple[Link, str]:
    """Return a commit of the record and the salt from here on; ``files`` follow what it makes of the index."""
    trailers = format.trailers(commit.message)
    strange = tuple(path for path in changes if path not in _FILES and not path.startswith((_INDEX, _ATTESTED)))
    try:
        blobs = repo.read_blobs(entry[1] for path, entry in changes.items() if entry and path not in strange)
        receipt, new_salt = changes.get(_RECEIPT), changes.get(_SALT)
        facts = format.receipt(blobs[receipt[1]]) if receipt else None
        salt = blobs[new_salt[1]].decode().strip() if new_salt else salt
        before, after = _index(_INDEX, changes, blobs, files, format)
        unseen, seen = _index(_ATTESTED, changes, blobs, files, format)
        awaiting = _awaiting(changes[_AWAITING], blobs) if _AWAITING in changes else None
    except DAMAGED as error:
        return Link(commit, logged, trailers, error=str(error) or type(error).__name__, strange=strange), salt
    learnt = {a: after.get(a) for a in before.keys() | after.keys() if before.get(a) != after.get(a)}
    attested = {a: seen.get(a) for a in unseen.keys() | seen.keys() if unseen.get(a) != seen.get(a)}
    was = {a: before[a] for a in learnt if a in before}
    return Link(commit, logged, trailers, facts, learnt, was, salt, "", strange, attested, awaiting), salt


def _awaiting(entry: Entry | None, blobs: Mapping[str, bytes]) -> dict[Address, int]:
    return {address: int(one[1]) for address, one in json.loads(blobs[entry[1]]).items()} if entry else {}


def _index(
    folder: str,
    changes: Mapping[str, Entry | None],
    blobs: Mapping[str, bytes],
    files: dict[str, dict[Address, Json]],
    format: Format,
) -> tuple[dict[Address, Json], dict[Address, Json]]:
    """Return the entries of the changed files of a folder before and after."""
    before: dict[Address, Json] = {}
    after: dict[Address, Json] = {}
    for path, entry in changes.items():
        if path.startswith(folder):
            before |= files.pop(path, {})
            if entry:
                files[path] = format.entries(blobs[entry[1]])
                after |= files[path]
    return before, after


def outcomes(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return what became of each apply, in order."""
    return tuple(link for link in links if link.is_outcome)


def salt_of(links: Iterable[Link]) -> str:
    """Return the salt of the record's digests; empty before the first apply."""
    return next((link.salt for link in links if link.salt), "")
