"""What a rule over DNS finds, as a diagnostic: severity and rank come from the table of codes."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from reconciler.check.dns.codes import DNS_CODES
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic, Severity

DnsRule: TypeAlias = Callable[[Zones], Iterable[Diagnostic]]

#: The place of each code in the table, which ranks them by consequence.
RANKS = {code: rank for rank, code in enumerate(DNS_CODES, start=1)}


def finding(
    zones: Zones, code: str, one: RecordSet, detail: str, help: str, severity: Severity | None = None
) -> Diagnostic:
    """Return what was found about a record set, at its place."""
    known = DNS_CODES[code]
    return Diagnostic(
        code,
        known.summary,
        detail,
        zones.desired.places.get(one.address),
        help,
        severity or known.severity,
        one.address,
        rank=RANKS[code],
    )
