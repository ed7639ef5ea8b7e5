"""Rules over MTA-STS (RFC 8461) and TLS reporting (RFC 8460), and over mail policies that stand in the wrong place."""

import re
from collections.abc import Iterator, Mapping

from reconciler.check.dns.finding import finding
from reconciler.check.dns.tags import TagError, read_tags
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones, may_have_address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

_STS, _REPORTS = "_mta-sts", "_smtp._tls"
_ID = pattern(r"[A-Za-z0-9]{1,32}\Z")
_HOST = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_REPORT_URI = pattern(
    rf"(?:mailto:[^\s@,;!:/?]+@{_HOST}|https://{_HOST}(?::[0-9]+)?(?:[/?][^\s,;!]*)?)\Z", re.IGNORECASE
)
#: By version: how a record is called, and where it is looked for.
_PLACES: Mapping[str, tuple[str, str]] = {
    "dmarc1": ("a DMARC record", "_dmarc"),
    "stsv1": ("an MTA-STS record", _STS),
    "tlsrptv1": ("a record for TLS reports", _REPORTS),
    "dkim1": ("a DKIM key", "_domainkey"),
}


def mta_sts_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each MTA-STS record that senders don't accept, and each name with several."""
    seen: set[str] = set()
    remedy = "Write for example `v=STSv1; id=20261126;`, once."
    for one, text in _records(zones, "stsv1", _STS):
        try:
            if one.address in seen:
                raise TagError("There is more than one.")
            read_sts(text)
        except TagError as error:
            yield finding(zones, "mta-sts-syntax", one, f"{one.name}: {error}", remedy)
        seen.add(one.address)


def read_sts(text: str) -> Mapping[str, str]:
    """Return the tags of an MTA-STS record; raises :class:`TagError`."""
    tags = read_tags(text, "STSv1")
    if not _ID.match(tags.get("id", "")):
        raise TagError("`id=` must be 1 to 32 letters and digits.")
    return tags


def tls_report_syntax(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each record for TLS reports that senders don't accept."""
    for one, text in _records(zones, "tlsrptv1", _REPORTS):
        try:
            read_report(text)
        except TagError as error:
            remedy = "Write for example `v=TLSRPTv1; rua=mailto:postmaster@example.org`."
            yield finding(zones, "tls-report-syntax", one, f"{one.name}: {error}", remedy)


def read_report(text: str) -> Mapping[str, str]:
    """Return the tags of a record for TLS reports; raises :class:`TagError`."""
    tags = read_tags(text, "TLSRPTv1")
    for uri in tags.get("rua", "").split(","):
        if not _REPORT_URI.match(uri.strip()):
            raise TagError("`rua=` must be an address with `mailto:` or `https:` in front.")
    return tags


def mta_sts_incomplete(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each MTA-STS record whose host for the policy has no address."""
    for one, _ in _records(zones, "stsv1", _STS):
        host = one.name.removeprefix("_")
        found = zones.answers(host)
        if found is not None and not may_have_address(found):
            yield finding(
                zones, "mta-sts-incomplete", one, f"{host} has no address.", f"Declare {host}, or delete {one.name}."
            )


def mta_sts_without_reports(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each MTA-STS record without TLS reporting beside it."""
    for one, _ in _records(zones, "stsv1", _STS):
        domain = one.name.removeprefix(f"{_STS}.")
        found = zones.answers(f"{_REPORTS}.{domain}")
        if found is not None and not {"TXT", "CNAME"} & found.keys():
            detail = f"Nothing is declared at {_REPORTS}.{domain}."
            yield finding(zones, "mta-sts-without-reports", one, detail, "Add a TXT record there.")


def mail_policy_misplaced(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each mail policy at a name where nobody looks for it, and where no CNAME of the zone leads."""
    for one, version, _ in zones.policies:
        what, place = _PLACES.get(version, ("", ""))
        doubled = f".{one.owner}".endswith(f".{one.zone}")
        is_there = f".{place}." in f".{one.owner}." and not doubled
        if place and not is_there and one.name not in zones.aliased:
            detail = f"{one.name} holds {what}, which is looked for at {place}."
            yield finding(zones, "mail-policy-misplaced", one, detail, f"Move it to {place}, or delete it.")


def _records(zones: Zones, version: str, place: str) -> Iterator[tuple[RecordSet, str]]:
    for one, found, text in zones.policies:
        if found == version and f"{one.owner}.".startswith(f"{place}."):
            yield one, text
