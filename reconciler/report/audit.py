"""What the record proves, what waits, and every change as rows: text, JSON, and CSV that is safe in a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from reconciler.gitrepo.protection import RemoteCheck
from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.history import COLUMNS, Judged, RecordProof, Verdict
from reconciler.model.text import neutral
from reconciler.report.history import commit_json, fates_json
from reconciler.report.ink import Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_APPLIED = (Verdict.PENDING, Verdict.REFUSED)
_SHOWN = 5
_KNOWN = {True: "yes", False: "no", None: "unknown"}


def proof_lines(proof: RecordProof) -> Iterator[Line]:
    """Yield what was checked, the first entry that can't be true, and the verdict."""
    yield line(f"{plural(proof.commits, 'commit')}, {plural(proof.receipts, 'receipt')}, head {proof.head}.")
    signed = "every commit is signed by somebody trusted" if proof.signed else "not checked (no allowed_signers)"
    if not proof.fault:
        yield line(f"Signatures: {signed}.")
        yield line(f"Anchor: {proof.anchored or 'none given (--head ID)'}.")
    if proof.fault:
        where = f"receipt {proof.fault.number}, " if proof.fault.number else ""
        yield line(
            ("First bad entry: ", Tone.DANGER), f"{where}commit {proof.fault.commit}: {neutral(proof.fault.what)}."
        )
    yield line((f"The record is {proof.verdict}.", Tone.DANGER if proof.fault else Tone.BOLD))


def proof_json(proof: RecordProof) -> Json:
    """Return the same as JSON types."""
    return {"format_version": FORMAT_VERSION, "verdict": proof.verdict, **asdict(proof)}


def status_lines(
    judged: Iterable[Judged],
    last: Json,
    pending: Json,
    check: RemoteCheck,
    stale: str,
    now: datetime,
    hands: Mapping[Address, int],
) -> Iterator[Line]:
    """Yield what was applied last, what waits (``hands``: for a person), who holds the record, who could rewrite it."""
    if stale:
        yield line(("note: ", Tone.LINK), f"the record is as this clone saw it last. {neutral(stale)}")
    if last:
        told = (
            f"receipt {last['number']} of {neutral(last['finished'][:16].replace('T', ' '))} by {neutral(last['who'])}"
        )
        yield line(("Applied last: ", Tone.BOLD), f"{last['config_commit'][:12]}, {told}.")
    else:
        yield line(("Applied last: ", Tone.BOLD), "nothing yet.")
    if pending:
        yield line(("Under way: ", Tone.DANGER), _holder(pending, now))
    judged = tuple(judged)
    fates = {address: fate for one in judged for address, fate in one.fates.items()}
    unseen = sorted(a for a, fate in fates.items() if fate is Verdict.AWAITING and a not in hands)
    attested = sorted(address for address, fate in fates.items() if fate is Verdict.ATTESTED)
    yield from _waiting([one for one in judged if one.verdict in _NOT_APPLIED], bool(hands or unseen or attested))
    yield from _awaiting(hands)
    yield from _by_hand("to look at by hand: see what is there, then `attest`", unseen)
    yield from _by_hand("attested, which the next apply records", attested)
    yield line(("Record: ", Tone.BOLD), _remote(check))
    if check.help:
        yield line(("  help: ", Tone.LINK), neutral(check.help, 1000))


def _awaiting(hands: Mapping[Address, int]) -> Iterator[Line]:
    if hands:
        yield line((f"{plural(len(hands), 'change')} awaiting hand:", Tone.BOLD))
    yield from (line(f"  {neutral(address)}", f"  since receipt {hands[address]}") for address in sorted(hands))


def _by_hand(what: str, addresses: Sequence[Address]) -> Iterator[Line]:
    if addresses:
        yield line((f"{plural(len(addresses), 'resource')} {what}:", Tone.BOLD))
        yield from (line(f"  {neutral(address)}") for address in addresses[:_SHOWN])
    if len(addresses) > _SHOWN:
        yield line((f"  and {len(addresses) - _SHOWN} more", Tone.DIM))


def _waiting(waiting: list[Judged], is_asked: bool) -> Iterator[Line]:
    if not waiting and is_asked:
        yield line(("Everything that is committed is applied, or a person sees to it.", Tone.ADD))
        return
    if not waiting:
        yield line(("Everything that is committed is applied.", Tone.ADD))
        return
    yield line((f"{plural(len(waiting), 'commit')} not applied:", Tone.BOLD))
    for one in waiting:
        author = neutral(one.commit.author.partition(" <")[0], 80)
        refused = ("refused  ", Tone.DANGER) if one.verdict is Verdict.REFUSED else ("", Tone.PLAIN)
        yield line(
            "  ", (one.commit.id[:12], Tone.CHANGE), "  ", refused, f"{author}: {neutral(one.commit.subject, 120)}"
        )
        left = [address for address in one.open if one.fates.get(address, one.verdict) is one.verdict]
        for address in left[:_SHOWN]:
            yield line((f"      {neutral(address)}", Tone.DIM))
        if len(left) > _SHOWN:
            yield line((f"      and {len(left) - _SHOWN} more", Tone.DIM))


def _holder(pending: Json, now: datetime) -> str:
    try:
        age = str(timedelta(seconds=round((now - datetime.fromisoformat(pending["started"])).total_seconds())))
    except (ValueError, TypeError):
        age = "an unknown time"
    where = f" ({neutral(pending['run_url'])})" if pending.get("run_url") else ""
    return f"apply {pending['number']}, by {neutral(pending['who'])} on {neutral(pending['host'])} for {age}{where}."


def _remote(check: RemoteCheck) -> str:
    if not check.remote:
        return "in this repository only; whoever has it can rewrite it."
    facts = f"rewriting allowed: {_KNOWN[check.rewrites]}, deleting allowed: {_KNOWN[check.deletes]}"
    return f"on the remote {neutral(check.remote)}; {facts}."


def status_json(
    judged: Iterable[Judged], last: Json, pending: Json, check: RemoteCheck, stale: str, hands: Mapping[Address, int]
) -> Json:
    """Return the same as JSON types."""
    waiting = [
        {
            "commit": commit_json(one.commit),
            "verdict": one.verdict.value,
            "open": list(one.open),
            "fates": fates_json(one),
        }
        for one in judged
        if one.verdict in (*_NOT_APPLIED, Verdict.AWAITING, Verdict.ATTESTED)
    ]
    return {
        "format_version": FORMAT_VERSION,
        "applied": _receipt(last),
        "under_way": _receipt(pending),
        "not_applied": waiting,
        "awaiting_hand": [{"address": address, "receipt": hands[address]} for address in sorted(hands)],
        "remote": asdict(check),
        "stale": stale,
    }


def _receipt(facts: Json) -> Json:
    names = ("number", "config_commit", "who", "host", "started", "finished", "run_url")
    return {name: facts.get(name) for name in names} if facts else None


def rows_json(rows: Iterable[Mapping[str, object]]) -> Json:
    """Return every change as JSON types."""
    return {"format_version": FORMAT_VERSION, "changes": [dict(row) for row in rows]}


def rows_csv(rows: Iterable[Mapping[str, object]]) -> str:
    """Return every change as CSV by RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe."""
    lines = [COLUMNS, *(tuple(str(row[name]) for name in COLUMNS) for row in rows)]
    return "".join(",".join(map(_cell, cells)) + "\r\n" for cells in lines)


def _cell(text: str) -> str:
    safe = neutral(text, 2000)
    if safe.startswith(_FORMULA):
        safe = f"'{safe}"
    return '"' + safe.replace('"', '""') + '"'
