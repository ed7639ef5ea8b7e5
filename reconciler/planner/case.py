"""A case: one address at which D, L and A don't already agree."""

from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.compare import Verdict
from reconciler.model.fields import Value
from reconciler.model.money import Quote


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
    quote: Quote | None = None
