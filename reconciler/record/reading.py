"""Reading the record: everything it says, or one sentence on why it can't be trusted; never an empty record instead."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from reconciler.cache.cache import Cache
from reconciler.gitrepo.repo import Commit, GitRepo
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.by_hand import Attestation
from reconciler.model.errors import RecordError
from reconciler.model.fields import Json, digest_of
from reconciler.model.groups import Groups
from reconciler.model.receipt import Receipt
from reconciler.model.state import Applied
from reconciler.model.text import neutral
from reconciler.record import index, receipts
from reconciler.record.awaiting import AWAITING, decode_awaiting
from reconciler.record.gone import GONE, decode_gone
from reconciler.record.grouped import Part, Parts
from reconciler.record.layout import ATTESTED, INDEX, RECEIPT, SALT
from reconciler.record.message import ACCOUNT, ATTESTATION, NUMBER, PHASE, TREE, trailers

_ADVICE = "Fetch it again from where it is intact (another clone, a backup); it is never repaired by guessing."


#: What is applied, and the intent that has no outcome yet, if any.
Reading: TypeAlias = tuple[Applied, Receipt | None]


def initial_salt(account: str) -> str:
    """Return the salt of seals before the first apply, which makes a random one and keeps it."""
    return digest_of(["initial salt", account])


def read_record(repo: GitRepo, head: str | None, ref: str, account: str, cache: Cache) -> Reading:
    """Return what the record at ``head`` says; raises ``RecordError`` for one that is damaged, foreign or newer."""
    if head is None:
        _refuse_unfetched(repo, ref)
        return nothing_applied(account)
    commit = repo.commit(head)
    _demand_ours(commit, ref, account)
    try:
        return _state(repo, commit, account, cache)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise RecordError(f"The record on {ref} is damaged: {_reason(error)}.", _ADVICE) from None


def nothing_applied(account: str, head: str | None = None) -> Reading:
    """Return what a record says in which nothing was applied yet."""
    return Applied(head=head, salt=initial_salt(account)), None


def _refuse_unfetched(repo: GitRepo, ref: str) -> None:
    """Raise ``RecordError`` where the clone knows the record, but only as its remote's branch: it isn't empty."""
    branch = ref.removeprefix("refs/heads/")
    if repo.read_ref(f"refs/remotes/origin/{branch}"):
        raise RecordError(
            f"The record is on origin/{branch}, and this clone has no branch {branch}.",
            f"Make it with `git branch {branch} origin/{branch}`.",
        )


def _demand_ours(commit: Commit, ref: str, account: str) -> None:
    whose = trailers(commit.message).get(ACCOUNT)
    if whose != account:
        what = f"the record of account {neutral(whose)}" if whose else "something other than a record"
        raise RecordError(
            f"The branch {ref} holds {what}, not the record of account {account}.",
            "Rename that branch, or choose another one for the record with `record: {ref: NAME}`.",
        )


def _state(repo: GitRepo, commit: Commit, account: str, cache: Cache) -> Reading:
    files = repo.entries(commit.id)
    if not files and not commit.parents:
        return nothing_applied(account, commit.id)
    parts = Parts.of(
        cache, {path.removeprefix(INDEX): blob for path, (_, blob) in files.items() if path.startswith(INDEX)}
    )
    others = {path: blob for path, (_, blob) in files.items() if not path.startswith(INDEX)}
    blobs = repo.read_blobs({*others.values(), *parts.wanted})
    content = {path: blobs[blob] for path, blob in others.items()}
    told = trailers(commit.message)
    is_attested = told.get(PHASE) == ATTESTATION
    facts = None if is_attested and RECEIPT not in content else receipts.decode(content[RECEIPT], account)
    if told.get(TREE) != commit.tree:
        raise ValueError("its files are not those that its newest commit names")
    known = replace(_applied(content, parts.read(blobs)), head=commit.id)
    if facts is None:
        return known, None  # people attested what is there before anything was applied
    phase = ATTESTATION if is_attested else facts["phase"]
    _demand_chain(repo, commit.parents[0], facts["number"], phase)
    if facts["phase"] == "outcome":
        return replace(known, number=facts["number"], config_commit=facts["config_commit"]), None
    # Written since there are remotes: in a shallow clone the commit before isn't there.
    last = facts["previous"] or None if "previous" in facts else _last_config(repo, commit.parents[0])
    return replace(known, number=facts["number"] - 1, config_commit=last), Receipt.from_json(facts)


def _demand_chain(repo: GitRepo, before: str, number: int, phase: str) -> None:
    """Raise ``ValueError`` where the commit before the newest one is not what a record has there.

    Receipts are numbered without a gap. A shallow clone may lack that commit; an audit looks at all of them.
    """
    if repo.is_shallow() and repo.resolve(before) is None:
        return
    told = trailers(repo.commit(before).message)
    found = (int(told.get(NUMBER, "0")), told.get(PHASE, "outcome"))
    rests = {(number - (phase == "intent"), ended) for ended in ("outcome", ATTESTATION)}
    if not (found in rests and phase != "outcome") and not (found == (number, "intent") and phase != ATTESTATION):
        raise ValueError(
            f"receipt {number} ({phase}) doesn't follow on receipt {found[0]}: something between is missing"
        )


def _last_config(repo: GitRepo, commit: str) -> str | None:
    """Return the configuration commit of the apply before the pending one: the second parent of its outcome."""
    parents = repo.commit(commit).parents
    return parents[1] if len(parents) > 1 else None


def _applied(content: Mapping[str, bytes], parts: Mapping[str, Part]) -> Applied:
    return Applied(
        Groups({group: part.state for group, part in parts.items()}),
        Groups({group: part.provenance for group, part in parts.items()}),
        salt=content[SALT].decode().strip(),
        gone=decode_gone(content.get(GONE)),
        attested={a: one for path in content if path.startswith(ATTESTED) for a, one in _seen(content[path]).items()},
        awaiting=decode_awaiting(content.get(AWAITING)),
    )


@lru_cache(maxsize=256)
def _seen(data: bytes) -> Mapping[Address, Attestation]:
    """Return what a file of ``attested/`` keeps."""
    return {address: attestation_of(address, entry) for address, entry in index.decode(data).items()}


def attestation_of(address: Address, entry: Json) -> Attestation:
    """Return what an entry of ``attested/`` says; raises ``KeyError``, ``TypeError`` or ``ValueError`` otherwise."""
    value = None if entry["value"] is None else KINDS[kind_of(address)].from_json(entry["value"])
    datetime.fromisoformat(entry["when"])
    return Attestation(**{**entry, "value": value, "otherwise": tuple(entry.get("otherwise", ()))})


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{neutral(str(error.args[0]))} is missing or unknown"
    return neutral(str(error))
