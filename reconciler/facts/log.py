"""The account's own change log: who or what changed it, when and from where."""

from pydantic import AwareDatetime, Field

from reconciler.model.fact import Fact


class LogEntry(Fact):
    """One change, as the account itself remembers it."""

    kind = "log"
    plural = "log"
    columns = ("id", "at", "who", "origin", "action", "resource")
    order = ("at",)

    id: str
    at: AwareDatetime
    who: str = Field(description="The token's name, `by hand`, or what else did it.")
    origin: str = Field(default="", description="The address that it came from, if it came over the network.")
    action: str
    resource: str = Field(description="The address of what was changed.")
