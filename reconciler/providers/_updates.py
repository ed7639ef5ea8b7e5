"""Writes one zone: as one UPDATE where it fits, bound to what was read, and read back afterwards.

1. each change demands that its record set is as it was read; the server makes all of them or none;
2. the zone is read back, because servers answer that they are done and leave out what they don't like: what has changed
   since it was read, or all of it; what somebody has changed since was done all the same;
3. what is there as it shall be is done, whoever did it, and however the connection ended: so a write that is sent
   again has no second effect;
4. where something demanded wasn't so and yet nobody has changed what we touch (a name beside it, another spelling of
   the same data), it is sent once more, bound to what was read back.

Of several UPDATEs each is bound to what it touches; that others are at work in the zone meanwhile stops none of them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from reconciler.kinds.record import RecordValue, as_record, texts
from reconciler.model.address import Address, split
from reconciler.model.change import Change
from reconciler.model.errors import AccountError, AuthenticationError, CacheLostError
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.text import neutral
from reconciler.nameserver.cutting import SetChange, cut
from reconciler.nameserver.errors import rcode_text
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import transfer, transfer_since
from reconciler.nameserver.update import End, Sent, new_names, send_all
from reconciler.nameserver.zone import RecordSet, Transfer
from reconciler.ports import Write, Written
from reconciler.providers._refusals import Search

#: Of a zone that has so many times more than is written to it only that is read back which has changed.
_MUCH_LARGER = 4
#: How long a server may go on with what it was sent before the connection broke.
_SETTLE = 1.0
_NOT_AS_READ = frozenset({End.NOT_SO, End.CHANGED})
_BUSY = (
    "The zone keeps changing while it is written. This needs a moment in which nothing else in the zone changes, "
    "and in several tries there was none: apply again when others are done."
)


@dataclass(frozen=True, slots=True)
class Updates:
    """The way to write zones on ``server``; ``known`` has what was read of each, and learns what is read back.

    ``first_sets`` returns what a zone of our making holds at first: that may be there in place of nothing.
    """

    server: Server
    known: dict[str, Any]
    first_sets: Callable[[str], Mapping[tuple[str, str], RecordSet]]

    def write(self, zone: str, batch: Sequence[Write]) -> tuple[Written, ...]:
        """Write the changes of one zone and return one answer per write; raises ``AccountError`` before anything."""
        wanted = [_change(write) for write in batch]
        there = self._as_known(zone)
        for again in (False, True):
            left = [self._as_read(zone, change, there) for change in wanted if not _is_as(there, change, change.after)]
            sent = send_all(self.server, zone, left, there, is_again=again)
            try:
                there = self._read_back(there, wanted, sent)
            except (AccountError, AuthenticationError) as error:
                why = f"What became of it isn't known, because the zone can't be read back: {error.in_full}"
                return tuple(Written(Status.FAILED, why) for _ in wanted)
            if again or sent.end not in _NOT_AS_READ or any(self._is_foreign(zone, c, there) for c in wanted):
                break
        return self._answers(zone, wanted, there, sent)

    def _as_known(self, zone: str) -> Transfer:
        """Return a zone as it was read, or as it is where nobody has read it or the cache has lost what it was."""
        known: Transfer | None = self.known.get(zone)
        with suppress(CacheLostError):
            if known is not None:
                known.look_inside()
                return known
        return transfer(self.server, zone)

    def _read_back(self, before: Transfer, wanted: Sequence[SetChange], sent: Sent) -> Transfer:
        """Return the zone as it is now; after a broken connection the server is given a moment."""
        zone = before.zone
        self.known.pop(zone, None)
        # Only an update that was done says that the zone was as it was read.
        is_done = sent.end is End.DONE and sent.parts > 0
        is_little = len(wanted) * _MUCH_LARGER < len(before.sets)
        there = transfer_since(self.server, before) if is_done and is_little else transfer(self.server, zone)
        if sent.end is End.BROKEN and any(not _is_as(there, change, change.after) for change in wanted):
            time.sleep(_SETTLE)
            there = transfer(self.server, zone)
        self.known[zone] = there
        return there

    def _as_read(self, zone: str, change: SetChange, there: Transfer) -> SetChange:
        """Return a change bound to the exact data that is there, if that is what it expects."""
        expected = not self._is_foreign(zone, change, there)
        now = there.records.get((change.owner, change.rtype))
        return SetChange(change.owner, change.rtype, now, change.after) if expected else change

    def _is_foreign(self, zone: str, change: SetChange, there: Transfer) -> bool:
        """Tell whether a set is neither as it was read nor as it shall be."""
        if _is_as(there, change, change.before) or _is_as(there, change, change.after):
            return False
        return change.before is not None or not _is_as(
            there, change, self.first_sets(zone).get((change.owner, change.rtype))
        )

    def _answers(self, zone: str, wanted: Sequence[SetChange], there: Transfer, sent: Sent) -> tuple[Written, ...]:
        missing = {change: None for change in wanted if not _is_as(there, change, change.after)}
        if sent.end is End.DONE:
            return tuple(
                Written(Status.FAILED, _ignored(change, there))
                if change in missing and not _is_overtaken(change, there)
                else Written(Status.DONE)
                for change in wanted
            )
        foreign = any(self._is_foreign(zone, change, there) for change in missing)
        changed = foreign or not any(_beside(change, there) for change in missing)
        status = Status.CONFLICT if sent.end in _NOT_AS_READ and changed else Status.FAILED
        causes = self._causes(zone, list(missing), there, sent)
        first = next((change for change in missing if change in causes), None)
        other = f"{_scope(sent)}, because {first.owner} {first.rtype} could not be." if first else _scope(sent) + "."
        return tuple(
            Written(status, causes.get(change, other)) if change in missing else Written(Status.DONE)
            for change in wanted
        )

    def _causes(self, zone: str, missing: Sequence[SetChange], there: Transfer, sent: Sent) -> Mapping[SetChange, str]:
        """Return why, for those that are the cause; of the others it is that they go together."""
        if sent.end is End.BROKEN:
            return dict.fromkeys(missing, f"{sent.why} Reading back shows that it wasn't done.")
        if sent.end is End.BUSY:
            touched = {(change.owner, change.rtype) for change in sent.part}
            return {change: _BUSY for change in missing if (change.owner, change.rtype) in touched}
        if sent.end in _NOT_AS_READ:
            foreign = [change for change in missing if self._is_foreign(zone, change, there)]
            beside = {change: why for change in missing if (why := _beside(change, there))}
            said = f"The name server says that it isn't as it was read ({rcode_text(sent.rcode)})."
            why = said if sent.end is End.NOT_SO else "The zone was changed while it was written."
            return {change: _changed(change, there) for change in foreign} or beside or dict.fromkeys(missing, why)
        wanted = {(change.owner, change.rtype): change for change in missing}
        try:
            found = Search(self.server, zone, sent.rcode).run(sent.part)
        except AccountError as error:
            return dict.fromkeys(missing, f"The name server refuses it ({rcode_text(sent.rcode)}). {error.in_full}")
        return {wanted[key]: why for change, why in found.items() if (key := (change.owner, change.rtype)) in wanted}


def count_parts(changes: Sequence[Change], sets: Mapping[Address, Value]) -> int:
    """Return in how many parts the changes of one zone are sent, which has these record sets.

    Raises ``AccountError`` for what fits into none.
    """
    wanted = [_change(change) for change in changes if change.action.writes]
    return len(cut(split(changes[0].address)[1], wanted, new=new_names(wanted, sets)))


def _change(write: Write | Change) -> SetChange:
    _, _, owner, rtype = split(write.address)
    return SetChange(owner, rtype, _set(write.before), _set(write.after))


def _set(value: Value | None) -> RecordSet | None:
    if value is None:
        return None
    record = as_record(value)
    return RecordSet(record.ttl, tuple(value for value in record.values if isinstance(value, bytes)))


def _is_as(there: Transfer, change: SetChange, expected: RecordSet | None) -> bool:
    """Tell whether a set is as expected: the same values, however they are spelt, and the same TTL everywhere."""
    now = there.records.get((change.owner, change.rtype))
    if now is None or expected is None:
        return now is expected
    return (now.values, now.ttl) == (expected.values, expected.ttl)


def _is_overtaken(change: SetChange, there: Transfer) -> bool:
    """Tell whether a set has a value that neither we nor those before us gave it, so somebody changed it after us."""
    now = there.records.get((change.owner, change.rtype))
    ours = {value for held in (change.before, change.after) if held is not None for value in held.values}
    return now is not None and not ours.issuperset(now.values)


def _scope(sent: Sent) -> str:
    if not sent.parts:
        return "Nothing of this zone was written"
    return f"The zone is written in parts, and what comes after part {sent.parts} was not"


def _ignored(change: SetChange, there: Transfer) -> str:
    """Return what to say of a change that the server called done and that isn't there."""
    said = f"The name server says that it is done, but it has {_shown(change, there)}."
    why = _beside(change, there) or "It leaves out what it doesn't allow, or somebody has changed it since."
    return f"{said} {why}"


def _beside(change: SetChange, there: Transfer) -> str:
    """Return what stands in the way of a CNAME at its name, or a CNAME in the way of others; else an empty string."""
    beside = [rtype for owner, rtype in there.records if owner == change.owner and rtype != change.rtype]
    if change.after is None or not beside or "CNAME" not in (change.rtype, *beside):
        return ""
    return f"A CNAME stands alone at its name, and the name server has {', '.join(sorted(beside))} at {change.owner}."


def _changed(change: SetChange, there: Transfer) -> str:
    return f"It was changed since it was read: the name server has {_shown(change, there)}."


def _shown(change: SetChange, there: Transfer) -> str:
    now = there.records.get((change.owner, change.rtype))
    if now is None:
        return f"no {change.rtype} at {change.owner}"
    return neutral(f"{', '.join(texts(RecordValue(change.rtype, now.ttl, now.values)))} (TTL {now.ttl})")
