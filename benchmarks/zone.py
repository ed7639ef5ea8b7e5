"""Makes a large zone in octoDNS's YAML: deterministic, with the mix of types of a hosting customer."""

import random
from collections.abc import Iterator

#: Of 100 names, how many carry which record set.
MIX = {"A": 52, "AAAA": 14, "CNAME": 16, "TXT": 6, "DKIM": 3, "MX": 5, "SRV": 2, "CAA": 2}


def zone_text(count: int, revision: int = 0) -> str:
    """Return a zone file with ``count`` record sets; in revision 1 every hundredth has another value than in 0."""
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    dice = random.Random(104711)
    return "---\n" + "".join(_entries(count, kinds, dice, revision))


def _entries(count: int, kinds: list[str], dice: random.Random, revision: int) -> Iterator[str]:
    for number in range(count):
        kind, noise = dice.choice(kinds), dice.getrandbits(96)
        salt = noise ^ (0b1010101 if revision and number % 100 == 0 else 0)
        ttl = (300, 900, 3600, 86400)[noise % 4]
        rtype = "TXT" if kind == "DKIM" else kind
        yield f"{_name(kind, number)}:\n  ttl: {ttl}\n  type: {rtype}\n{_VALUES[kind](number, salt)}"


def _name(kind: str, number: int) -> str:
    match kind:
        case "SRV":
            return f"_sip._tcp.office-{number}"
        case "DKIM":
            return f"s{number % 4}._domainkey.shop-{number}"
    return f"host-{number}" if number % 3 else f"www.customer-{number}"


def _a(number: int, salt: int) -> str:
    first = f"198.{18 + salt % 2}.{salt >> 8 & 255}.{salt & 255}"
    return f"  value: {first}\n" if number % 5 else f"  values:\n  - {first}\n  - 203.0.113.{1 + number % 250}\n"


def _aaaa(_: int, salt: int) -> str:
    return f"  value: 2001:db8:{salt & 0xFFFF:x}::{1 + (salt >> 16 & 0xFFF):x}\n"


def _cname(_: int, salt: int) -> str:
    return f"  value: cdn-{salt & 0xFFFF}.example.net.\n"


def _txt(number: int, salt: int) -> str:
    return f"  value: v=spf1 ip4:198.51.100.{number % 250} include:_spf{salt & 0xFF}.example.net -all\n"


def _dkim(_: int, salt: int) -> str:
    return f'  value: "v=DKIM1\\\\; k=rsa\\\\; p={salt & 0xFFFFFFFF:08X}{"MIGfMA0GCSqGSIb3DQEB" * 18}"\n'


def _mx(_: int, salt: int) -> str:
    hosts = (f"  - exchange: mx{n}-{salt & 0xFF}.example.net.\n    preference: {n * 10}\n" for n in (1, 2))
    return "  values:\n" + "".join(hosts)


def _srv(number: int, salt: int) -> str:
    target = f"sip-{salt & 0xFFF}.example.net."
    return f"  value:\n    port: 5060\n    priority: 10\n    target: {target}\n    weight: {number % 100}\n"


def _caa(_: int, salt: int) -> str:
    return f"  value:\n    flags: 0\n    tag: issue\n    value: ca-{salt & 0xFF}.example.net\n"


_VALUES = {"A": _a, "AAAA": _aaaa, "CNAME": _cname, "TXT": _txt, "DKIM": _dkim, "MX": _mx, "SRV": _srv, "CAA": _caa}
