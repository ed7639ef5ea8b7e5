"""Record data from a message to canonical bytes, as ``kinds.record`` holds them.

The common types have a direct path, because a zone may hold 100,000 of them; every other type goes through dnspython.
"""

from collections.abc import Callable, Mapping
from functools import cache

from reconciler.kinds.record_canonical import canonical_rdata
from reconciler.kinds.record_show import txt_content
from reconciler.kinds.record_text import txt_wire
from reconciler.model.scalars import refusals
from reconciler.nameserver.message import Known, MessageError, read_name

#: The usual types by code, so that nothing is imported for them.
_TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 35: "NAPTR"} | {
    39: "DNAME",
    43: "DS",
    44: "SSHFP",
    52: "TLSA",
    64: "SVCB",
    65: "HTTPS",
    99: "SPF",
    255: "ANY",
    257: "CAA",
}
_CODES = {text: code for code, text in _TYPES.items()}
#: Beyond that many octets a text is looked at as a whole.
_LARGEST_TEXT = 65_000
#: Reads from a place to an end: exact RDATA, uncompressed and as sent, and its canonical form.
_Reader = Callable[[bytes, int, int, Known], tuple[bytes, bytes]]


def read_rdata(rtype: int, wire: bytes, start: int, end: int, names: Known) -> tuple[bytes, bytes]:
    """Return the RDATA between two places of a message: as it was sent, uncompressed, and in canonical form.

    Raises :class:`MessageError` for what isn't the data of such a record.
    """
    direct = _DIRECT.get(rtype)
    return direct(wire, start, end, names) if direct else _general(rtype, wire, start, end)


@cache
def type_text(code: int) -> str:
    """Return the name of a record type: ``A``, or ``TYPE65280`` for what has none."""
    if code in _TYPES:
        return _TYPES[code]
    import dns.rdatatype

    return dns.rdatatype.to_text(dns.rdatatype.RdataType.make(code))


@cache
def type_code(rtype: str) -> int:
    """Return the number of a record type that ``kinds.record`` knows."""
    if rtype in _CODES:
        return _CODES[rtype]
    import dns.rdatatype

    return int(dns.rdatatype.from_text(rtype))


def _address(size: int) -> _Reader:
    def read(wire: bytes, start: int, end: int, _names: Known) -> tuple[bytes, bytes]:
        if end - start != size:
            raise MessageError(f"an address of {end - start} octets stands at octet {start}")
        data = wire[start:end]
        return data, data

    return read


def _named(before: int, compressed: bool = True) -> _Reader:
    """Return what reads ``before`` octets of numbers and one name."""

    def read(wire: bytes, start: int, end: int, names: Known) -> tuple[bytes, bytes]:
        name, stop = read_name(wire, start + before, end, names, compressed)
        if stop != end:
            raise MessageError(f"{end - stop} octets stand after a name, at octet {stop}")
        lower = name.lower()
        if not before:
            return name, lower
        numbers = wire[start : start + before]
        return numbers + name, numbers + lower

    return read


def _soa(wire: bytes, start: int, end: int, names: Known) -> tuple[bytes, bytes]:
    primary, at = read_name(wire, start, end, names)
    person, at = read_name(wire, at, end, names)
    if at + 20 != end:
        raise MessageError(f"the numbers of an SOA don't fill its data, at octet {at}")
    both, numbers = primary + person, wire[at:end]
    return both + numbers, both.lower() + numbers


def _txt(wire: bytes, start: int, end: int, _names: Known) -> tuple[bytes, bytes]:
    data = wire[start:end]
    if data and data[0] == len(data) - 1:
        return data, data
    at, is_canonical = start, end - start < _LARGEST_TEXT
    while at < end:
        size = wire[at]
        at += size + 1
        is_canonical &= size == 255 or (at == end and size > 0)
    if is_canonical and at == end and start < end:
        return data, data
    if at != end or start == end:
        raise MessageError(f"the strings of a text don't fill its data, at octet {start}")
    try:
        return data, txt_wire(txt_content(data))
    except refusals() as error:
        raise MessageError(error.message()) from None


def _caa(wire: bytes, start: int, end: int, _names: Known) -> tuple[bytes, bytes]:
    data = wire[start:end]
    value = 2 + data[1] if len(data) > 1 else 0
    tag = data[2:value]
    if value > len(data) or not tag.isalnum():
        raise MessageError(f"the tag of a CAA record isn't one, at octet {start}")
    return data, data[:2] + tag.lower() + data[value:]


_DIRECT: Mapping[int, _Reader] = {
    1: _address(4),  # A
    2: _named(0),  # NS
    5: _named(0),  # CNAME
    6: _soa,
    12: _named(0),  # PTR
    15: _named(2),  # MX
    16: _txt,  # TXT
    28: _address(16),  # AAAA
    33: _named(6),  # SRV
    39: _named(0, compressed=False),  # DNAME
    99: _txt,  # SPF
    257: _caa,  # CAA
}


def _general(rtype: int, wire: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    import dns.exception
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype

    code = dns.rdatatype.RdataType.make(rtype)
    try:
        rdata = dns.rdata.from_wire(dns.rdataclass.IN, code, wire, start, end - start)
        canonical = canonical_rdata(rdata)
    except (dns.exception.DNSException, ValueError) as error:
        raise MessageError(f"this is not the data of a {type_text(rtype)} record, at octet {start}") from error
    data = wire[start:end]
    try:
        sent = dns.rdata.from_wire(dns.rdataclass.IN, code, data, 0, len(data)) == rdata
    except (dns.exception.DNSException, ValueError):
        sent = False  # its names are compressed
    return (data if sent else rdata.to_wire() or b""), canonical
