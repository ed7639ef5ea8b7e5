"""UPDATE (RFC 2136) on its way: what must be so before it is sent, sending it, and what the answer means.

A message is all or nothing. What it demands and does is made in :mod:`~reconciler.nameserver.cutting`.
"""

import time
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from reconciler.model.address import Address, decode_part, encode_part
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.model.fields import Value
from reconciler.nameserver.connection import BrokenError, connect, new_id
from reconciler.nameserver.cutting import Part, SetChange, cut, encoded
from reconciler.nameserver.errors import UnknownOutcomeError, UnreachableError, ZoneRefusedError, rcode_text
from reconciler.nameserver.message import UPDATE, Message, MessageError, read_message
from reconciler.nameserver.query import raised
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.zone import Records, Transfer, owners

#: The answers that say that something demanded isn't so (RFC 2136, section 3.2).
_NXRRSET = 8
_NOT_SO = frozenset({3, 6, 7, _NXRRSET})
_NOTAUTH = 9
#: A zone that has so many times more than comes isn't looked through for the names of what comes.
_MUCH_LARGER = 4
#: So many times a zone is looked at for one part, while somebody else changes it.
_LOOKS = 5


class End(Enum):
    """How sending ended."""

    DONE = "done"
    NOT_SO = "something demanded isn't so"
    CHANGED = "a reading shows that something isn't as expected"
    BUSY = "the zone has changed whenever a reading had been sent as what it must be"
    REFUSED = "refused"
    BROKEN = "no answer"


class Sent(NamedTuple):
    """How sending ended, and after how many parts; ``part`` is what it ended with.

    ``rcode`` is what the server answered to it: 0 also where it wasn't sent or not answered.
    """

    end: End
    parts: int = 0
    rcode: int = 0
    why: str = ""
    part: tuple[SetChange, ...] = ()


def send_all(
    server: Server, zone: str, changes: Sequence[SetChange], there: Transfer, *, is_again: bool = False
) -> Sent:
    """Send the changes of a zone that was read as ``there``, part after part, until one isn't done.

    When they are sent ``is_again``, a name may have got other sets. Raises ``AccountError`` where nothing was done;
    once a part was, that is how sending ended.
    """
    new = frozenset[str]() if is_again else new_names(changes, there.sets)
    parts, sending = cut(zone, changes, new=new), _Sending(server, zone, there)
    for index, part in enumerate(parts):
        try:
            sent = sending.later(part) if index else sending.first(part)
        except AccountError as error:
            if not index:
                raise
            sent = Sent(End.BROKEN, why=error.in_full)
        if sent.end is not End.DONE:
            return sent._replace(parts=index, part=part.changes)
    return Sent(End.DONE, len(parts))


class _Sending:
    """Sends the parts of a zone. Each after the first demands what the one before it must have left.

    That is the SOA with a serial that is higher by one, as an update makes it. Where it isn't that, somebody else is at
    work, or the server counts otherwise: then the zone is looked at, and from then on the SOA is demanded only by parts
    that need a look. The others demand each set that they touch, so what somebody does beside them changes nothing.
    """

    def __init__(self, server: Server, zone: str, there: Transfer) -> None:
        self._server, self._zone, self._there = server, zone, there
        self._soa = there.soa
        self._is_busy = False

    def first(self, part: Part) -> Sent:
        """Send the first part, bound to the zone as it was given."""
        sent = self._tried(part, self._soa)
        return self._looking(part) if part.needs_look and sent.rcode == _NXRRSET else sent

    def later(self, part: Part) -> Sent:
        """Send a part after others."""
        if part.needs_look:
            return self._looking(part)
        self._soa = raised(self._soa)
        sent = self._tried(part, None if self._is_busy else self._soa)
        if self._is_busy or sent.rcode != _NXRRSET:
            return sent
        self._is_busy = True
        self._look()
        return self._tried(part, None)

    def _looking(self, part: Part) -> Sent:
        """Send a part with the SOA of a look at the zone, until nobody changes the zone between the two."""
        tried = None
        for _ in range(_LOOKS):
            self._look()
            sent = self._tried(part, self._soa)
            if sent.rcode != _NXRRSET or self._soa == tried:
                return sent
            tried = self._soa
        return sent._replace(end=End.BUSY)

    def _look(self) -> None:
        self._there = transfer(self._server, self._zone)
        self._soa = self._there.soa

    def _tried(self, part: Part, soa: bytes | None) -> Sent:
        """Send a part, if the zone is as it expects, and return how that ended."""
        if not is_expected(part, self._there.records):
            return Sent(End.CHANGED)
        try:
            rcode = send(self._server, self._zone, part, soa)
        except UnknownOutcomeError as error:
            return Sent(End.BROKEN, why=str(error))
        except ZoneRefusedError as error:
            return Sent(End.REFUSED, rcode=error.rcode)
        except AuthenticationError:  # Knot says so where the key, with which the zone was read, may not write this
            return Sent(End.REFUSED, rcode=_NOTAUTH)
        return Sent(End.NOT_SO if rcode in _NOT_SO else End.REFUSED if rcode else End.DONE, rcode=rcode)


def new_names(changes: Sequence[SetChange], sets: Mapping[Address, Value]) -> frozenset[str]:
    """Return the names that come to a zone which has nothing there; none where looking for them costs more."""
    created = {encode_part(change.owner) for change in changes if change.before is None}
    if len(created) * _MUCH_LARGER < len(sets):
        return frozenset()
    return frozenset(map(decode_part, created - owners(sets)))


def is_expected(part: Part, records: Records) -> bool:
    """Tell whether a zone as it was read is what a part expects.

    That must be asked of the zone whose SOA is given to a part that needs a look, because the SOA stands for what no
    prerequisite says: that a name has no other sets than those that make room for a CNAME.
    """
    if any(records.get((change.owner, change.rtype)) != change.before for change in part.changes):
        return False
    alone = {change.owner for change in part.changes if change.rtype == "CNAME" and change.after is not None}
    if not alone or not part.needs_look:
        return True
    touched = {(change.owner, change.rtype) for change in part.changes}
    return not any(key[0] in alone and key not in touched for key in records)


def send(server: Server, zone: str, part: Part, soa: bytes | None = None) -> int:
    """Send one part and return the code of the answer: 0 where it was done, else nothing was.

    ``soa`` is the exact RDATA of the zone's SOA, which must be given where the part needs a look. Raises
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
