"""What a declaration says about itself; it never reaches the account."""

from datetime import date

from pydantic import Field

from reconciler.model.scalars import Boolean, Day, Declared, Text


class Meta(Declared):
    """``meta:`` of any resource."""

    reason: Text = Field(default="", description="Why the resource is as it is.")
    owner: Text = Field(default="", description="Who answers for it.")
    until: Day | None = Field(default=None, description="The day after which it is reported as overdue.")
    protect: Boolean = Field(default=False, description="Refuse every deletion of the resource.")
    ignore: tuple[Text, ...] = Field(
        default=(), description="Fields to let go instead of setting them back to their default."
    )

    def is_overdue(self, today: date) -> bool:
        """Tell whether ``until`` has passed."""
        return self.until is not None and today > self.until


NO_META = Meta()
#: Keys of a resource that speak of its declaration, and never reach the account.
OURS = frozenset({"meta", "previously"})
