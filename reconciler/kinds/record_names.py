"""Domain names of the DNS, from text to wire and back, always in lower case (RFC 1035, section 3.1; RFC 4343)."""

from functools import lru_cache

from reconciler.model.late import pattern
from reconciler.model.scalars import wrong_value

_PLAIN = pattern(r"(?:[a-z0-9_*-]{1,63}\.)+\Z")
_PLAIN_RELATIVE = pattern(r"[a-z0-9_*-]{1,63}(?:\.[a-z0-9_*-]{1,63})*\Z")
_PLAIN_LABELS = pattern(r"[a-z0-9_*-]+\Z")
_ABSOLUTE = pattern(r"(?<!\\)(?:\\\\)*\.\Z")
_UNSAFE_LABEL = pattern(rb"[^a-z0-9_*/=+#:@&~,!?%-]")
MAX_WIRE = 255


class MissingDotError(ValueError):
    """A target without a trailing dot, which some tools read as relative and some as absolute."""


def is_absolute(name: str) -> bool:
    """Tell whether a name in presentation format ends with a dot that isn't escaped."""
    return name.endswith(".") and _ABSOLUTE.search(name) is not None


@lru_cache(maxsize=1 << 16)
def name_to_wire(text: str, lenient: bool = False) -> bytes:
    """Return an absolute name as uncompressed wire bytes.

    IDN labels become A-labels (RFC 5891). Raises :class:`MissingDotError` for a name without a trailing dot (unless
    ``lenient``, where it is taken as absolute) and ``PydanticCustomError`` for what isn't a name.
    """
    lowered = text.lower()
    if not is_absolute(lowered):
        if not lenient or not lowered:
            raise MissingDotError(text)
        lowered += "."
    if _PLAIN.match(lowered) and len(lowered) < MAX_WIRE:
        return b"".join([bytes((len(label),)) + label.encode() for label in lowered.split(".")])
    return _odd_name(lowered)


def _odd_name(text: str) -> bytes:
    import dns.exception
    import dns.name

    if not text.isascii():
        import idna

        try:
            text = ".".join(_a_label(label) for label in text.split("."))
        except idna.IDNAError as error:
            raise wrong_value(f"{text!r} is not a domain name: {str(error).rstrip('.')}.") from None
    try:
        return dns.name.from_text(text, origin=None).canonicalize().to_wire() or b"\0"
    except (dns.exception.DNSException, ValueError) as error:
        raise wrong_value(f"{text!r} is not a domain name: {str(error).rstrip('.')}.") from None


def _a_label(label: str) -> str:
    import idna

    return label if label.isascii() else idna.encode(label, uts46=True).decode("ascii")


def wire_to_name(wire: bytes, start: int = 0) -> tuple[str, int]:
    """Return the absolute name in presentation format at ``start`` of uncompressed wire bytes, and where it ends."""
    text, labels, at = wire.decode("latin-1"), [], start
    while length := wire[at]:
        labels.append(text[at + 1 : at + 1 + length])
        at += length + 1
    if not _PLAIN_LABELS.match(joined := "".join(labels)) and joined:
        labels = [_label_text(label.encode("latin-1")) for label in labels]
    return (".".join(labels) + ".", at + 1)


def _label_text(label: bytes) -> str:
    if label == b"@":  # unescaped and alone it stands for the zone itself
        return r"\@"
    if not _UNSAFE_LABEL.search(label):
        return label.decode("ascii")
    return "".join(_octet(octet) for octet in label)


def _octet(octet: int) -> str:
    if octet in b'".;\\()@$':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 < octet < 0x7F else f"\\{octet:03d}"


@lru_cache(maxsize=1 << 12)
def canonical_zone(zone: str) -> str:
    """Return a zone's name in lower case, as A-labels, without the trailing dot; raises ``PydanticCustomError``."""
    lowered = zone.lower().removesuffix(".")
    if _PLAIN_RELATIVE.match(lowered):
        return lowered
    return wire_to_name(name_to_wire(lowered, lenient=True))[0].removesuffix(".")


def canonical_owner(name: str) -> str:
    """Return an owner name relative to its zone in lower case, ``@`` for the apex; raises ``PydanticCustomError``."""
    if name in ("", "@"):
        return "@"
    lowered = name.lower()
    if _PLAIN_RELATIVE.match(lowered):
        return lowered
    if is_absolute(lowered):
        raise wrong_value(f"The name {name!r} ends with a dot.", "Write the name relative to its zone.")
    return wire_to_name(name_to_wire(lowered, lenient=True))[0].removesuffix(".")
