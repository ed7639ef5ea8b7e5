"""Rules over CAA (RFC 8659): who may issue certificates must be said so that authorities understand it."""

import re
from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

_ISSUERS = frozenset({"issue", "issuewild", "issuemail", "issuevmc"})
_CONTACTS = frozenset({"contactemail", "contactphone"})
_KNOWN = _ISSUERS | _CONTACTS | {"iodef"}
_CRITICAL = 0x80
_DOMAIN = pattern(r"[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*\Z", re.IGNORECASE)
_PARAMETER = pattern(r"[a-z0-9]+(?:-+[a-z0-9]+)*[ \t]*=[ \t]*[!-:<-~]*\Z", re.IGNORECASE)
_IODEF = pattern(r"(?:mailto:[^\s@]+@[^\s@]+|https?://\S+)\Z", re.IGNORECASE)


def caa_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each CAA value that authorities can't understand."""
    for one, flags, tag, value in _values(zones):
        if tag not in _KNOWN and flags & _CRITICAL:
            detail = f"{one.name}: `{tag}` is unknown and critical, so no authority may issue."
        elif tag in _ISSUERS and not _is_issuer(value):
            detail = f'{one.name}: "{value}" names no authority.'
        elif tag == "iodef" and not _IODEF.match(value):
            detail = f'{one.name}: "{value}" is no address that reports could go to.'
        else:
            continue
        remedy = 'Write for example `0 issue "letsencrypt.org"`, or `0 issue ";"` for nobody.'
        yield finding(zones, "caa-syntax", one, detail, remedy)


def caa_unknown_tag(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each CAA value with a tag that means nothing."""
    for one, flags, tag, _ in _values(zones):
        if tag not in _KNOWN and not flags & _CRITICAL:
            detail = f"{one.name}: `{tag}` is unknown, so authorities ignore the record."
            yield finding(zones, "caa-unknown-tag", one, detail, f"Known tags: {', '.join(sorted(_KNOWN))}.")


def _is_issuer(value: str) -> bool:
    """Tell whether a value names an authority, or nobody, and its parameters (section 4.2)."""
    domain, *parameters = (part.strip(" \t") for part in value.split(";"))
    return (not domain or _DOMAIN.match(domain) is not None) and all(
        not one or _PARAMETER.match(one) for one in parameters
    )


def _values(zones: Zones) -> Iterator[tuple[RecordSet, int, str, str]]:
    for one in zones.of_type("CAA"):
        for wire in one.wires():
            end = 2 + wire[1]
            yield one, wire[0], wire[2:end].decode("ascii", "replace").lower(), wire[end:].decode("utf-8", "replace")
