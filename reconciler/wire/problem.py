"""Why not: problem details for HTTP APIs (RFC 9457)."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from reconciler.wire.writes import Answer

#: What the type of every problem begins with.
TYPE: Final = "urn:reconciler:problem:"
#: The media type of every answer that isn't a success (RFC 9457, section 3).
MEDIA_TYPE: Final = "application/problem+json"


class Problem(BaseModel):
    """What went wrong; ``type`` names the sort of problem and never changes its meaning."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str = Field(description="`urn:reconciler:problem:` and the sort: `stale`, `unconditional`, `refused`.")
    title: str
    status: int
    detail: str = ""
    version: str | None = Field(default=None, description="Of `stale`: the version that it has now.")
    errors: list[str] = Field(default=[], description="Each thing that is wrong with what was sent.")
    answers: list[Answer] = Field(default=[], description="Of a batch: what became of each write, in order.")
