"""What a declaration says about itself; it never reaches the account."""

from reconciler.model.marks import said
from reconciler.model.scalars import Boolean, Day, Text
from reconciler.model.written import Written


class Meta(Written):
    """``meta:`` of any resource."""

    reason: Text = said(default="", description="Why the resource is as it is.")
    owner: Text = said(default="", description="Who answers for it.")
    until: Day | None = said(default=None, description="The day after which it is reported as overdue.")
    protect: Boolean = said(default=False, description="Refuse every deletion of the resource.")
    ignore: tuple[Text, ...] = said(
        default=(), description="Fields to let go instead of setting them back to their default."
    )


NO_META = Meta()
#: Keys of a resource that speak of its declaration, and never reach the account.
OURS = frozenset({"meta", "previously"})
