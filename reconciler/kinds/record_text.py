"""Record data from what people write (octoDNS's mappings, presentation format) to canonical wire bytes.

The common types have a direct path, because a zone may hold 100,000 of them; every other type that dnspython knows
goes through dnspython. A canonical value is uncompressed wire RDATA with names in lower case.
"""

import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.kinds.record_canonical import canonical_rdata, names_in
from reconciler.kinds.record_names import MissingDotError, canonical_owner, canonical_zone, name_to_wire
from reconciler.kinds.record_octodns import MAPPINGS
from reconciler.model.address import Address, encode_part
from reconciler.model.fields import canonical_json
from reconciler.model.late import pattern
from reconciler.model.scalars import refusals, refused_as, wrong_type, wrong_value

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

#: octoDNS's types that have no RDATA on the wire; provider types (``Route53Provider/ALIAS``) hold a ``/``.
OTHER_TYPES = frozenset({"ALIAS", "URLFWD"})
_TYPE = pattern(r"[A-Z][A-Z0-9-]*\Z")
_DIGITS = pattern(r"[0-9]{1,10}\Z")
_ENDS_QUOTED = pattern(r'(?<!\\)(?:\\\\)*"\Z')
_SIMPLE_STRINGS = pattern(r'"[ !#-\[\]-~]*"(?: "[ !#-\[\]-~]{0,255}")*\Z')
_SIMPLE_CAA = pattern(r'([0-9]{1,3}) ([A-Za-z0-9]+) "([ !#-\[\]-~]*)"\Z')
_Writer = Callable[[Any, bool, bool], bytes]


def record_address(zone: str, name: str, rtype: str) -> Address:
    """Return the canonical address of a record set; the apex is ``''`` or ``@``; raises ``PydanticCustomError``."""
    return f"record/{encode_part(canonical_zone(zone))}/{encode_part(canonical_owner(name))}/{encode_part(rtype)}"


@cache
def is_wire_type(rtype: str) -> bool:
    """Tell whether a type has RDATA of its own: the types that dnspython knows, and ``TYPE65280`` (RFC 3597)."""
    if rtype in _DIRECT:
        return True
    if rtype in OTHER_TYPES or not _TYPE.match(rtype):
        return False
    import dns.rdatatype

    try:
        code = dns.rdatatype.from_text(rtype)
    except (dns.rdatatype.UnknownRdatatype, ValueError):
        return False
    return code not in (0, 41) and not dns.rdatatype.is_metatype(code)


def is_known_type(rtype: str) -> bool:
    """Tell whether a type can be declared at all."""
    return is_wire_type(rtype) or rtype in OTHER_TYPES or "/" in rtype


def load_type(rtype: str) -> None:
    """Load what reads the values of a type, for one who must not find it gone when it is needed."""
    import dns.exception
    import dns.rdata

    with suppress(dns.exception.DNSException):  # no text is no value, but what reads it is loaded
        dns.rdata.from_text("IN", rtype, "")


def wire_value(rtype: str, value: Any, *, lenient: bool = False, escaped_semicolons: bool = True) -> bytes:
    """Return one value of a wire type as canonical RDATA.

    ``value`` is text in presentation format (for TXT also octoDNS's raw form) or octoDNS's mapping. Raises
    ``PydanticCustomError`` with type ``missing_dot``, ``unknown_key``, ``wrong_type`` or ``wrong_value``.
    """
    direct = _DIRECT.get(rtype)
    try:
        return direct(value, lenient, escaped_semicolons) if direct else _general(rtype, value, lenient)
    except MissingDotError as error:
        raise missing_dot(str(error)) from None


def octodns_mapping(rtype: str, value: bytes | str, presentation: str) -> dict[str, Any] | None:
    """Return a value as octoDNS's mapping, or None where the type has none or it wouldn't say exactly the same."""
    mapping = MAPPINGS[rtype].mapping(presentation) if rtype in MAPPINGS else None
    try:
        return mapping if mapping is not None and wire_value(rtype, mapping) == value else None
    except refusals():
        return None


def missing_dot(name: str) -> "PydanticCustomError":
    """Return the error for a target without a trailing dot."""
    return refused_as(
        "missing_dot",
        "The target {name} has no trailing dot.",
        {"name": repr(name), "help": f"Write `{name}.`, or set `lenient: true` for the zone to take it as absolute."},
    )


def opaque_value(value: Any) -> str:
    """Return one value of a type without RDATA: its canonical JSON."""
    return canonical_json(value).decode("utf-8", "surrogatepass")


def _a(value: Any, _lenient: bool, _escaped: bool) -> bytes:
    try:
        return socket.inet_pton(socket.AF_INET, value)
    except (OSError, TypeError, ValueError):
        raise wrong_type("an IPv4 address", "Write an address such as `203.0.113.10`.") from None


def _aaaa(value: Any, _lenient: bool, _escaped: bool) -> bytes:
    try:
        return socket.inet_pton(socket.AF_INET6, value)
    except (OSError, TypeError, ValueError):
        raise wrong_type("an IPv6 address", "Write an address such as `2001:db8::10`.") from None


def _target(value: Any, lenient: bool, _escaped: bool) -> bytes:
    if not isinstance(value, str) or not value or " " in value:
        raise wrong_type("a domain name", "Write an absolute name such as `www.example.org.`.")
    return name_to_wire(value, lenient)


def _txt(value: Any, _lenient: bool, escaped: bool) -> bytes:
    if not isinstance(value, str):
        raise wrong_type("text")
    if len(value) > 1 and value[0] == '"' and _ENDS_QUOTED.search(value, 1):
        data = _presented_strings(value)
    else:
        raw = value.replace("\\;", ";") if escaped else value
        data = raw.encode("utf-8", "surrogateescape")
    return txt_wire(data)


def txt_wire(data: bytes) -> bytes:
    """Return TXT RDATA that holds ``data`` in strings of 255 octets (RFC 1035, section 3.3.14)."""
    if len(data) < 256:
        return bytes((len(data),)) + data
    if len(data) > 65_000:
        raise wrong_value(f"The text has {len(data)} octets; one record holds at most 65,000.")
    return b"".join(bytes((len(part),)) + part for part in (data[i : i + 255] for i in range(0, len(data), 255)))


def _presented_strings(value: str) -> bytes:
    if _SIMPLE_STRINGS.match(value):
        return value[1:-1].replace('" "', "").encode()
    import dns.exception
    import dns.rdata

    try:
        parsed: Any = dns.rdata.from_text("IN", "TXT", value)
    except (dns.exception.DNSException, ValueError) as error:
        # A single quoted string over 255 octets is no presentation format, but what octoDNS users write.
        if '" "' not in value and (inner := value[1:-1]) and '"' not in inner.replace('\\"', ""):
            with suppress(dns.exception.DNSException):
                return _unescaped(inner)
        raise wrong_value(f"These are not quoted strings: {str(error).rstrip('.')}.") from None
    return b"".join(parsed.strings)


def _unescaped(text: str) -> bytes:
    import dns.tokenizer

    token: Any = dns.tokenizer.Token(dns.tokenizer.QUOTED_STRING, text, has_escape="\\" in text)
    return bytes(token.unescape_to_bytes().value)


def _integer(value: Any, part: str, maximum: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= maximum:
        return value
    if isinstance(value, str) and _DIGITS.match(value) and int(value) <= maximum:
        return int(value)
    expected = f"the {part} as a whole number from 0 to {maximum}"
    raise refused_as("wrong_type", "Expected {expected}.", {"expected": expected, "part": part})


def _mx(value: Any, lenient: bool, _escaped: bool) -> bytes:
    if isinstance(value, Mapping):
        preference, exchange = MAPPINGS["MX"].fields(value)
    else:
        preference, exchange = _words(value, 2, "`10 mail.example.org.`")
    return struct.pack("!H", _integer(preference, "preference", 65535)) + _target(exchange, lenient, False)


def _srv(value: Any, lenient: bool, _escaped: bool) -> bytes:
    if isinstance(value, Mapping):
        *numbers, target = MAPPINGS["SRV"].fields(value)
    else:
        *numbers, target = _words(value, 4, "`0 5 443 www.example.org.`")
    named = zip(numbers, ("priority", "weight", "port"), strict=True)
    return struct.pack("!HHH", *(_integer(n, part, 65535) for n, part in named)) + _target(target, lenient, False)


def _caa(value: Any, lenient: bool, _escaped: bool) -> bytes:
    if isinstance(value, Mapping):
        flags, tag, content = MAPPINGS["CAA"].fields(value)
    elif isinstance(value, str) and (found := _SIMPLE_CAA.match(value)):
        flags, tag, content = found.groups()
    else:
        return _general("CAA", value, lenient)
    if not isinstance(tag, str) or not tag.isalnum() or not tag.isascii() or len(tag) > 255:
        raise wrong_type("the tag as letters and digits", "Write `issue`, `issuewild` or `iodef`.")
    if not isinstance(content, str):
        raise wrong_type("the value as text")
    name = tag.lower().encode()
    return bytes((_integer(flags, "flags", 255), len(name))) + name + content.encode()


def _words(value: Any, count: int, example: str) -> list[str]:
    words = value.split() if isinstance(value, str) else []
    if len(words) != count:
        raise wrong_type(f"{count} parts", f"Write for example {example}.")
    return words


_DIRECT: Mapping[str, _Writer] = {
    "A": _a,
    "AAAA": _aaaa,
    "CAA": _caa,
    "CNAME": _target,
    "DNAME": _target,
    "MX": _mx,
    "NS": _target,
    "PTR": _target,
    "SPF": _txt,
    "SRV": _srv,
    "TXT": _txt,
}


def _general(rtype: str, value: Any, lenient: bool) -> bytes:
    """Return RDATA of any type through dnspython, with names in lower case and case-blind tokens in one case."""
    import dns.exception
    import dns.name
    import dns.rdata

    if isinstance(value, Mapping):
        if rtype not in MAPPINGS:
            raise wrong_type("text in presentation format", f"{rtype} has no form with keys; write its data as text.")
        text = MAPPINGS[rtype].presentation(value)
    elif isinstance(value, str):
        text = value
    else:
        raise wrong_type("text in presentation format")
    try:
        rdata = dns.rdata.from_text("IN", rtype, text, dns.name.root if lenient else None, relativize=False)
        for name in names_in(rdata).values():
            if not name.is_absolute():
                raise MissingDotError(name.to_text())
        return canonical_rdata(rdata)
    except MissingDotError:
        raise
    except (dns.exception.DNSException, ValueError, struct.error, OverflowError) as error:
        raise wrong_value(f"This is not the data of a {rtype} record: {str(error).rstrip('.')}.") from None
