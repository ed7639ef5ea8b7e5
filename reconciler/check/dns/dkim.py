"""Rules over DKIM keys (RFC 6376, section 3.6.1): what is below ``_domainkey`` can be read and is long enough."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from reconciler.check.dns.finding import finding
from reconciler.check.dns.tags import TagError
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

_BELOW = "._domainkey"
_TAG = pattern(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)\Z", re.DOTALL)
_SHORTEST = 1024
#: The tags of a key record in which nothing is wrong, and its key.
_Sound: TypeAlias = tuple[Mapping[str, str], bytes]


def dkim_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each text below ``_domainkey`` that is no key."""
    for one, read in zones.once(_records):
        if isinstance(read, str):
            remedy = "Copy the key again from where it was made, as one value."
            yield finding(zones, "dkim-syntax", one, f"{one.name}: {read}", remedy)


def dkim_weak_key(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each RSA key that receivers don't accept for its length."""
    for one, (tags, key) in _sound(zones):
        bits = rsa_bits(key) if tags.get("k", "rsa") == "rsa" else None
        if bits is not None and bits < _SHORTEST:
            yield finding(
                zones, "dkim-weak-key", one, f"The key of {one.name} has {bits} bits.", "Have one of 2,048 bits made."
            )


def dkim_revoked(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each key that is revoked; an empty key for every selector says that nobody sends, and is meant."""
    for one, (tags, _) in _sound(zones):
        if not tags["p"] and not one.owner.startswith("*."):
            detail = f"The key of {one.name} is empty."
            yield finding(zones, "dkim-revoked", one, detail, "Delete it once no mail with its signature is under way.")


def read_dkim(text: str) -> Mapping[str, str]:
    """Return the tags of a key record, white space in the key taken out; raises :class:`TagError`."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        found = _TAG.match(part)
        if found is None:
            raise TagError(f"`{part.strip()[:40]}` is no tag with a value.")
        if found[1] in tags:
            raise TagError(f"`{found[1]}=` stands there twice.")
        tags[found[1]] = "".join(found[2].split())
    if "p" not in tags:
        raise TagError("It has no key (`p=`).")
    if "v" in tags and (next(iter(tags)) != "v" or tags["v"] != "DKIM1"):
        raise TagError("`v=DKIM1` must be first, written just so.")
    return tags


def _key(tags: Mapping[str, str]) -> bytes:
    """Return the public key; raises :class:`TagError`."""
    try:
        return b64decode(tags["p"], validate=True)
    except (Error, ValueError):
        what = (
            "Quotation marks stand inside of `p=`." if '"' in tags["p"] else "`p=` is no base64, or a part is missing."
        )
        raise TagError(what) from None


def rsa_bits(key: bytes) -> int | None:
    """Return the length of the modulus in a DER key, as SubjectPublicKeyInfo or as PKCS#1; None for another key."""
    try:
        outer = _der(key, 0x30)[0]
        if outer[:1] == b"\x30":
            _, rest = _der(outer, 0x30)
            outer = _der(_der(rest, 0x03)[0][1:], 0x30)[0]
        modulus, _ = _der(outer, 0x02)
    except (IndexError, ValueError):
        return None
    return int.from_bytes(modulus).bit_length()


def _der(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of a DER element, and what follows it; raises ``IndexError`` or ``ValueError``."""
    length, at = data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at])
    if data[0] != tag or at + length > len(data):
        raise ValueError("not the element that was asked for")
    return data[at : at + length], data[at + length :]


def _sound(zones: Zones) -> Iterator[tuple[RecordSet, _Sound]]:
    return ((one, read) for one, read in zones.once(_records) if not isinstance(read, str))


def _records(zones: Zones) -> list[tuple[RecordSet, _Sound | str]]:
    """Return what the texts at ``SELECTOR._domainkey`` say that are keys; others may stand there, and are ignored."""
    found = []
    for one in zones.of_type("TXT"):
        if _BELOW in one.owner and one.owner.split(_BELOW, 1)[1][:1] in ("", "."):
            for text in one.texts():
                lowered = text.lower().lstrip()
                if lowered.startswith(("v=dkim", "k=", "p=")) or "p=" in lowered.partition(";")[2]:
                    found.append((one, _read(text)))
    return found


def _read(text: str) -> _Sound | str:
    """Return the tags of a sound key record and the key, else what is wrong with it."""
    try:
        tags = read_dkim(text)
        return tags, _key(tags)
    except TagError as error:
        return str(error)
