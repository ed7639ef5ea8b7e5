"""UPDATE (RFC 2136): what is changed, and what must still be true when it is.

A message is all or nothing. Its prerequisites name every record set that it touches as it was read, so nobody's change
in between is overwritten. What prerequisites can't say (that a name has *no other* sets, which a CNAME needs, because
servers quietly ignore one beside other data) is covered by the SOA as it was read: nothing in the zone has changed.
"""

import time
from collections.abc import Iterable, Iterator

from reconciler.model.late import dataclass
from reconciler.nameserver.connection import BrokenError, connect, new_id
from reconciler.nameserver.errors import (
    TooLargeError,
    UnknownOutcomeError,
    UnreachableError,
    ZoneRefusedError,
    rcode_text,
)
from reconciler.nameserver.message import ANY, HEADER, IN, NONE, NS, SOA, UPDATE, Message, MessageError, read_message
from reconciler.nameserver.owners import relative_wire, zone_wire
from reconciler.nameserver.rdata import type_code
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.zone import Records, RecordSet

LARGEST = 65535
#: What a signature takes at most: names of key and algorithm, a MAC of SHA-512, the fields between them (RFC 8945).
_TSIG_ROOM = 255 + 10 + 32 + 16 + 64
#: What a SOA takes at most as a prerequisite: a pointer, the fields before its data, two names, five numbers.
_SOA_ROOM = 2 + 10 + 255 + 255 + 20
_CREATE, _UPDATE, _DELETE = range(3)
_PLACEHOLDER = b"\x0bplaceholder\x07invalid\x00"


@dataclass(frozen=True, slots=True)
class SetChange:
    """One record set as it was read (None: there was none) and as it shall be (None: gone).

    The owner is relative to the zone, as in addresses.
    """

    owner: str
    rtype: str
    before: RecordSet | None
    after: RecordSet | None


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into one message.

    With ``needs_soa`` it must be sent with the SOA as it was before it, and with ``needs_look`` that must be the SOA of
    a transfer that shows the zone as the changes expect it. Where ``exact`` is false, that is all that is demanded,
    because the sets as they were don't fit beside the new ones.
    """

    changes: tuple[SetChange, ...]
    needs_soa: bool = False
    needs_look: bool = False
    exact: bool = True


def cut(zone: str, changes: Iterable[SetChange], limit: int = LARGEST) -> tuple[Part, ...]:
    """Return the changes as one part where they fit into a message of ``limit`` octets, with a signature; else as few.

    All changes of a name stay together, so that one whose type changes never goes empty. What is created comes first
    and what is deleted last, so that nothing points to what isn't there. Every part after the first needs the SOA as
    the one before it left it. Raises :class:`~reconciler.nameserver.errors.TooLargeError`.
    """
    apex = zone_wire(zone)
    groups = [_Group(apex, tuple(found)) for found in _by_owner(changes).values()]
    room = limit - HEADER.size - len(apex) - 4 - _TSIG_ROOM
    needs_soa = any(group.needs_soa for group in groups)
    if sum(group.size for group in groups) + (_SOA_ROOM if needs_soa else 0) <= room:
        return (Part(tuple(c for group in groups for c in group.changes), needs_soa, needs_soa),) if groups else ()
    # A name that fits only without the SOA must be the first part, and alone.
    ordered = sorted(groups, key=lambda group: (group.size <= room - _SOA_ROOM, group.rank))
    return tuple(_parts(ordered, room - _SOA_ROOM))


def encoded(zone: str, part: Part, number: int, soa: bytes | None = None) -> bytes:
    """Return the message of a part, not yet signed; ``soa`` is the exact RDATA that the zone's must have."""
    if part.needs_soa and soa is None:
        raise ValueError("this part must be sent with the SOA of the zone as it was read")
    apex = zone_wire(zone)
    demanded = [_record(_pointer(apex), SOA, IN, 0, soa)] if part.needs_soa and soa else []
    wanted: list[bytes] = []
    for found in _by_owner(part.changes).values():
        group = _Group(apex, tuple(found))
        demanded += group.prerequisites() if part.exact else ()
        wanted += group.updates()
    header = HEADER.pack(number, UPDATE << 11, 1, len(demanded), len(wanted), 0)
    return b"".join((header, apex, SOA.to_bytes(2), IN.to_bytes(2), *demanded, *wanted))


def is_expected(part: Part, records: Records) -> bool:
    """Tell whether a zone as it was read is what a part expects.

    That must be asked of the zone whose SOA is given to a part that needs it, because the SOA stands for what no
    prerequisite says: that a name has no other sets than those that make room for a CNAME.
    """
    touched = {(change.owner, change.rtype) for change in part.changes}
    alone = {change.owner for change in part.changes if change.rtype == "CNAME" and change.after is not None}
    unread = any(records.get((change.owner, change.rtype)) != change.before for change in part.changes)
    return not unread and not (alone and any(key[0] in alone and key not in touched for key in records))


def send(server: Server, zone: str, part: Part, soa: bytes | None = None) -> int:
    """Send one part and return the code of the answer: 0 where it was done, else nothing was.

    ``soa`` is the exact RDATA of the zone's SOA, which must be given where the part needs it. Raises
    :class:`~reconciler.nameserver.errors.UnreachableError` (not sent),
    ``AuthenticationError`` and :class:`~reconciler.nameserver.errors.ZoneRefusedError` (refused before it was looked
    at), and :class:`~reconciler.nameserver.errors.UnknownOutcomeError` (only reading tells).
    """
    number = new_id()
    request = encoded(zone, part, number, soa)
    signing = Signing(server.key) if server.key else None
    with connect(server) as stream:
        try:
            stream.send(signing.sign(request) if signing else request)
        except BrokenError as error:
            # The server acts on whole messages only, and the last octets of this one never left.
            raise UnreachableError(f"The update of {zone} could not be sent to {server}: {error}.") from None
        try:
            answer = read_message(stream.receive(time.monotonic() + server.timeout))
            return _code(server, zone, number, answer, signing)
        except (BrokenError, MessageError, SigningError) as error:
            raise UnknownOutcomeError(
                f"The update of {zone} was sent to {server}, but its answer is missing: {error}.",
                "Read the zone again to see whether it was done.",
            ) from None


def _code(server: Server, zone: str, number: int, answer: Message, signing: Signing | None) -> int:
    if answer.id != number or not answer.response or answer.opcode != UPDATE:
        raise MessageError("it answers something else")
    if signing is not None and answer.tsig is None and answer.rcode:
        # Before it has looked at our signature a server can't sign what it says.
        raise ZoneRefusedError(
            f"The name server {server} refuses the update of {zone} ({rcode_text(answer.rcode)}).",
            "Check that it serves the zone, and that it knows this key and lets it update the zone.",
            zone=zone,
            rcode=answer.rcode,
        )
    if signing is not None:
        signing.prove(answer)
    return answer.rcode


def _by_owner(changes: Iterable[SetChange]) -> dict[str, list[SetChange]]:
    found: dict[str, list[SetChange]] = {}
    for change in changes:
        found.setdefault(change.owner, []).append(change)
    return found


def _parts(groups: Iterable["_Group"], room: int) -> Iterator[Part]:
    """Yield the parts of groups, each with at most ``room`` octets beside the SOA."""
    open_part: list[_Group] = []
    used, first = 0, True
    for group in groups:
        if open_part and used + group.size > room:
            yield _part(open_part, first)
            open_part, used, first = [], 0, False
        if group.size > room:
            fits = first and not group.needs_soa and group.size <= room + _SOA_ROOM
            yield from (Part(group.changes),) if fits else group.without_prerequisites(room)
            first = False
        else:
            open_part.append(group)
            used += group.size
    if open_part:
        yield _part(open_part, first)


def _part(groups: Iterable["_Group"], first: bool) -> Part:
    changes = tuple(change for group in groups for change in group.changes)
    needs_look = any(group.needs_soa for group in groups)
    return Part(changes, not first or needs_look, needs_look)


class _Group:
    """All changes of one name."""

    def __init__(self, apex: bytes, changes: tuple[SetChange, ...]) -> None:
        self.changes = changes
        self._apex = apex
        self._is_apex = changes[0].owner == "@"
        self._owner = relative_wire(changes[0].owner, apex) + _pointer(apex)
        self._cname = [change for change in changes if change.rtype == "CNAME"]
        self.size = sum(map(len, self.prerequisites())) + sum(map(len, self.updates()))

    @property
    def needs_soa(self) -> bool:
        """Whether a CNAME takes the place of other sets: no prerequisite can say that these were all."""
        return len(self.changes) > 1 and any(change.before is None for change in self._cname)

    @property
    def rank(self) -> int:
        """When it is done, where that is a choice."""
        if all(change.before is None for change in self.changes):
            return _CREATE
        return _DELETE if all(change.after is None for change in self.changes) else _UPDATE

    def prerequisites(self) -> list[bytes]:
        """Return what must still be true: each set has exactly these values, or isn't there."""
        demanded: list[bytes] = []
        for change in self.changes:
            if change.before is not None:
                code = type_code(change.rtype)
                demanded += (_record(self._owner, code, IN, 0, raw) for raw in _exact(change.before))
            elif change.rtype == "CNAME" and len(self.changes) == 1:
                demanded.append(_record(self._owner, ANY, NONE))
            else:
                demanded.append(_record(self._owner, type_code(change.rtype), NONE))
        if not self._cname and all(change.before is None for change in self.changes):
            demanded.append(_record(self._owner, type_code("CNAME"), NONE))
        return demanded

    def updates(self) -> list[bytes]:
        """Return what is done, in order: what goes, then what comes, because of CNAME (RFC 2136, section 3.4.2.2)."""
        gone: list[bytes] = []
        come: list[bytes] = []
        for change in self.changes:
            if change.before is not None and self._is_apex and change.rtype == "NS":
                come += self._exchanged(change.before, change.after)
                continue
            if change.before is not None:
                gone.append(_record(self._owner, type_code(change.rtype), ANY))
            come += self._added(change.rtype, change.after)
        return gone + come

    def _added(self, rtype: str, after: RecordSet | None) -> Iterator[bytes]:
        if after is not None:
            code, ttl = type_code(rtype), after.ttl
            yield from (_record(self._owner, code, IN, ttl, value) for value in after.values)

    def _exchanged(self, before: RecordSet, after: RecordSet | None) -> Iterator[bytes]:
        """Yield what exchanges the zone's own NS: the new ones come, then the old ones go one by one.

        Servers ignore a deletion of all of them, and of the last (RFC 2136, sections 3.4.2.3 and 3.4.2.4). Knot ignores
        one that it has already, whatever its TTL, and takes the TTL from one that is new to it; so where only the TTL
        is new, one comes and goes that nobody ever sees.
        """
        values = after.values if after is not None else ()
        between = after is not None and after.ttl != before.ttl and set(values) <= set(before.values)
        if after is not None and between:
            yield _record(self._owner, NS, IN, after.ttl, _PLACEHOLDER)
        yield from self._added("NS", after)
        yield from (_record(self._owner, NS, NONE, 0, raw) for raw in _exact(before) if raw.lower() not in values)
        if between:
            yield _record(self._owner, NS, NONE, 0, _PLACEHOLDER)

    def without_prerequisites(self, room: int) -> Iterator[Part]:
        """Return parts for a name that is too large with its sets as they were: the SOA stands for them."""
        if sum(map(len, self.updates())) <= room:
            yield Part(self.changes, needs_soa=True, needs_look=True, exact=False)
            return
        if len(self.changes) == 1 or self._cname:
            raise TooLargeError(
                f"The records of {self.changes[0].owner} are too large for one UPDATE message.",
                "Spread them over several names, or shorten them.",
            )
        for group in sorted((_Group(self._apex, (change,)) for change in self.changes), key=lambda group: group.rank):
            if group.size <= room:
                yield Part(group.changes, needs_soa=True)
            else:
                yield from group.without_prerequisites(room)


def _exact(records: RecordSet) -> tuple[bytes, ...]:
    return records.values if records.raw is None else records.raw


def _pointer(apex: bytes) -> bytes:
    """Return a pointer to the zone's name in the message's zone section; the root is shorter than one."""
    return HEADER.size.to_bytes(1).rjust(2, b"\xc0") if len(apex) > 1 else apex


def _record(owner: bytes, code: int, rclass: int, ttl: int = 0, data: bytes = b"") -> bytes:
    fixed = code.to_bytes(2) + rclass.to_bytes(2) + ttl.to_bytes(4) + len(data).to_bytes(2)
    return owner + fixed + data
