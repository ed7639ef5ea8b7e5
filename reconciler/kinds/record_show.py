"""Record data from canonical wire bytes back to presentation format."""

import socket
import struct
from collections.abc import Callable, Mapping

from reconciler.kinds.record_names import wire_to_name


def value_text(rtype: str, wire: bytes) -> str:
    """Return canonical RDATA in presentation format; raises ``ValueError`` for bytes that aren't such data."""
    direct = _DIRECT.get(rtype)
    try:
        return direct(wire) if direct else _general(rtype, wire)
    except (IndexError, struct.error, OSError) as error:
        raise ValueError(f"not the data of a {rtype} record") from error


def txt_content(wire: bytes) -> bytes:
    """Return the octets that TXT RDATA holds, its strings put together."""
    parts, at = [], 0
    while at < len(wire):
        parts.append(wire[at + 1 : at + 1 + wire[at]])
        at += wire[at] + 1
    return b"".join(parts)


def quoted(octets: bytes) -> str:
    """Return octets as one quoted string of a master file (RFC 1035, section 5.1)."""
    text = octets.decode("latin-1")
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_escaped(octet) for octet in octets) + '"'


def _escaped(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"


def _txt(wire: bytes) -> str:
    strings, at = [], 0
    while at < len(wire):
        strings.append(quoted(wire[at + 1 : at + 1 + wire[at]]))
        at += wire[at] + 1
    return " ".join(strings)


def _mx(wire: bytes) -> str:
    return f"{int.from_bytes(wire[:2])} {wire_to_name(wire, 2)[0]}"


def _srv(wire: bytes) -> str:
    priority, weight, port = struct.unpack_from("!HHH", wire)
    return f"{priority} {weight} {port} {wire_to_name(wire, 6)[0]}"


def _caa(wire: bytes) -> str:
    end = 2 + wire[1]
    return f"{wire[0]} {wire[2:end].decode('ascii', 'replace')} {quoted(wire[end:])}"


def _name(wire: bytes) -> str:
    return wire_to_name(wire)[0]


def _a(wire: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET, wire)


def _aaaa(wire: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET6, wire)


_DIRECT: Mapping[str, Callable[[bytes], str]] = {
    "A": _a,
    "AAAA": _aaaa,
    "CAA": _caa,
    "CNAME": _name,
    "DNAME": _name,
    "MX": _mx,
    "NS": _name,
    "PTR": _name,
    "SPF": _txt,
    "SRV": _srv,
    "TXT": _txt,
}


def _general(rtype: str, wire: bytes) -> str:
    import dns.exception
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype

    try:
        code = dns.rdatatype.from_text(rtype)
        return str(dns.rdata.from_wire(dns.rdataclass.IN, code, wire, 0, len(wire)).to_text())
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError(f"not the data of a {rtype} record") from error
