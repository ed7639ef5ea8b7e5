"""What was found as plain values, which can be kept and sort by place: a finding is made of one when somebody needs it.

Nothing in it is personal: for a mailbox its domain stands there, and the mailbox again once it is made.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from reconciler.check.dns.codes import DNS_CODES
from reconciler.check.dns.finding import RANKS
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.findings import Few, Sort
from reconciler.model.late import pattern
from reconciler.model.span import Span

_Place: TypeAlias = tuple[str, int, int]
#: Place, code, detail, severity, address, help, and further places.
Row: TypeAlias = tuple[_Place, str, str, str, Address | None, str, list[_Place]]
#: Code, severity, how many there are, and the first few of them.
FewRows: TypeAlias = tuple[str, str, int, list[Row]]
#: The same of one zone, with the first alone.
SortRows: TypeAlias = tuple[str, str, int, Row]

_NOWHERE = ("", 0, 0)
#: Stands for the first mailbox of a domain.
_MAILBOX = pattern("\0([^\0]*)\0")


def mailbox_of(domain: str) -> str:
    """Return what stands in a text for the first mailbox of a domain."""
    return f"\0{domain}\0"


def row_of(found: Diagnostic) -> Row:
    """Return a finding as plain values."""
    place = found.span[:3] if found.span else _NOWHERE
    related = [span[:3] for span in found.related]
    return place, found.code, found.detail, found.severity.value, found.address, found.help, related


def finding_of(row: Row, mailboxes: Mapping[str, str]) -> Diagnostic:
    """Return the finding that :func:`row_of` turned into ``row``; ``mailboxes`` has the first of each domain."""
    place, code, detail, severity, address, remedy, related = row
    if "\0" in detail:
        detail = _MAILBOX.sub(lambda found: mailboxes[found[1]], detail)
    return Diagnostic(
        code,
        DNS_CODES[code].summary,
        detail,
        None if place == _NOWHERE else Span(*place),
        remedy,
        Severity(severity),
        address,
        related=tuple(Span(*one) for one in related),
        rank=RANKS[code],
    )


def sorts_of(rows: Iterable[Row]) -> list[SortRows]:
    """Return how many of each sort there are among sorted rows, and the first of them."""
    counts: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        sort = row[1], row[3]
        counts[sort] = counts.get(sort, 0) + 1
        first.setdefault(sort, row)
    return [(*sort, many, first[sort]) for sort, many in counts.items()]


def few_of_rows(few: Iterable[FewRows], mailboxes: Mapping[str, str]) -> dict[Sort, Few]:
    """Return the same with the findings made."""
    return {
        Sort(code, Severity(severity), RANKS[code]): Few(many, tuple(finding_of(row, mailboxes) for row in first))
        for code, severity, many, first in few
    }
