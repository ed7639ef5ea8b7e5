"""A hot path: the changes of a zone to UPDATE messages (RFC 2136), each change made into octets once.

A message is all or nothing. Its prerequisites name every record set that it touches as it was read, so nobody's change
in between is overwritten. What prerequisites can't say (that a name has *no other* sets, which a CNAME needs, because
servers quietly ignore one beside other data) is covered by the SOA as it was read: nothing in the zone has changed.

The changes of a name are made into octets when they are cut, because that tells their size, and go into the message as
they are. A name of plain labels is encoded here, any other by ``kinds.record_names``. ``make fuzz-wire`` lets dnspython
read the messages and a server of a few lines carry them out; ``docs/hot-paths.md`` draws it.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import field
from itertools import chain
from typing import NamedTuple

from reconciler.kinds.record_names import MAX_WIRE
from reconciler.model.collector import collector_paused
from reconciler.model.late import dataclass
from reconciler.nameserver.errors import TooLargeError
from reconciler.nameserver.message import ANY, FIXED, HEADER, IN, NONE, NS, SOA, UPDATE
from reconciler.nameserver.owners import relative_wire, zone_wire
from reconciler.nameserver.rdata import type_code
from reconciler.nameserver.zone import RecordSet

LARGEST = 65535
#: What a signature takes at most: names of key and algorithm, a MAC of SHA-512, the fields between them (RFC 8945).
_TSIG_ROOM = 255 + 10 + 32 + 16 + 64
#: What a SOA takes at most as a prerequisite: a pointer, the fields before its data, two names, five numbers.
_SOA_ROOM = 2 + 10 + 255 + 255 + 20
_CREATE, _UPDATE, _DELETE = range(3)
_CNAME = 5
#: What stands between a record's owner and its data: type, class, TTL, length.
_fixed = FIXED.pack
_NOTHING = _fixed(ANY, NONE, 0, 0)
_NO_CNAME = _fixed(_CNAME, NONE, 0, 0)
#: The octets of labels that stand for themselves, and the dot between labels.
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789-_*."
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


class Octets(NamedTuple):
    """Records of a message, one behind the other, and how many they are."""

    number: int = 0
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Part:
    """What goes into one message.

    With ``takes_soa`` it has room for the SOA as it was before it, and with ``needs_look`` it must be sent with that of
    a transfer that shows the zone as the changes expect it. ``demanded`` is what must be true beside that: all that is
    touched is as it was, or nothing where the sets as they were don't fit beside the new ones. ``wanted`` is what is
    done.
    """

    changes: tuple[SetChange, ...]
    takes_soa: bool = False
    needs_look: bool = False
    demanded: Octets = field(default=Octets(), repr=False)
    wanted: Octets = field(default=Octets(), repr=False)


def cut(
    zone: str, changes: Iterable[SetChange], limit: int = LARGEST, new: Container[str] = frozenset()
) -> tuple[Part, ...]:
    """Return the changes as one part where they fit into a message of ``limit`` octets, with a signature; else as few.

    All changes of a name stay together, so that one whose type changes never goes empty. What is created comes first
    and what is deleted last, so that nothing points to what isn't there. Every part after the first takes the SOA as
    the one before it left it. Of a ``new`` name, which had nothing at all, that is demanded in place of all that could
    stand in the way of its sets. Raises :class:`~reconciler.nameserver.errors.TooLargeError`.
    """
    apex = zone_wire(zone)
    with collector_paused():
        groups = _groups(apex, changes, new)
    room = limit - HEADER.size - len(apex) - 4 - _TSIG_ROOM
    needs_soa = any(group.needs_soa for group in groups)
    if sum(group.size for group in groups) + (_SOA_ROOM if needs_soa else 0) <= room:
        return (_part(groups, needs_soa),) if groups else ()
    # A name that fits only without the SOA must be the first part, and alone.
    ordered = sorted(groups, key=lambda group: (group.size <= room - _SOA_ROOM, group.rank))
    return tuple(_parts(ordered, room - _SOA_ROOM))


def bare(zone: str, changes: Iterable[SetChange]) -> Part:
    """Return changes as one part, however large, that demands nothing but the SOA that it is sent with."""
    return _part(_groups(zone_wire(zone), changes), takes_soa=True, is_exact=False)


def encoded(zone: str, part: Part, number: int, soa: bytes | None = None) -> bytes:
    """Return the message of a part, not yet signed; ``soa`` is the exact RDATA that the zone's must have, if any."""
    if part.needs_look and soa is None:
        raise ValueError("this part must be sent with the SOA of the zone as it was read")
    apex = zone_wire(zone)
    demanded = _pointer(apex) + _fixed(SOA, IN, 0, len(soa)) + soa if part.takes_soa and soa else b""
    count = part.demanded.number + bool(demanded)
    header = HEADER.pack(number, UPDATE << 11, 1, count, part.wanted.number, 0)
    asked = apex + SOA.to_bytes(2) + IN.to_bytes(2)
    return b"".join((header, asked, demanded, part.demanded.data, part.wanted.data))


def _groups(apex: bytes, changes: Iterable[SetChange], new: Container[str] = frozenset()) -> list["_Group"]:
    """Return the changes of each name."""
    found: dict[str, list[SetChange]] = {}
    for change in changes:
        known = found.get(change.owner)
        if known is None:
            found[change.owner] = [change]
        else:
            known.append(change)
    pointer = _pointer(apex)
    return [_Group(apex, _labels(owner, apex) + pointer, those, owner in new) for owner, those in found.items()]


def _parts(groups: Iterable["_Group"], room: int) -> Iterator[Part]:
    """Yield the parts of groups, each with at most ``room`` octets beside the SOA."""
    open_part: list[_Group] = []
    used, first = 0, True
    for group in groups:
        if open_part and used + group.size > room:
            yield _part(open_part, not first)
            open_part, used, first = [], 0, False
        if group.size > room:
            fits = first and not group.needs_soa and group.size <= room + _SOA_ROOM
            yield from (_part((group,)),) if fits else group.without_prerequisites(room)
            first = False
        else:
            open_part.append(group)
            used += group.size
    if open_part:
        yield _part(open_part, not first)


def _part(groups: Sequence["_Group"], takes_soa: bool = False, *, is_exact: bool = True) -> Part:
    changes = tuple(chain.from_iterable([group.changes for group in groups]))
    needs_look = not is_exact or any(group.needs_soa for group in groups)
    demanded = Octets(sum([group.demands for group in groups]), b"".join([group.demanded for group in groups]))
    wanted = Octets(sum([group.wants for group in groups]), b"".join([group.wanted for group in groups]))
    return Part(changes, takes_soa or needs_look, needs_look, demanded if is_exact else Octets(), wanted)


class _Group:
    """All changes of one name, with the records that they demand and want.

    ``needs_soa`` tells whether a CNAME takes the place of other sets: no prerequisite can say that these were all.
    ``rank`` is when they are done, where that is a choice.
    """

    __slots__ = ("_apex", "_owner", "changes", "demanded", "demands", "needs_soa", "rank", "size", "wanted", "wants")

    def __init__(self, apex: bytes, owner: bytes, changes: Sequence[SetChange], is_new: bool) -> None:
        """Encode what must still be true, what goes, and what comes, in that order (RFC 2136, section 3.4.2.2)."""
        demanded: list[bytes] = []
        gone: list[bytes] = []
        come: list[bytes] = []
        creates = deletes = True
        has_cname = adds_cname = False
        for change in changes:
            code, before, after = type_code(change.rtype), change.before, change.after
            if code == _CNAME:
                has_cname, adds_cname = True, before is None
            if before is None:
                demanded.append(owner + _fixed(code, NONE, 0, 0))
            else:
                creates = False
                demanded += [owner + _fixed(code, IN, 0, len(raw)) + raw for raw in _exact(before)]
                if code == NS and change.owner == "@":
                    come += _exchanged(owner, before, after)
                    deletes = deletes and after is None
                    continue
                gone.append(owner + _fixed(code, ANY, 0, 0))
            if after is not None:
                deletes, ttl = False, after.ttl
                for value in after.values:
                    come.append(owner + _fixed(code, IN, ttl, len(value)) + value)
        if creates:
            if is_new or (has_cname and len(changes) == 1):
                demanded = [owner + _NOTHING]
            elif not has_cname:
                demanded.append(owner + _NO_CNAME)
        gone += come
        self._apex, self._owner, self.changes = apex, owner, changes
        self.demands, self.demanded = len(demanded), b"".join(demanded)
        self.wants, self.wanted = len(gone), b"".join(gone)
        self.size = len(self.demanded) + len(self.wanted)
        self.needs_soa = adds_cname and len(changes) > 1
        self.rank = _CREATE if creates else _DELETE if deletes else _UPDATE

    def without_prerequisites(self, room: int) -> Iterator[Part]:
        """Return parts for a name that is too large with its sets as they were: the SOA stands for them."""
        if len(self.wanted) <= room:
            yield _part((self,), is_exact=False)
            return
        if len(self.changes) == 1 or any(change.rtype == "CNAME" for change in self.changes):
            raise TooLargeError(
                f"The records of {self.changes[0].owner} are too large for one UPDATE message.",
                "Spread them over several names, or shorten them.",
            )
        single = (_Group(self._apex, self._owner, (change,), False) for change in self.changes)
        for group in sorted(single, key=lambda group: group.rank):
            if group.size <= room:
                yield _part((group,), takes_soa=True)
            else:
                yield from group.without_prerequisites(room)


def _exchanged(owner: bytes, before: RecordSet, after: RecordSet | None) -> Iterator[bytes]:
    """Yield what exchanges the zone's own NS: the new ones come, then the old ones go one by one.

    Servers ignore a deletion of all of them, and of the last (RFC 2136, sections 3.4.2.3 and 3.4.2.4). Knot ignores
    one that it has already, whatever its TTL, and takes the TTL from one that is new to it; so where only the TTL
    is new, one comes and goes that nobody ever sees.
    """
    values = after.values if after is not None else ()
    between = after is not None and after.ttl != before.ttl and set(values) <= set(before.values)
    if after is not None:
        come = (_PLACEHOLDER, *values) if between else values
        yield from (owner + _fixed(NS, IN, after.ttl, len(value)) + value for value in come)
    gone = [raw for raw in _exact(before) if raw.lower() not in values] + ([_PLACEHOLDER] if between else [])
    yield from (owner + _fixed(NS, NONE, 0, len(raw)) + raw for raw in gone)


def _exact(records: RecordSet) -> tuple[bytes, ...]:
    return records.values if records.raw is None else records.raw


def _labels(owner: str, apex: bytes) -> bytes:
    """Return the labels of a name in front of its zone's; raises what ``relative_wire`` does."""
    octets = owner.encode("ascii", "replace")
    if octets and len(octets) + 1 + len(apex) <= MAX_WIRE and not octets.translate(None, _PLAIN):
        labels = octets.split(b".")
        if b"" not in labels and max(map(len, labels)) < 64:
            return b"".join([len(label).to_bytes() + label for label in labels])
    return relative_wire(owner, apex)


def _pointer(apex: bytes) -> bytes:
    """Return a pointer to the zone's name in the message's zone section; the root is shorter than one."""
    return HEADER.size.to_bytes(1).rjust(2, b"\xc0") if len(apex) > 1 else apex
