"""Changes of owner: the contract goes over to somebody else, or the company has another name; by a signed form."""

from typing import Annotated

from reconciler.kinds.request_kind import Attachments, RequestKind, RequestModel, Words
from reconciler.model.change import Risk
from reconciler.model.marks import said
from reconciler.model.scalars import PRIVATE, Day, NotEmpty, Text


class OwnershipChangeModel(RequestModel):
    """A change of owner or of the company's name."""

    new_owner: Annotated[Words, PRIVATE] = said(description="The new owner, or the company's new name.")
    address: Annotated[Text | None, PRIVATE] = said(default=None, description="The new owner's postal address.")
    effective: Day | None = said(default=None, description="From which day on; as soon as possible otherwise.")
    attachments: Annotated[Attachments, NotEmpty()] = said(
        description="The signed form, as a file of the account folder."
    )


class OwnershipChangeKind(RequestKind):
    """``requests: REFERENCE: ownership_change``."""

    name = "ownership_change"
    title = "change of owner"
    path = ("requests", "*", "ownership_change")
    model = OwnershipChangeModel
    worst = Risk.LEGAL
    lasting = "The contract stays with the new owner, who alone can give it back."
