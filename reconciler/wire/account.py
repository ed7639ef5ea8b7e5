"""Who the account is, and what it can hold and do."""

from pydantic import BaseModel, ConfigDict, Field

from reconciler.ports import Capabilities


class AccountInfo(BaseModel):
    """The account as the service sees it, and the caller as the account sees him."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: str
    revision: int = Field(description="Counts the transactions of the whole account.")
    caller: str | None = Field(description="The address from which this request came, for the whitelist's sake.")
    kinds: list[str] = Field(description="The kinds of settings and requests that it holds.")
    facts: list[str] = Field(description="The kinds of facts that it tells.")
    topics: list[str] = Field(description="The topics that notifications have.")
    renames: list[str] = Field(default=[], description="The kinds whose entries can get another name.")
    other_types: list[str] = Field(default=[], description="The record types without RDATA that it serves.")
    makes_zones: bool = True
    private_addresses: bool = Field(
        default=False, description="Whether the whitelist may name addresses of private networks and loopback."
    )
    record_sets: bool = Field(
        default=False,
        description="Whether the list of `record` has the record sets of all zones, under the `ETag` that the list of "
        "`zone` has, which says of each zone which `ETag` its own record sets have.",
    )
    page_limit: int = Field(description="How many entries a page has at most.")
    body_limit: int = Field(description="How many octets the body of a request has at most.")
    domains: list[str] = Field(description="The domains that are booked; each has provably a mail domain.")

    def capabilities(self) -> Capabilities:
        """Return what it can hold and do as providers tell it."""
        return Capabilities(
            kinds=frozenset(self.kinds),
            facts=frozenset(self.facts),
            renames=frozenset(self.renames),
            other_types=frozenset(self.other_types),
            makes_zones=self.makes_zones,
            private_addresses=self.private_addresses,
        )
