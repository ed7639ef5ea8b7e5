"""Record sets of a PowerDNS that takes dynamic updates: bound to what was read, so that nothing foreign is overwritten.

What an update can't say goes over the interface: types without RDATA, sets in which records are switched off (an update
would take those along), what else changes at such a name, and remarks.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from reconciler.kinds.record_text import is_wire_type
from reconciler.model.address import Address, split
from reconciler.model.change import Change
from reconciler.model.errors import AccountError
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.nameserver.server import Server
from reconciler.nameserver.zone import RecordSet
from reconciler.ports import Write, Written
from reconciler.providers._powerdns_writing import ZoneBatch, all_skipped, remarks_only
from reconciler.providers._powerdns_writing import count_parts as count_requests
from reconciler.providers._powerdns_zones import Zone
from reconciler.providers._updates import Updates, count_parts

_Some = TypeVar("_Some", Write, Change)


def count_updates(changes: Sequence[Change], sets: Mapping[Address, Value]) -> int:
    """Return how many transactions the changes of one zone need: its updates, and requests for what these can't say."""
    requests, updates = divided(changes, lambda _: False)
    return (count_requests(requests) if requests else 0) + (count_parts(updates, sets) if updates else 0)


def divided(some: Sequence[_Some], is_odd: Callable[[Address], bool]) -> tuple[list[_Some], list[_Some]]:
    """Return what goes over the interface and what goes by update; all of one name goes the same way, so as one."""
    odd = {split(one.address)[2] for one in some if not is_wire_type(split(one.address)[3]) or is_odd(one.address)}
    requests = [one for one in some if split(one.address)[2] in odd]
    return requests, [one for one in some if split(one.address)[2] not in odd]


@dataclass(frozen=True, slots=True)
class UpdatedZone:
    """Writes to the record sets of one zone, by updates sent to ``server`` as far as these can say them."""

    batch: ZoneBatch
    server: Server

    def write(self, writes: Sequence[Write]) -> dict[Address, Written]:
        """Carry them out and return what became of each; what goes over the interface goes first."""
        there = self.batch.read()
        if there is None or there.unread:
            return self.batch.write(writes)
        requests, updates = divided(writes, lambda address: bool(there.at(address).disabled))
        found = self.batch.write(requests) if requests else {}
        if any(answer.status is not Status.DONE for answer in found.values()):
            return {**found, **all_skipped(updates)}
        return {**found, **(self._update(updates, there) if updates else {})}

    def _update(self, writes: Sequence[Write], there: Zone) -> dict[Address, Written]:
        """Send an update, then the remarks; a remark that can't be made undoes nothing."""
        given = Updates(self.server, {}, lambda _: self._made()).write(self.batch.zone, writes)
        found = {write.address: answer for write, answer in zip(writes, given, strict=True)}
        done = [write for write in writes if found[write.address].status is Status.DONE]
        if rrsets := remarks_only(done, there):
            try:
                self.batch.patch(rrsets)
            except AccountError as error:
                found |= {w.address: Written(Status.DONE, f"Its remark wasn't made: {error.in_full}") for w in done}
        return found

    def _made(self) -> dict[tuple[str, str], RecordSet]:
        """Return what a zone of our making holds at first."""
        made = self.batch.made.items()
        keyed = {split(address)[2:]: value for address, value in made}
        return {
            (owner, rtype): RecordSet(value.ttl, tuple(v for v in value.values if isinstance(v, bytes)), None)
            for (owner, rtype), value in keyed.items()
        }
