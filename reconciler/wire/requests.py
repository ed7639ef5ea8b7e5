"""What was asked for, and what became of it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Attachment(BaseModel):
    """A file that goes with a request; its digest stands in the request's value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    content: str = Field(description="In base64.")


class SubmitBody(BaseModel):
    """What is asked for, at which price."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(min_length=8, max_length=200, description="The idempotency key: the same twice has one effect.")
    value: Any
    quote: dict[str, str] | None = Field(default=None, description="The price that was approved.")
    attachments: list[Attachment] = []


class RequestEntry(BaseModel):
    """One request that the account knows."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    address: str
    value: Any
    status: Literal["submitted", "accepted", "rejected", "completed", "needs signature"]
    at: datetime
    note: str = Field(default="", description="What the company says of it.")
    quote: dict[str, str] | None = None


class RequestPage(BaseModel):
    """Some requests, in the order of their addresses."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[RequestEntry]
    total: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")
