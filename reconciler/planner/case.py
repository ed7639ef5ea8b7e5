"""A case: one address at which D, L and A don't already agree."""

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.address import Address
from reconciler.model.change import Origin
from reconciler.model.compare import Verdict
from reconciler.model.fields import Value

if TYPE_CHECKING:
    from reconciler.model.money import Quote

#: Where the name servers of a zone itself stand.
APEX_NS = "/@/NS"
_APEX_SOA = "/@/SOA"


class Case(NamedTuple):
    """One difference: L and D (``before``, ``after``) as they are, A as recorded, and who the entry is.

    ``lost`` and ``taken`` say why a person must decide: its entry is gone, or its new name is another entry's;
    ``refused`` why a request can't be submitted, ``quote`` what it costs.
    """

    address: Address
    verdict: Verdict
    before: Value | None
    after: Value | None
    applied: Value | None
    live_id: str | None = None
    version: str | None = None
    moved_from: Address | None = None
    lost: bool = False
    taken: bool = False
    refused: str = ""
    quote: "Quote | None" = None


def is_never_ours(case: Case) -> bool:
    """Tell whether a record set is the server's own: the apex SOA always, the apex NS unless it was declared."""
    if not case.address.startswith("record/"):
        return False
    undeclared = case.verdict.origin is Origin.UNMANAGED
    return case.address.endswith(_APEX_SOA) or (undeclared and case.address.endswith(APEX_NS))
