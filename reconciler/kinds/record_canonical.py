"""The one spelling of record data that means the same, of every type for which there is no shorter way."""

from typing import Any


def names_in(rdata: Any) -> dict[str, Any]:
    """Return the domain names in dnspython's RDATA, by attribute."""
    import dns.name

    slots = (slot for cls in type(rdata).__mro__ for slot in getattr(cls, "__slots__", ()))
    return {slot: name for slot in slots if isinstance(name := getattr(rdata, slot, None), dns.name.Name)}


def canonical_rdata(rdata: Any) -> bytes:
    """Return dnspython's RDATA as canonical wire bytes.

    They are uncompressed, with every name in lower case, a CAA tag in lower and NAPTR flags in upper case.
    """
    changes = {slot: name.canonicalize() for slot, name in names_in(rdata).items()}
    kind = type(rdata).__name__
    if kind == "CAA":
        changes["tag"] = rdata.tag.lower()
    elif kind == "NAPTR":
        changes["flags"] = rdata.flags.upper()
    return (rdata.replace(**changes) if changes else rdata).to_wire() or b""
