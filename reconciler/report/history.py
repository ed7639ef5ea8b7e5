"""History, blame and verdicts as text and JSON: who gave which value, and what became of it; all texts neutral."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby

from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.approvals import Grant
from reconciler.model.fields import Json
from reconciler.model.history import Blamed, Judged, LoggedCommit, Verdict, Version, seen_as
from reconciler.model.text import neutral
from reconciler.report.fields import VALUE_LIMIT, masked_json
from reconciler.report.ink import EMPTY, Line, Tone, columns, line
from reconciler.report.view import plural

FORMAT_VERSION = 1
_TONES = {
    Verdict.APPLIED: Tone.ADD,
    Verdict.PENDING: Tone.CHANGE,
    Verdict.AWAITING: Tone.CHANGE,
    Verdict.ATTESTED: Tone.LINK,
    Verdict.REFUSED: Tone.DANGER,
    Verdict.NOT_LOADABLE: Tone.DESTROY,
}
_SHORT = 12


def history_lines(found: tuple[Version, ...]) -> Iterator[Line]:
    """Yield each address's values, oldest first, each with who gave it and what became of it."""
    for address, versions in groupby(found, key=lambda version: version.address):
        yield line((neutral(address), Tone.BOLD))
        for version in versions:
            yield from _version(version)
            yield from (_attested(entry) for entry in version.attested)
        yield EMPTY
    count = len({version.address for version in found})
    of = "1 address" if count == 1 else f"{count} addresses"
    yield line((f"{plural(len(found), 'value')} of {of}.", Tone.BOLD))


def _version(version: Version) -> Iterator[Line]:
    yield line(
        "  ", (version.commit.id[:_SHORT], Tone.CHANGE), f"  {_when(version.commit.when)}  {_who(version.commit)}"
    )
    yield line("      ", (neutral(version.commit.subject, 200), Tone.DIM))
    if version.brought.id != version.commit.id:
        yield line("      came in with ", version.brought.id[:_SHORT], f" ({_who(version.brought)})")
    yield from _value(version)
    yield line("      ", (version.verdict.value, _TONES.get(version.verdict, Tone.DIM)), _fate(version))


def _attested(entry: Json) -> Line:
    """Return the line of what somebody saw."""
    reason = f": {neutral(entry['reason'])}" if entry.get("reason") else ""
    where = f" ({neutral(entry['run_url'])})" if entry.get("run_url") else ""
    told = f"{_when(entry['when'])}, by {neutral(entry['who'])} on {neutral(entry['host'])}{where}, "
    proof = f", evidence {neutral(entry['evidence'][:_SHORT])}{reason}"
    return line("      ", ("attested", Tone.LINK), f": {told}{neutral(seen_as(entry))}{proof}")


def _value(version: Version) -> Iterator[Line]:
    value = version.value
    if value is None:
        yield line("      ", ("- no longer declared", Tone.DESTROY))
        return
    shown = KINDS[kind_of(version.address)].show(value)
    width = max(map(len, shown), default=0)
    for name, text in shown.items():
        yield line(f"      {name + ':':<{width + 1}} {_text(text)}")


def _fate(version: Version) -> str:
    facts = version.facts
    if not facts:
        return ""
    did = "" if version.step else ", found as declared"
    return f": receipt {facts['number']}, {_when(facts['finished'])}, by {_by(facts)}{did}{_approved(facts)}"


def history_json(found: tuple[Version, ...]) -> Json:
    """Return the same as JSON types."""
    return {"format_version": FORMAT_VERSION, "values": [_version_json(version) for version in found]}


def _version_json(version: Version) -> Json:
    facts = version.facts or {}
    return {
        "address": version.address,
        "value": masked_json(version.address, version.value),
        "place": version.place,
        "commit": commit_json(version.commit),
        "brought_by": commit_json(version.brought),
        "verdict": version.verdict.value,
        "receipt": facts.get("number"),
        "applied": facts.get("finished"),
        "by": facts.get("who"),
        "host": facts.get("host"),
        "run_url": facts.get("run_url"),
        "seal": facts.get("seal"),
        "approval": approval_of(facts),
        "status": version.step["status"] if version.step else None,
        "attested": [_attested_json(entry) for entry in version.attested],
    }


def _attested_json(entry: Json) -> Json:
    names = ("when", "who", "host", "evidence", "commit", "reason", "run_url", "status")
    return {"seen": seen_as(entry), **{name: entry.get(name, "") for name in names}}


def blame_lines(found: tuple[Blamed, ...]) -> Iterator[Line]:
    """Yield each declared field with the commit that gave it its value."""
    width = max((columns(neutral(one.commit.author.partition(" <")[0], 24)) for one in found), default=0)
    for address, fields in groupby(found, key=lambda one: one.address):
        rows = tuple(fields)
        yield line((neutral(address), Tone.BOLD), (f"  {neutral(rows[0].place)}", Tone.DIM))
        names = max(len(one.name) for one in rows)
        for one in rows:
            mark = (" ", Tone.PLAIN) if one.applied else ("*", Tone.CHANGE)
            author = neutral(one.commit.author.partition(" <")[0], 24)
            head = f"{author:<{width}} {one.commit.when[:10]}"
            yield line(
                mark, (one.commit.id[:_SHORT], Tone.CHANGE), f" {head}  {one.name + ':':<{names + 1}} {_text(one.text)}"
            )
        if rows[0].attested:
            yield _attested(rows[0].attested)
    open_ = sum(not one.applied for one in found)
    ending = f", {open_} not applied (*)" if open_ else ", all applied"
    yield line((f"{plural(len(found), 'field')}{ending}.", Tone.BOLD))


def blame_json(found: tuple[Blamed, ...]) -> Json:
    """Return the same as JSON types."""
    rows = [
        {
            "address": one.address,
            "field": one.name,
            "value": one.text,
            "commit": commit_json(one.commit),
            "applied": one.applied,
            "place": one.place,
            "attested": _attested_json(one.attested) if one.attested else None,
        }
        for one in found
    ]
    return {"format_version": FORMAT_VERSION, "fields": rows}


def verdict_lines(judged: tuple[Judged, ...]) -> Iterator[Line]:
    """Yield each commit that touches the account with its verdict, newest first."""
    shown = [one for one in judged if one.touches]
    for one in shown:
        verdict = (f"{one.verdict.value:<13}", _TONES.get(one.verdict, Tone.DIM))
        changes = plural(len(one.changes), "change") if one.changes else ""
        told = ", ".join(filter(None, (_told(one), changes)))
        yield line((one.commit.id[:_SHORT], Tone.CHANGE), f" {one.commit.when[:10]} ", verdict, f" {told}")
        yield line((f"             {_who(one.commit)}: {neutral(one.commit.subject, 120)}", Tone.DIM))
        if one.detail:
            yield line(("             ", Tone.PLAIN), neutral(one.detail))
    if beside := len(judged) - len(shown):
        yield line((f"{plural(beside, 'commit')} more touch nothing of the account.", Tone.DIM))
    counts = [(verdict, sum(one.verdict is verdict for one in shown)) for verdict in Verdict]
    yield line((", ".join(f"{count} {verdict.value}" for verdict, count in counts if count) + ".", Tone.BOLD))


def _told(one: Judged) -> str:
    if one.verdict is Verdict.APPLIED:
        return f"receipt {one.receipt}"
    return f"by {one.by[:_SHORT]}" if one.verdict is Verdict.SUPERSEDED else ""


def verdicts_json(judged: Iterable[Judged]) -> Json:
    """Return the same as JSON types, every commit of the line."""
    rows = [
        {
            "commit": commit_json(one.commit),
            "verdict": one.verdict.value,
            "receipt": one.receipt or None,
            "superseded_by": one.by or None,
            "changes": list(one.changes),
            "open": list(one.open),
            "fates": fates_json(one),
            "detail": one.detail,
            "touches": one.touches,
        }
        for one in judged
    ]
    return {"format_version": FORMAT_VERSION, "commits": rows}


def fates_json(judged: Judged) -> Json:
    """Return what became of each address of a commit that isn't applied, as JSON types."""
    return {address: fate.value for address, fate in sorted(judged.fates.items())}


def commit_json(commit: LoggedCommit) -> Json:
    """Return a commit as JSON types."""
    facts = asdict(commit)
    return {name: facts[name] for name in ("id", "author", "when", "subject")}


def approval_of(facts: Json) -> str:
    """Return what a receipt tells of its approvals, in a line; as it was found."""
    return "; ".join(Grant.from_json(one).line for one in facts.get("approvals", ()))


def _approved(facts: Json) -> str:
    told = approval_of(facts)
    return f", approved: {neutral(told)}" if told else ""


def _who(commit: LoggedCommit) -> str:
    return neutral(commit.author.partition(" <")[0] or commit.author, 80)


def _by(facts: Json) -> str:
    where = f" ({neutral(facts['run_url'])})" if facts.get("run_url") else ""
    return f"{neutral(facts['who'])} on {neutral(facts['host'])}{where}"


def _when(text: str) -> str:
    return neutral(text[:16].replace("T", " "))


def _text(text: str) -> str:
    return neutral(text.replace("\n", ", "), VALUE_LIMIT) or '""'
