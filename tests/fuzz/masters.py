"""Master files: made word by word, mostly sound, then broken."""

from random import Random

from fuzz.grammar import ACCOUNT, Files, scalar

_OWNERS = (
    "@",
    "www",
    "*",
    "mail.example.org.",
    "example.org.",
    "a.b",
    "",
    "",
    "out.example.net.",
    r"\046x",
    "x" * 64,
    "xn--a",
)
_TTLS = ("", "", "300", "1h", "1W2D", "4294967296", "0", "IN", "IN 5m", "CH", "CLASS1")
_DATA = (
    *(
        "A 192.0.2.1",
        "AAAA 2001:db8::1",
        "MX 10 mail",
        'TXT "a" b \\034',
        "CNAME www",
        "NS ns.example.net.",
        "A 192.0.2",
    ),
    *(
        "SOA ns hostmaster 1 2h 3h 4w 1h",
        "SRV 0 0 443 www",
        'CAA 0 issue "x;y"',
        "TYPE65280 \\# 2 abcd",
        "\\# 0",
        "HINFO a",
    ),
    *("LOC 52 22 23.000 N 4 53 32.000 E -2m", 'NAPTR 1 1 "s" "x" "!^.*$!x!" .', "SVCB 1 . alpn=h2", "DS 1 8 2 ab", "A"),
)
_DIRECTIVES = (
    *("$TTL 1h", "$ORIGIN sub", "$ORIGIN .", "$INCLUDE /etc/passwd", "$GENERATE 1-9 h$ A 192.0.2.$", "$TTL", "$X"),
    *('$GENERATE 1-9/2 h${0,3,d} MX "10 m$"', "$GENERATE 1-999999999 a$ A 1.2.3.4", "$GENERATE 0-1 ${ A x", "$ORIGIN"),
)
_ODD = ("(", ")", '"', ";", "\\", "\t", "\n(", "\n)", "; comment", "\r", "$", "@", "'", "{", "\0", "\x85")


def master(rng: Random) -> Files:
    """Return an account with one master file."""
    lines = [_line(rng) for _ in range(rng.randint(0, 12))]
    text = rng.choice(("\n", "\n", "\r\n")).join(lines)
    for _ in range(rng.choice((0, 0, 1, 3))):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(_ODD) + text[at + rng.randint(0, 2) :]
    return {"account.yaml": ACCOUNT, "zones/example.org.zone": text.encode("utf-8", "surrogatepass")}


def _line(rng: Random) -> str:
    luck = rng.random()
    if luck < 0.15:
        return rng.choice(_DIRECTIVES)
    if luck < 0.2:
        return f"{scalar(rng)} A {scalar(rng)}"
    comment = rng.choice(("", "", " ; x", " (", " )"))
    return f"{rng.choice(_OWNERS)} {rng.choice(_TTLS)} {rng.choice(_DATA)}{comment}"
