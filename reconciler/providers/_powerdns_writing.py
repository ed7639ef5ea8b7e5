"""Writing to PowerDNS over its interface: compared with what is there, sent as one transaction a zone, read back.

The interface knows no condition under which it would refuse: between comparing and sending, some milliseconds, another
writer's change can be overwritten (docs/providers.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from reconciler.kinds.record import RecordValue, as_record
from reconciler.model.address import Address, split
from reconciler.model.change import Change
from reconciler.model.errors import AccountError
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.providers._http import Answer, Connection, UncertainError, json_bytes
from reconciler.providers._powerdns_words import contents, meant_by, name_text, wanted_spelling
from reconciler.providers._powerdns_zones import NOTHING_BESIDE, Beside, Comment, Zone, Zones, zone_path

#: The server takes 2 MB, unless its `webserver-max-bodysize` says otherwise.
MOST_OCTETS = 1_900_000
#: Who our remarks are by; those of others stay as they are.
REMARKS_BY = "reconciler"
_MOST_SPELLINGS = 50
_EARLIER = "An earlier part of the changes of this zone was not done."
_NO_REMARKS = "does not support editing comments"
_Spellings = dict[tuple[str, bytes], str]


@dataclass(frozen=True, slots=True)
class ZoneBatch:
    """Writes to the record sets of one zone; ``made`` holds what the server has only because we created the zone."""

    server: Connection
    zones: Zones
    zone: str
    made: Mapping[Address, RecordValue]

    def read(self) -> Zone | None:
        """Return the zone as it is now."""
        return self.zones.read(self.server, self.zone)

    def write(self, writes: Sequence[Write]) -> dict[Address, Written]:
        """Carry them out and return what became of each."""
        there = self.read()
        if there is None or there.unread:
            said = f"It can't be read: {neutral(there.unread[0])}" if there else "The server has no such zone."
            return {write.address: Written(Status.FAILED, said) for write in writes}
        if conflicts := self.conflicts(there, writes):
            return answers(writes, Status.CONFLICT, conflicts)
        todo = [write for write in writes if there.sets.get(write.address) != write.after]
        found = {write.address: Written(Status.DONE) for write in writes}
        found |= all_skipped(todo)
        for part in parts(todo, there.at):
            refused = self._send(part, there)
            became = answers(part, Status.FAILED, refused) if refused else self._read_back(part)
            found |= became
            if any(answer.status is not Status.DONE for answer in became.values()):
                break
        return found

    def conflicts(self, there: Zone, writes: Iterable[Write]) -> dict[Address, str]:
        """Return which record sets are neither as they were read nor as they shall be, each with how."""
        return {write.address: said for write in writes if (said := self._conflict(there, write))}

    def _conflict(self, there: Zone, write: Write) -> str:
        live = there.sets.get(write.address)
        if live in (write.before, write.after) or (write.before is None and live == self.made.get(write.address)):
            return ""
        if live is None:
            return "It is no longer there."
        return "It exists already." if write.before is None else "It is no longer as it was read."

    def _send(self, part: Sequence[Write], there: Zone) -> dict[Address, str]:
        """Send one transaction; return why the server refused it, by the record sets that it blames, if it did."""
        spellings: _Spellings = {}
        records = [as_record(write.after) for write in part if write.after is not None]
        remarks = True
        for _ in range(_MOST_SPELLINGS):
            rrsets = [_rrset(write, there.at(write.address), spellings, remarks) for write in part]
            try:
                answer = self.patch(rrsets)
            except UncertainError as error:
                return self._uncertain(part, error)
            if answer.status in (200, 204):
                return {}
            refusal = answer.reason() or f"status {answer.status}"
            wanted = wanted_spelling(refusal, records)
            if _NO_REMARKS in refusal and remarks:
                remarks = False
            elif wanted and wanted[0] not in spellings:
                spellings[wanted[0]] = wanted[1]
            else:
                break
        said = f"The server refused it: {neutral(refusal)}"
        blamed = meant_by(refusal, [write.address for write in part])
        return dict.fromkeys([blamed] if blamed else [write.address for write in part], said)

    def patch(self, rrsets: Sequence[Mapping[str, Any]]) -> Answer:
        """Send record sets in the words of the interface; raises :class:`UncertainError` where no answer comes back."""
        return self.server.send("PATCH", zone_path(self.zone), json_bytes({"rrsets": rrsets}))

    def _uncertain(self, part: Sequence[Write], error: UncertainError) -> dict[Address, str]:
        """Return what reading back finds undone after a request without an answer."""
        back = self._read_back(part)
        return {address: f"{error} {found.detail}" for address, found in back.items() if found.detail}

    def _read_back(self, part: Sequence[Write]) -> dict[Address, Written]:
        try:
            there = self.read()
        except AccountError as error:
            said = f"It was sent, but couldn't be read back: {error.in_full}"
            return {write.address: Written(Status.FAILED, said) for write in part}
        return {write.address: _proven(write, there.sets.get(write.address) if there else None) for write in part}


def answers(writes: Sequence[Write], status: Status, causes: Mapping[Address, str]) -> dict[Address, Written]:
    """Return the answers to a transaction that wasn't carried out, because of some of its writes."""
    other = f"Nothing of this batch was written, because {next(iter(causes))} could not be."
    return {write.address: Written(status, causes.get(write.address, other)) for write in writes}


def all_skipped(writes: Iterable[Write]) -> dict[Address, Written]:
    """Return the answers to writes that weren't sent, because what goes before them wasn't done."""
    return {write.address: Written(Status.SKIPPED, _EARLIER) for write in writes}


def remarks_only(writes: Iterable[Write], there: Zone) -> list[dict[str, Any]]:
    """Return record sets with their remarks and without their records, which then stay; only where remarks change."""
    found = []
    for write in writes:
        old = there.at(write.address).comments
        new = with_reason(old, write.reason) if write.after is not None else ()
        if new != old:
            rrset = {"name": name_text(write.address), "type": split(write.address)[3], "changetype": "REPLACE"}
            found.append({**rrset, "comments": [_remark(comment) for comment in new]})
    return found


def count_parts(changes: Sequence[Change]) -> int:
    """Return how many transactions the changes of one zone need, as far as that can be told before it is read."""
    writes = (Write(c.action, c.address, c.before, c.after, "", reason=c.reason) for c in changes if c.action.writes)
    return sum(1 for _ in parts(writes, lambda _: NOTHING_BESIDE))


def parts(writes: Iterable[Write], at: Callable[[Address], Beside], most: int = MOST_OCTETS) -> Iterator[list[Write]]:
    """Yield the writes in as few transactions as the server takes; those at one name stay together, deletions first."""
    size, part = 0, list[Write]()
    ordered = sorted(writes, key=lambda write: (name_text(write.address), write.after is not None))
    for _, together in groupby(ordered, key=lambda write: name_text(write.address)):
        group = list(together)
        octets = sum(len(json_bytes(_rrset(write, at(write.address), {}, True))) + 1 for write in group)
        if part and size + octets > most:
            yield part
            size, part = 0, []
        size, part = size + octets, part + group
    if part:
        yield part


def _proven(write: Write, live: Value | None) -> Written:
    if live == write.after:
        return Written(Status.DONE)
    return Written(Status.FAILED, "The server said that it did it, but reading back finds something else.")


def _rrset(write: Write, beside: Beside, spellings: _Spellings, remarks: bool) -> dict[str, Any]:
    """Return a write in the words of the interface; what is switched off at the record set stays there."""
    rrset: dict[str, Any] = {"name": name_text(write.address), "type": split(write.address)[3]}
    shown = contents(as_record(write.after), spellings) if write.after is not None else []
    off = [{"content": content, "disabled": True} for content in beside.disabled if content not in shown]
    if not shown and not off:
        return {**rrset, "changetype": "DELETE"}
    ttl = as_record(write.after if write.after is not None else write.before).ttl
    records = [{"content": content, "disabled": False} for content in shown]
    rrset |= {"changetype": "REPLACE", "ttl": ttl, "records": records + off}
    comments = with_reason(beside.comments, write.reason)
    return {**rrset, "comments": [_remark(c) for c in comments]} if remarks and comments != beside.comments else rrset


def with_reason(comments: tuple[Comment, ...], reason: str) -> tuple[Comment, ...]:
    """Return the remarks at a record set with ours saying why it is so, and those of others as they are."""
    ours = tuple(c for c in comments if c.account == REMARKS_BY)
    if [c.content for c in ours] == ([reason] if reason else []):
        return comments
    others = tuple(c for c in comments if c.account != REMARKS_BY)
    return (*others, Comment(reason, REMARKS_BY, 0)) if reason else others


def _remark(comment: Comment) -> dict[str, Any]:
    remark = {"content": comment.content, "account": comment.account}
    return {**remark, "modified_at": comment.modified_at} if comment.modified_at else remark
