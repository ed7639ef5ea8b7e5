"""Mail policies as people write them: sound ones, and what becomes of them by one or two mistakes, always the same."""

import random
from collections.abc import Iterator, Mapping

SOUND: Mapping[str, tuple[str, ...]] = {
    "dmarc": (
        "v=DMARC1; p=none",
        "v=DMARC1;p=quarantine;sp=reject;adkim=s;aspf=r;fo=1:d:s",
        "v=DMARC1; p=reject; np=none; fo=0;",
    ),
    "sts": ("v=STSv1; id=20261126;", "v=STSv1;id=a1"),
    "report": (
        "v=TLSRPTv1; rua=mailto:tls@example.org",
        "v=TLSRPTv1;rua=https://example.org/tls,mailto:a@example.net;",
    ),
    "spf": (
        "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
        "v=spf1 ip4:192.0.2.1 ~all",
        "v=spf1 -ip6:2001:db8::1 ?all",
    ),
}
#: What is put in, taken out or put in place of something.
_PIECES = (";", "; ", "=", ":", "/", ",", " ", "x", "1", "p=none", "v=", "all", "id=", "mailto:", "33", "@", "-", "?")


def mistaken(kind: str, count: int) -> Iterator[str]:
    """Yield the sound records of a kind, then so many with mistakes."""
    dice = random.Random(f"{kind} 104711")
    yield from SOUND[kind]
    for _ in range(count):
        text = dice.choice(SOUND[kind])
        for _ in range(dice.choice((1, 1, 2))):
            at = dice.randrange(len(text) + 1)
            put, taken = dice.choice((*_PIECES, "")), dice.choice((0, 0, 1, 2, 5))
            text = text[:at] + put + text[at + taken :]
        yield text
