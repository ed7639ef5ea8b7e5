"""What has changed in a zone since it was read, as an incremental transfer tells it (RFC 1995, section 4).

It is a row of steps from one version to the next: the old SOA, what goes, the new SOA, what comes. Each must begin
where the one before it ended, the first with the zone as it was read and the last with the SOA that all was opened
with; nothing goes that wasn't there, and nothing comes that was. Anything else is a ``MessageError``: then the zone
must be read whole.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from reconciler.model.address import Address, join
from reconciler.model.fields import Value
from reconciler.model.groups import Overlaid
from reconciler.nameserver.message import IN, SERVER_MADE, SOA, Message, MessageError
from reconciler.nameserver.owners import relative_owner
from reconciler.nameserver.rdata import read_rdata, type_code, type_text
from reconciler.nameserver.zone import RecordSet, Spelling, Transfer, assembled


class _At(Enum):
    """Where in the row one is."""

    NOTHING = "before anything"
    OPENED = "behind the SOA that it must end with"
    GOES = "behind an old SOA"
    COMES = "behind a new SOA"
    CLOSED = "at its end"


class Steps:
    """The steps from a zone that was read to what it is, message by message."""

    def __init__(self, before: Transfer, apex: bytes) -> None:
        """Begin with the zone as it was read; ``apex`` is its name as wire bytes."""
        self._before = before
        self._apex = apex
        self._at = _At.NOTHING
        self._last = b""
        #: The SOA of the version that was reached.
        self._soa = before.soa
        #: Of the sets that are touched, each record's TTL and canonical data by its exact data.
        self._held: dict[tuple[str, str], dict[bytes, tuple[int, bytes]]] = {}

    @property
    def is_closed(self) -> bool:
        """Whether the last version was reached."""
        return self._at is _At.CLOSED

    def take(self, message: Message) -> None:
        """Take in the records of one message; raises ``MessageError``."""
        for name, rtype, rclass, ttl, start, end, _ in message.answer:
            if rclass != IN or self.is_closed:
                raise MessageError("a record stands in it that can't be there")
            owner = relative_owner(name, self._apex)
            if rtype in SERVER_MADE and rtype != SOA:
                continue
            exact, canonical = read_rdata(rtype, message.wire, start, end, message.names)
            if rtype == SOA:
                self._turn(owner, exact)
            else:
                self._change(self._set(owner, type_text(rtype)), exact, (ttl, canonical))

    def taken(self) -> Transfer:
        """Return the zone as it is; it counts as read when the version was from which the steps lead here."""
        changes, spelt = dict[Address, Value | None](), dict[Address, Spelling | None]()
        for (owner, rtype), held in self._held.items():
            address = join("record", self._before.zone, owner, rtype)
            changes[address] = spelt[address] = None
            if held:
                records = [(ttl, canonical, exact) for exact, (ttl, canonical) in held.items()]
                changes[address], spelt[address] = assembled(rtype, records)
        return replace(
            self._before,
            serial=int.from_bytes(self._last[-20:-16]),
            soa=self._last,
            sets=Overlaid(self._before.sets, changes),
            spelt=_with(self._before.spelt, spelt),
        )

    def _turn(self, owner: str, soa: bytes) -> None:
        """Take in an SOA, which tells where in the row one is."""
        if owner != "@":
            raise MessageError("its SOA isn't the zone's")
        if self._at is _At.NOTHING:
            self._last, self._at = soa, _At.OPENED
        elif self._at is _At.GOES:
            self._soa, self._at = soa, _At.COMES
        elif self._at is _At.COMES and soa == self._soa == self._last:
            self._at = _At.CLOSED
        elif soa == self._soa:
            self._at = _At.GOES
        else:
            raise MessageError("a step doesn't begin with the version before it")

    def _change(self, held: dict[bytes, tuple[int, bytes]], exact: bytes, record: tuple[int, bytes]) -> None:
        if self._at is _At.GOES and held.pop(exact, None) == record:
            return
        if self._at is not _At.COMES or exact in held:
            raise MessageError("a record goes that wasn't there, or comes that was")
        held[exact] = record

    def _set(self, owner: str, rtype: str) -> dict[bytes, tuple[int, bytes]]:
        """Return the records of a set as they are at this step."""
        held = self._held.get((owner, rtype))
        if held is None:
            there: RecordSet | None = self._before.records.get((owner, rtype))
            held = self._held[owner, rtype] = _records(rtype, there) if there is not None else {}
        return held


def _records(rtype: str, there: RecordSet) -> dict[bytes, tuple[int, bytes]]:
    if there.ttls is not None:
        raise MessageError("which record had which TTL isn't known")
    if there.raw is None:
        return {value: (there.ttl, value) for value in there.values}
    code = type_code(rtype)
    return {exact: (there.ttl, read_rdata(code, exact, 0, len(exact), {})[1]) for exact in there.raw}


def _with(spelt: Mapping[Address, Spelling], changes: Mapping[Address, Spelling | None]) -> Mapping[Address, Spelling]:
    if not any(changes.values()) and spelt.keys().isdisjoint(changes):
        return spelt
    left = {address: how for address, how in spelt.items() if address not in changes}
    return left | {address: how for address, how in changes.items() if how is not None}
