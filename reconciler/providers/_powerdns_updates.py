"""Record sets of a PowerDNS that takes dynamic updates: bound to what was read, so that nothing foreign is overwritten.

What an update can't say goes over the interface: types without RDATA, sets in which records are switched off (an update
would take those along), and remarks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.kinds.record_text import is_wire_type
from reconciler.model.address import Address, split
from reconciler.model.change import Change
from reconciler.model.errors import AccountError
from reconciler.model.outcome import Status
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import RecordSet
from reconciler.ports import Write, Written
from reconciler.providers._powerdns_writing import ZoneBatch, all_skipped, remarks_only
from reconciler.providers._powerdns_writing import count_parts as count_requests
from reconciler.providers._powerdns_zones import Zone
from reconciler.providers._updates import Updates, count_parts


def count_updates(changes: Sequence[Change]) -> int:
    """Return how many transactions the changes of one zone need: its updates, and requests for what these can't say."""
    said = [change for change in changes if is_wire_type(split(change.address)[3])]
    others = [change for change in changes if change not in said]
    return (count_parts(said) if said else 0) + (count_requests(others) if others else 0)


@dataclass(frozen=True, slots=True)
class UpdatedZone:
    """Writes to the record sets of one zone, by updates sent to ``server`` as far as these can say them."""

    batch: ZoneBatch
    server: Server

    def write(self, writes: Sequence[Write]) -> dict[Address, Written]:
        """Carry them out and return what became of each; what has no data yet is made first and removed last."""
        there = self.batch.read()
        if there is None or there.unread:
            return self.batch.write(writes)
        said = [write for write in writes if _can_say(write, there)]
        others = [write for write in writes if write not in said]
        steps: list[tuple[list[Write], Callable[[Sequence[Write]], Mapping[Address, Written]]]] = [
            ([write for write in others if write.after is not None], self.batch.write),
            (said, lambda some: self._update(some, there)),
            ([write for write in others if write.after is None], self.batch.write),
        ]
        found: dict[Address, Written] = {}
        for some, carry_out in steps:
            missed = any(answer.status is not Status.DONE for answer in found.values())
            found |= all_skipped(some) if missed else carry_out(some) if some else {}
        return found

    def _update(self, writes: Sequence[Write], there: Zone) -> dict[Address, Written]:
        """Send an update, then the remarks; a remark that can't be made undoes nothing."""
        given = Updates(self.server, {}, lambda _: self._made()).write(self.batch.zone, writes)
        found = {write.address: answer for write, answer in zip(writes, given, strict=True)}
        done = [write for write in writes if found[write.address].status is Status.DONE]
        if rrsets := remarks_only(done, there):
            try:
                self.batch.patch(rrsets)
            except AccountError as error:
                found |= {w.address: Written(Status.DONE, f"Its remark wasn't made: {error}") for w in done}
        return found

    def _made(self) -> dict[tuple[str, str], RecordSet]:
        """Return what a zone of our making holds at first."""
        made = self.batch.made.items()
        keyed = {split(address)[2:]: value for address, value in made}
        return {
            (owner, rtype): RecordSet(value.ttl, tuple(v for v in value.values if isinstance(v, bytes)), None)
            for (owner, rtype), value in keyed.items()
        }


def _can_say(write: Write, there: Zone) -> bool:
    return is_wire_type(split(write.address)[3]) and not there.at(write.address).disabled
