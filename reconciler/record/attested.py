"""What people attested, in the record: ``attested/`` is laid out as the applied index is, with what was seen last.

An attestation is a commit of its own on the record's branch, made by compare-and-swap while no apply is under way. It
changes nothing of what is applied, and what it says stands in its history for good.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from reconciler.gitrepo.repo import GitRepo
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.by_hand import Attestation, Sight
from reconciler.model.errors import LockedError, UsageError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.state import Applied
from reconciler.ports import Clock
from reconciler.record.awaiting import AWAITING, encode_awaiting
from reconciler.record.cutting import updated
from reconciler.record.holder import Who
from reconciler.record.layout import ATTESTED, SALT
from reconciler.record.message import attest_message, root_message
from reconciler.record.record import Record, RecordState

_PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a sight: the SHA-256 of a file, which itself is never kept, and why it was looked at."""

    sha256: str
    reason: str = ""


def evidence_of(file: Path, reason: str) -> Evidence:
    """Return what a file proves; raises ``UsageError`` for an empty one, and for what can't be read."""
    digest = sha256()
    try:
        with file.open("rb") as opened:
            while piece := opened.read(_PIECE):
                digest.update(piece)
            size = opened.tell()
    except OSError as error:
        raise UsageError(f"The evidence {file} can't be read: {error.strerror}.", "Give a file.") from None
    if not size:
        raise UsageError(f"The evidence {file} is empty.", "Give a screenshot or a PDF of what you saw.")
    return Evidence(digest.hexdigest(), reason)


def attestations(
    seen: Mapping[Address, Sight], evidence: Evidence, commit: str, who: Who, clock: Clock
) -> dict[Address, Attestation]:
    """Return what is recorded of each address, in one spelling."""
    when = clock.now().isoformat(timespec="seconds")
    common = Attestation(None, when, who.name, evidence.sha256, commit, (), evidence.reason, who.host, who.run_url)
    return {
        address: replace(common, value=one.value, otherwise=one.otherwise, status=one.status)
        for address, one in seen.items()
    }


def write_attested(
    record: Record, state: RecordState, commit: str, seen: Mapping[Address, Attestation], clock: Clock
) -> Mapping[Address, Attestation]:
    """Write what was seen and compared with the configuration ``commit``, and return it as it is kept.

    Raises ``LockedError`` while an apply is under way, and when somebody else was faster; then nothing was written.
    """
    now = clock.now()
    record.demand_free(state, now)
    repo, applied = record.home.writable(), state.applied
    parent = applied.head or repo.write_commit(repo.write_tree(None, {}), [], root_message(record.account), now)
    salt = applied.salt if applied.has_salt else clock.nonce()
    kept = {address: _sealed(address, one, salt) for address, one in seen.items()}
    made = _written(repo, parent, record.account, commit, replace(applied, salt=salt), kept, now)
    if not record.home.swap(record.home.ref, made, applied.head):
        record.demand_free(record.read(), now)
        raise LockedError("The record was written in the meantime.", "Attest again.")
    return kept


def _written(
    repo: GitRepo,
    parent: str,
    account: str,
    commit: str,
    applied: Applied,
    kept: Mapping[Address, Attestation],
    now: datetime,
) -> str:
    """Write the commit and return its id."""
    there = {
        path.removeprefix(ATTESTED): blob
        for path, (_, blob) in repo.entries(parent).items()
        if path.startswith(ATTESTED)
    }
    entries: dict[Address, Json | None] = {address: to_json(address, one) for address, one in kept.items()}
    files = updated(there, repo.read_blobs, applied.attested, entries)
    written: dict[str, bytes | None] = {ATTESTED + path: data for path, data in files.items()}
    waiting = {address: one for address, one in applied.awaiting.items() if address not in kept}
    if waiting != applied.awaiting:
        written[AWAITING] = encode_awaiting(waiting)
    tree = repo.write_tree(parent, {SALT: f"{applied.salt}\n".encode(), **written})
    message = attest_message(account, applied.number, commit, kept, tree)
    return repo.write_commit(tree, [parent, commit], message, now)


def _sealed(address: Address, seen: Attestation, salt: str) -> Attestation:
    value = seen.value
    return seen if value is None else replace(seen, value=KINDS[kind_of(address)].sealed(value, salt))


def to_json(address: Address, seen: Attestation) -> Json:
    """Return one entry as JSON types; what is empty is left out, a value of null means that it isn't there."""
    value = None if seen.value is None else KINDS[kind_of(address)].to_json(seen.value)
    facts = {name: getattr(seen, name) for name in Attestation.__slots__ if name not in ("value", "otherwise")}
    more = {"otherwise": list(seen.otherwise)} if seen.otherwise else {}
    return {"value": value, **{name: text for name, text in facts.items() if text}, **more}
