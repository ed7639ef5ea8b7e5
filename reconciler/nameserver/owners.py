"""Owner names between the wire and addresses, where they are relative to their zone."""

from reconciler.kinds.record_names import MAX_WIRE, name_to_wire, wire_to_name
from reconciler.nameserver.message import MessageError


def zone_wire(zone: str) -> bytes:
    """Return a zone's name, which has no trailing dot, as canonical wire bytes; raises ``PydanticCustomError``."""
    return name_to_wire(f"{zone.removesuffix('.')}.")


def relative_owner(owner: bytes, zone: bytes) -> str:
    """Return the owner name of a canonical wire name as in addresses; raises ``MessageError`` outside the zone."""
    at, apex = 0, len(owner) - len(zone)
    while at < apex:
        at += owner[at] + 1
    if at != apex or owner[apex:] != zone:
        raise MessageError(f"it has a record of {wire_to_name(owner)[0]}, which isn't in the zone")
    return wire_to_name(owner[:apex] + b"\0")[0].removesuffix(".") if apex else "@"


def relative_wire(owner: str, zone: bytes) -> bytes:
    """Return the labels of an owner name in front of its zone's; raises ``PydanticCustomError`` or ``ValueError``."""
    labels = b"" if owner == "@" else name_to_wire(f"{owner}.")[:-1]
    if len(labels) + len(zone) > MAX_WIRE:
        raise ValueError(f"{owner} is too long a name in its zone")
    return labels
