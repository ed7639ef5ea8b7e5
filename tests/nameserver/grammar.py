"""Random names and record data of every type, as dnspython's objects: odd, but such as a server could send."""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

_LABELS = (
    b"a",
    b"www",
    b"WWW",
    b"_tcp",
    b"*",
    b"x" * 63,
    b"Mail",
    b"xn--bcher-kva",
    b"a.b",
    b"\0",
    b"\\",
    b'"',
    b"\xff",
)


_ZONES = tuple(dns.name.from_text(zone) for zone in ("Example.org.", "a\\.b.example.", "t.", "x" * 63 + ".example."))
_POOL, _FRESH = 20, 0.03


def zone_name(rng: Random) -> dns.name.Name:
    """Return a zone's name."""
    return rng.choice(_ZONES)


def name(rng: Random, zone: dns.name.Name) -> dns.name.Name:
    """Return a name in the zone or elsewhere, some of them as long as names may be."""
    origin = rng.choice((zone, zone, zone, dns.name.from_text("example.net."), dns.name.root))
    labels = list(_labels(rng, rng.choice((0, 1, 1, 1, 2, 3, 4))))
    while True:
        try:
            return dns.name.Name([*labels, *origin.labels])
        except dns.name.NameTooLong:
            labels.pop()


def _labels(rng: Random, count: int) -> list[bytes]:
    return [rng.choice(_LABELS) if rng.random() < 0.8 else rng.randbytes(rng.randint(1, 20)) for _ in range(count)]


def rdata(rng: Random, rtype: str, zone: dns.name.Name) -> dns.rdata.Rdata:
    """Return data of a type; making it from text is slow, so most comes from a pool."""
    return _made(rng, rtype, zone) if rng.random() < _FRESH else rng.choice(_pool(rtype, zone))


@cache
def _pool(rtype: str, zone: dns.name.Name) -> tuple[dns.rdata.Rdata, ...]:
    rng = Random(f"{rtype} {zone}")
    return tuple(_made(rng, rtype, zone) for _ in range(_POOL))


def _made(rng: Random, rtype: str, zone: dns.name.Name) -> dns.rdata.Rdata:
    return dns.rdata.from_text("IN", rtype, TYPES[rtype](rng, zone), relativize=False)


def _name(rng: Random, zone: dns.name.Name) -> str:
    return name(rng, zone).to_text()


def _number(rng: Random, bits: int) -> int:
    return rng.choice((0, 1, 2**bits - 1, rng.getrandbits(bits)))


def _hex(rng: Random, *sizes: int) -> str:
    return rng.randbytes(rng.choice(sizes)).hex()


def _string(rng: Random, most: int = 255) -> str:
    octets = rng.choice((b"", b"text", b'a "b" \\ ;', b"x" * most, rng.randbytes(rng.randint(0, min(most, 40)))))
    return '"' + "".join(f"\\{octet:03d}" for octet in octets) + '"'


def _strings(rng: Random, _zone: dns.name.Name) -> str:
    return " ".join(_string(rng) for _ in range(rng.choice((1, 1, 1, 2, 3, 5))))


def _svcb(rng: Random, zone: dns.name.Name) -> str:
    parameters = ("alpn=h2,h3", "port=443", "ipv4hint=192.0.2.1", "ipv6hint=2001:db8::1", "no-default-alpn", "key667=a")
    chosen = rng.sample(parameters, rng.randint(0, 3))
    if "no-default-alpn" in chosen and "alpn=h2,h3" not in chosen:
        chosen.append("alpn=h2,h3")
    return f"{rng.randint(1, 65535)} {_name(rng, zone)} {' '.join(chosen)}"


#: What dnspython reads as data of each type: those with a direct path, and a choice of those without.
TYPES: Mapping[str, Callable[[Random, dns.name.Name], str]] = {
    "A": lambda rng, _: ".".join(str(octet) for octet in rng.randbytes(4)),
    "AAAA": lambda rng, _: ":".join(rng.randbytes(2).hex() for _ in range(8)),
    "CNAME": _name,
    "NS": _name,
    "PTR": _name,
    "DNAME": _name,
    "MX": lambda rng, zone: f"{_number(rng, 16)} {_name(rng, zone)}",
    "SRV": lambda rng, zone: f"{_number(rng, 16)} {_number(rng, 16)} {_number(rng, 16)} {_name(rng, zone)}",
    "TXT": _strings,
    "SPF": _strings,
    "CAA": lambda rng, _: f"{_number(rng, 8)} {rng.choice(('issue', 'ISSUE', 'x9'))} {_string(rng)}",
    "SOA": lambda rng, zone: (
        f"{_name(rng, zone)} {_name(rng, zone)} {' '.join(str(_number(rng, 31)) for _ in '12345')}"
    ),
    "NAPTR": lambda rng, zone: (
        f'{_number(rng, 16)} {_number(rng, 16)} "{rng.choice("usAP")}" "E2U+sip" {_string(rng)} {_name(rng, zone)}'
    ),
    "RP": lambda rng, zone: f"{_name(rng, zone)} {_name(rng, zone)}",
    "AFSDB": lambda rng, zone: f"{_number(rng, 16)} {_name(rng, zone)}",
    "DS": lambda rng, _: f"{_number(rng, 16)} 13 2 {_hex(rng, 32)}",
    "TLSA": lambda rng, _: f"3 1 {(kind := rng.randint(1, 2))} {_hex(rng, 32 * kind)}",
    "SMIMEA": lambda rng, _: f"3 1 {(kind := rng.randint(1, 2))} {_hex(rng, 32 * kind)}",
    "SSHFP": lambda rng, _: f"4 2 {_hex(rng, 32)}",
    "HINFO": lambda rng, _: f"{_string(rng)} {_string(rng)}",
    "LOC": lambda rng, _: (
        f"{rng.randint(0, 89)} {rng.randint(0, 59)} 1.500 N 4 53 32.000 E {rng.randint(-99, 9999)}m 10m"
    ),
    "URI": lambda rng, _: f'{_number(rng, 16)} {_number(rng, 16)} "https://www.example.org/{rng.getrandbits(8)}"',
    "SVCB": _svcb,
    "HTTPS": _svcb,
    "OPENPGPKEY": lambda rng, _: "AAAA" * rng.randint(1, 20),
    "NSEC": lambda rng, zone: f"{_name(rng, zone)} A NS TYPE{rng.randint(256, 300)}",
    "TYPE65280": lambda rng, _: f"\\# {(size := rng.randint(0, 40))} {rng.randbytes(size).hex()}",
}
