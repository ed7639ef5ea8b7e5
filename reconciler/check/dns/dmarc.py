"""Rules over DMARC (RFC 7489): one record, that can be read, and reports that arrive."""

import re
from collections.abc import Iterator, Mapping

from reconciler.check.dns.finding import finding
from reconciler.check.dns.tags import TagError, read_tags
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

_LABEL = "_dmarc"
_REPORT = "_report._dmarc"
_POLICIES = frozenset({"none", "quarantine", "reject"})
_VALUES: Mapping[str, frozenset[str]] = {
    "p": _POLICIES,
    "sp": _POLICIES,
    "np": _POLICIES,
    "adkim": frozenset({"r", "s"}),
    "aspf": frozenset({"r", "s"}),
}
_OPTIONS = frozenset({"0", "1", "d", "s"})
_MAILTO = pattern(r"mailto:[^\s@,!]+@([^\s@,!]+?)(?:![0-9]+[kmgt]?)?\Z", re.IGNORECASE)
_URI = pattern(r"[a-z][a-z0-9+.-]*:[^\s,!]+(?:![0-9]+[kmgt]?)?\Z", re.IGNORECASE)


def several_dmarc(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each name with more than one DMARC record."""
    counts: dict[RecordSet, int] = {}
    for one, _ in zones.once(_records):
        counts[one] = counts.get(one, 0) + 1
    for one, count in counts.items():
        if count > 1:
            detail = f"{one.name} has {count} DMARC records."
            yield finding(zones, "several-dmarc", one, detail, "Keep the one that is meant.")


def dmarc_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each DMARC record that receivers don't accept."""
    for one, read in zones.once(_records):
        if isinstance(read, str):
            remedy = "Write for example `v=DMARC1; p=none; rua=mailto:postmaster@example.org`."
            yield finding(zones, "dmarc-syntax", one, f"{one.name}: {read}", remedy)


def read_dmarc(text: str) -> Mapping[str, str]:
    """Return the tags of a DMARC record; raises :class:`TagError`."""
    tags = read_tags(text, "DMARC1", spaces=True)
    if "p" not in tags:
        raise TagError("It has no `p=`.")
    for name, value in tags.items():
        known = _VALUES.get(name)
        if known is not None and value.lower() not in known:
            raise TagError(f"`{name}={value}` is none of {', '.join(sorted(known))}.")
        if name == "pct" and not (value.isdecimal() and int(value) <= 100):
            raise TagError(f"`pct={value}` is no number from 0 to 100.")
        if name == "fo" and not set(value.lower().split(":")) <= _OPTIONS:
            raise TagError(f"`fo={value}` holds another option than 0, 1, d and s.")
        if name in ("rua", "ruf"):
            _check_uris(name, value)
    return tags


def _check_uris(name: str, value: str) -> None:
    for uri in value.split(","):
        shape = _MAILTO if uri.strip().lower().startswith("mailto:") else _URI
        if not shape.match(uri.strip()):
            raise TagError(f"`{uri.strip()}` in `{name}=` is no address with `mailto:` in front.")


def dmarc_report_refused(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each DMARC record whose reports go to a managed domain that doesn't say that it takes them."""
    for one, about, domain in _elsewhere(zones):
        name = f"{about}.{_REPORT}.{domain}"
        found = zones.answers(name)
        if found is None or "CNAME" in found:
            continue
        agreed = found["TXT"].texts() if "TXT" in found else ()
        if not any(text.lower().startswith("v=dmarc1") for text in agreed):
            detail = f"Reports about {about} go to {domain}, where no TXT record {name} is declared."
            yield finding(zones, "dmarc-report-refused", one, detail, f"Declare {name} with `v=DMARC1`.")


def dmarc_report_elsewhere(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each DMARC record whose reports go to a domain that isn't managed here."""
    for one, about, domain in _elsewhere(zones):
        name = f"{about}.{_REPORT}.{domain}"
        if zones.home(name) is None:
            remedy = f"Make sure that whoever runs {domain} has a TXT record {name}."
            yield finding(zones, "dmarc-report-elsewhere", one, f"Reports about {about} go to {domain}.", remedy)


def _elsewhere(zones: Zones) -> Iterator[tuple[RecordSet, str, str]]:
    """Yield record set, the domain that reports are about, and each other domain that they go to."""
    for one, tags in zones.once(_records):
        if isinstance(tags, str):
            continue
        about = one.name.removeprefix(f"{_LABEL}.")
        uris = [uri.strip() for name in ("rua", "ruf") for uri in tags.get(name, "").split(",")]
        domains = {found[1].lower().removesuffix(".") for uri in uris if (found := _MAILTO.match(uri))}
        for domain in sorted(domains):
            if not _is_below(about, domain) and not _is_below(domain, about):
                yield one, about, domain


def _is_below(name: str, other: str) -> bool:
    return f".{name}".endswith(f".{other}")


def _records(zones: Zones) -> list[tuple[RecordSet, Mapping[str, str] | str]]:
    """Return the tags of each TXT value at ``_dmarc`` that receivers take for a DMARC record, or what is wrong."""
    return [
        (one, _read(text))
        for one, version, text in zones.policies
        if version == "dmarc1" and one.owner.partition(".")[0] == _LABEL
    ]


def _read(text: str) -> Mapping[str, str] | str:
    try:
        return read_dmarc(text)
    except TagError as error:
        return str(error)
