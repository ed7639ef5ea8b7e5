"""UPDATE (RFC 2136) on its way: what must be so before it is sent, sending it, and what the answer means.

A message is all or nothing. What it demands and does is made in :mod:`~reconciler.nameserver.cutting`.
"""

import time

from reconciler.nameserver.connection import BrokenError, connect, new_id
from reconciler.nameserver.cutting import Part, encoded
from reconciler.nameserver.errors import UnknownOutcomeError, UnreachableError, ZoneRefusedError, rcode_text
from reconciler.nameserver.message import UPDATE, Message, MessageError, read_message
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.zone import Records


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
