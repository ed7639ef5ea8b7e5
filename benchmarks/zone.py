"""Makes a large zone, as octoDNS's YAML and as a master file: deterministic, with the mix of a hosting customer.

Addresses come from the networks for measuring devices (RFC 2544, RFC 5180). One alias in ten points into the zone,
and some of those at nothing, so that there is something to find.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

ZONE = "example.org."
#: Of 100 record sets, how many are which.
MIX = {"A": 40, "AAAA": 15, "CNAME": 20, "TXT": 8, "DKIM": 4, "MX": 5, "SRV": 4, "CAA": 4}
#: The keys that octoDNS writes for a value in parts, in the order of the master file.
_PARTS = {
    "MX": ("preference", "exchange"),
    "SRV": ("priority", "weight", "port", "target"),
    "CAA": ("flags", "tag", "value"),
}
_APEX = ("ns1.example.net.", "ns2.example.net.")
_SOA = "@ 3600 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300"


class RecordSet(NamedTuple):
    """The records of one name and type; a value is as in a master file, that of a TXT without quotes."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


def record_sets(count: int, revision: int = 0, zone: str = ZONE, every: int = 100) -> Iterator[RecordSet]:
    """Return ``count`` record sets beside those of the apex, each of another name, in order of their numbers.

    In revision 1 one in ``every`` is another: half of those have another value or TTL, a quarter are gone, and a
    quarter are new ones.
    """
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    dice = random.Random(f"104711 {zone}")
    for number in range(count):
        kind, noise = dice.choice(kinds), dice.getrandbits(96)
        made = _made(kind, number, noise, zone)
        turn = number // every % 4 if revision and number % every == 0 else -1
        if turn == -1:
            yield made
        elif turn == 3:
            yield from (made, RecordSet(f"new-{number}", "A", 300, (_address(noise),)))
        elif turn != 2:
            yield _changed(made, noise)


def zone_text(count: int, revision: int = 0, zone: str = ZONE, every: int = 100) -> str:
    """Return the zone as octoDNS's YAML, sorted by name as octoDNS wants it."""
    apex = "'':\n- ttl: 3600\n  type: NS\n  values:\n" + "".join(f"  - {host}\n" for host in _APEX)
    ordered = sorted(record_sets(count, revision, zone, every))
    return "---\n" + apex + "".join(f"{made.name}:\n  ttl: {made.ttl}\n{_yaml(made)}" for made in ordered)


def master_text(count: int, zone: str = ZONE) -> str:
    """Return the zone of revision 0 as a master file."""
    lines = [f"$ORIGIN {zone}", "$TTL 3600", _SOA, *(f"@ 3600 IN NS {host}" for host in _APEX)]
    for made in record_sets(count, zone=zone):
        lines += [f"{made.name} {made.ttl} IN {made.type} {presentation(made.type, value)}" for value in made.values]
    return "\n".join(lines) + "\n"


def presentation(rtype: str, value: str) -> str:
    """Return a value as a master file has it: texts in quotes, in strings of at most 255 octets."""
    if rtype != "TXT":
        return value
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))


def _made(kind: str, number: int, noise: int, zone: str) -> RecordSet:
    ttl = (300, 900, 3600, 86400)[noise % 4]
    return RecordSet(
        _name(kind, number), "TXT" if kind == "DKIM" else kind, ttl, tuple(_values(kind, number, noise, zone))
    )


def _changed(old: RecordSet, noise: int) -> RecordSet:
    if old.type == "A":
        return old._replace(values=(_address(noise ^ 0b1010101),))
    return old._replace(ttl=600)


def _name(kind: str, number: int) -> str:
    match kind:
        case "SRV":
            return f"_sip._tcp.office-{number:06}"
        case "DKIM":
            return f"s{number % 4}._domainkey.shop-{number:06}"
    return f"host-{number:06}" if number % 3 else f"www.customer-{number:06}"


def _address(noise: int) -> str:
    return f"198.{18 + noise % 2}.{noise >> 8 & 255}.{1 + (noise >> 16) % 254}"


def _values(kind: str, number: int, noise: int, zone: str) -> Iterator[str]:
    match kind:
        case "A":
            yield from sorted({_address(noise >> 24 * turn) for turn in range(1 if number % 5 else 2)})
        case "AAAA":
            yield f"2001:2:0:{noise & 0xFFF | 0x1000:x}::{1 + (noise >> 16 & 0xFFF):x}"
        case "CNAME":
            yield f"cdn-{noise & 0xFFFF:06}.example.net." if number % 10 else f"host-{noise % 1000:06}.{zone}"
        case "TXT":
            yield f"v=spf1 ip4:198.18.{number % 250}.0/24 include:_spf{noise & 0xFF}.example.net -all"
        case "DKIM":
            yield f"v=DKIM1; k=rsa; p={noise & 0xFFFFFFFF:08X}{'MIGfMA0GCSqGSIb3DQEB' * 18}"
        case "MX":
            yield from (f"{n * 10} mx{n}-{noise & 0xFF}.example.net." for n in (1, 2))
        case "SRV":
            yield f"10 {number % 100} 5060 sip-{noise & 0xFFF}.example.net."
        case "CAA":
            yield f'0 issue "ca-{noise & 0xFF}.example.net"'


def _yaml(made: RecordSet) -> str:
    head = f"  type: {made.type}\n"
    if keys := _PARTS.get(made.type):
        pairs = [zip(keys, value.split(" "), strict=True) for value in made.values]
        parts = ("\n    ".join(f"{key}: {text.strip(chr(34))}" for key, text in sorted(pair)) for pair in pairs)
        return head + "  values:\n" + "".join(f"  - {text}\n" for text in parts)
    values = ["'" + value.replace(";", "\\;") + "'" if made.type == "TXT" else value for value in made.values]
    if len(values) == 1:
        return f"{head}  value: {values[0]}\n"
    return head + "  values:\n" + "".join(f"  - {value}\n" for value in values)
