"""Proving the record: every commit follows from the one before, and says what the index and git say, too.

All of it is offline. Consistent means that nothing contradicts itself; whoever may write the branch can forge a
consistent one. Untampered is only said with an anchor outside, or where each commit is signed by somebody trusted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.audit.chain import Link
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.fields import Json
from reconciler.model.history import Fault, RecordProof
from reconciler.model.late import dataclass

_SAME = ("nonce", "config_commit", "seal", "account", "started")
_STEP = ("address", "action", "origin", "seal", "key")
_GOES = (Action.DELETE, Action.FORGET)


@dataclass(frozen=True, slots=True)
class Witness:
    """What the record is held against: the account, the commits there are, and what a commit desires (None: it can't be
    loaded any more), as it is kept.
    """

    account: str
    exists: Callable[[str], bool]
    desired: Callable[[str, Collection[Address]], Mapping[Address, Json] | None]


def prove(
    links: tuple[Link, ...], witness: Witness, unsigned: Mapping[str, str] | None, anchor: str | None
) -> RecordProof:
    """Return what the record's commits prove; ``unsigned`` are those without a good signature, None: not checked."""
    head = links[-1].commit.id if links else ""
    receipts = sum(link.is_outcome for link in links)
    fault = next(_faults(links, witness, unsigned or {}), None)
    there = anchor is not None and any(link.commit.id == anchor for link in links)
    if fault is None and anchor and not there:
        fault = Fault(anchor, 0, "the record doesn't contain the commit that was noted outside")
    return RecordProof(
        len(links), receipts, head, fault, unsigned is not None and bool(links), anchor if anchor and there else ""
    )


def _faults(links: Iterable[Link], witness: Witness, unsigned: Mapping[str, str]) -> Iterator[Fault]:
    before: Link | None = None
    for link in links:
        whats = _root(link, witness) if before is None else _next(before, link, witness)
        for what in whats:
            yield Fault(link.commit.id, link.number, what)
        if link.commit.id in unsigned:
            yield Fault(link.commit.id, link.number, f"its signature isn't good: {unsigned[link.commit.id]}")
        # An attestation stands between two applies, which follow on each other as if it weren't there.
        before = replace(before, salt=link.salt) if before and link.is_attestation else link


def _root(link: Link, witness: Witness) -> Iterator[str]:
    if link.commit.parents or link.logged.cut:
        yield "it is the oldest that is here, but not the first"
    if link.error:
        yield link.error
    if link.facts or link.learnt or link.strange:
        yield "the first commit of a record is empty"
    if link.trailers.get("Reconciler-Account") != witness.account:
        yield f"it begins no record of account {witness.account}"


def _next(before: Link, link: Link, witness: Witness) -> Iterator[str]:
    if link.error:
        yield f"its files can't be read: {link.error}"
        return
    if link.strange:
        yield f"{link.strange[0]} has no place in a record"
    if link.trailers.get("Reconciler-Tree") != link.commit.tree:
        yield "its files aren't those that its message names"
    if link.is_attestation:
        yield from _attestation(before, link, witness)
        return
    if link.facts is None:
        yield "it has no receipt of its own"
        return
    if link.attested:
        yield "an apply changes what people attested"
    yield from _place(before, link, witness)
    yield from _learnt(link, witness)


def _attestation(before: Link, link: Link, witness: Witness) -> Iterator[str]:
    """Yield what is wrong with what somebody attested: its place, what else it changes, and what it says of git."""
    if link.facts is not None or link.learnt:
        yield "an attestation changes what was applied"
    if before.facts is not None and not before.is_outcome:
        yield f"somebody attests while apply {before.number} has no outcome"
    if before.salt and link.salt != before.salt:
        yield "the salt of all digests changed"
    told, commit = link.trailers, link.trailers.get("Reconciler-Config", "")
    if told.get("Reconciler-Account") != witness.account or told.get("Reconciler-Receipt") != str(before.number):
        yield "its message names another account or another receipt than the one before it"
    if link.commit.parents[1:] != (commit,) or not witness.exists(commit):
        yield "its second parent isn't the configuration commit that its message names"
        return
    if not link.attested or any(entry is None or entry.get("commit") != commit for entry in link.attested.values()):
        yield "what it attests isn't of the configuration commit that its message names"
        return
    as_declared = {a: entry["value"] for a, entry in link.attested.items() if not entry.get("otherwise")}
    desired = witness.desired(commit, as_declared.keys()) if as_declared else None
    for address, value in sorted(as_declared.items()) if desired is not None else ():
        if desired is not None and desired.get(address) != value:
            yield f"{address} was attested as declared, and {commit[:12]} declares it otherwise"


def _place(before: Link, link: Link, witness: Witness) -> Iterator[str]:
    """Yield what is wrong with where a receipt stands: its number, its phase, its parents, its message."""
    facts = link.facts
    if before.salt and link.salt != before.salt:
        yield "the salt of all digests changed"
    if before.is_outcome or before.facts is None:
        if link.is_outcome:
            yield f"the outcome of apply {link.number} stands without its intent"
        elif link.number != before.number + 1:
            yield f"apply {link.number} follows apply {before.number}"
    elif link.number != before.number:
        yield f"apply {link.number} follows the intent of apply {before.number}, which has no outcome"
    else:
        yield from _of_one_apply(before, link)
    said = {
        "Reconciler-Account": facts["account"],
        "Reconciler-Receipt": str(facts["number"]),
        "Reconciler-Phase": facts["phase"],
        "Reconciler-Config": facts["config_commit"],
        "Reconciler-Seal": facts["seal"],
    }
    for name, value in said.items():
        if link.trailers.get(name) != value:
            yield f"its message and its receipt disagree about {name}"
    if link.commit.parents[1:] != (facts["config_commit"],):
        yield "its second parent isn't the configuration commit that its receipt names"
    elif not witness.exists(facts["config_commit"]):
        yield f"the configuration commit {facts['config_commit'][:12]} isn't there"


def _of_one_apply(before: Link, link: Link) -> Iterator[str]:
    for name in _SAME:
        if link.facts[name] != before.facts[name]:
            yield f"it disagrees with its intent about {name}"
    steps, intended = ([[step.get(n) for n in _STEP] for step in one.facts["steps"]] for one in (link, before))
    if steps != intended:
        yield "its changes aren't those of its intent"


def _learnt(link: Link, witness: Witness) -> Iterator[str]:
    """Yield where what the receipt says was done isn't what the applied index changed."""
    if not link.is_outcome:
        if link.learnt:
            yield "an intent changes what is applied"
        return
    expected = _touched(link.facts["steps"], link.before)
    for address, goes in expected.items():
        entry = link.learnt.get(address)
        if goes and address in link.learnt and entry is not None:
            yield f"{address} was deleted, and the index still has it"
        elif not goes and (entry is None or entry.get("receipt") != link.number):
            yield f"{address} was changed, and the index didn't learn it"
    others = {a: entry for a, entry in link.learnt.items() if a not in expected}
    yield from _beside(link, others)
    yield from _as_asked(link, witness)


def _touched(steps: Iterable[Json], before: Collection[Address]) -> dict[Address, bool]:
    """Return the addresses that what was done touches, and whether they leave the index."""
    found: dict[Address, bool] = {}
    for step in steps:
        if step["status"] == "done":
            goes, address = step["action"] in _GOES, step["address"]
            kind, _, name = address.partition("/")
            if goes and kind == "zone":
                found |= {a: True for a in before if a.startswith(f"record/{name}/")}
            if step.get("moved_from"):
                found[step["moved_from"]] = True
            found[address] = goes
    return found


def _beside(link: Link, others: Mapping[Address, Json]) -> Iterator[str]:
    """Yield what the index learnt without a change, beyond what the receipt counts."""
    counted = {"owned": 0, "advanced": 0, "dropped": 0}
    for address, entry in others.items():
        counted["dropped" if entry is None else "advanced" if address in link.before else "owned"] += 1
        if entry is not None and entry.get("receipt") != link.number:
            yield f"{address} changed in the index and names receipt {entry.get('receipt')}"
    for name, count in counted.items():
        if count > link.facts[name]:
            yield f"the index {name} {count} addresses without a change, and the receipt says {link.facts[name]}"


def _as_asked(link: Link, witness: Witness) -> Iterator[str]:
    """Yield where the index learnt a value that the configuration commit doesn't ask for."""
    commit = link.facts["config_commit"]
    if not witness.exists(commit):
        return
    learnt = {a: entry["value"] for a, entry in link.learnt.items() if entry is not None}
    desired = witness.desired(commit, learnt.keys()) if learnt else None
    if desired is None:
        return
    for address, value in sorted(learnt.items()):
        if desired.get(address) != value:
            yield f"the value recorded for {address} isn't the one that {commit[:12]} asks for"
