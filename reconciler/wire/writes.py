"""What is written, and what became of it."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write, Written


class WriteBody(BaseModel):
    """One write. What it expects stands in ``if_match`` or ``if_none_match``, as in the headers of the same names.

    ``before`` are the fields that the writer saw, beside the version: both must still be true.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["create", "update", "replace", "delete"]
    address: str
    key: str = Field(min_length=8, max_length=200, description="The idempotency key: the same twice has one effect.")
    if_match: str | None = Field(default=None, description="The version that the writer saw.")
    if_none_match: Literal["*"] | None = Field(default=None, description="It must not exist yet.")
    before: Any = None
    after: Any = None
    moved_from: str | None = None
    secrets: Mapping[str, SecretStr] = Field(default={}, description="By path; never told again.")
    managed_by: str | None = Field(default=None, max_length=200)
    reason: str = Field(default="", max_length=1000)

    @classmethod
    def of(cls, write: Write, row: Address, managed_by: str | None = None) -> "WriteBody":
        """Return a write of ours to what stands in the account under ``row``."""
        kind = KINDS[kind_of(write.address)]
        return cls(
            action=write.action.value,
            address=row,
            key=write.key,
            if_match=write.version,
            if_none_match="*" if write.action is Action.CREATE else None,
            before=None if write.before is None else kind.to_json(kind.readable(write.before)),
            after=None if write.after is None else kind.to_json(kind.readable(write.after)),
            moved_from=write.moved_from,
            secrets={path: SecretStr(secret.reveal()) for path, secret in write.secrets.items()},
            managed_by=managed_by,
            reason=write.reason,
        )

    def write(self) -> Write:
        """Return the write that the account carries out.

        Raises as :meth:`~reconciler.wire.entries.Entry.canonical` does.
        """
        kind = KINDS[kind_of(self.address)]
        return Write(
            action=Action(self.action),
            address=self.address,
            before=None if self.before is None else kind.from_json(self.before),
            after=None if self.after is None else kind.from_json(self.after),
            key=self.key,
            version=self.if_match,
            moved_from=self.moved_from,
            secrets={path: Secret(secret.get_secret_value()) for path, secret in self.secrets.items()},
            reason=self.reason,
        )


class Batch(BaseModel):
    """Writes that are one transaction; record sets in it are of one zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    writes: list[WriteBody] = Field(min_length=1)


class Answer(BaseModel):
    """What became of one write."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: Literal["done", "failed", "conflict"]
    detail: str = ""
    live_id: str | None = None
    version: str | None = Field(default=None, description="The version that it has now.")

    def written(self) -> Written:
        """Return it as providers tell it."""
        return Written(Status(self.status), self.detail, self.live_id)


class BatchAnswer(BaseModel):
    """What became of each write, in order: all are done, or none is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    answers: list[Answer]
