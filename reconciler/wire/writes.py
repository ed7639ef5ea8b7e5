"""What is written, and what became of it."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.fields import Json
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write, Written

#: Stands for any version that is there.
ANY: Final = "*"
_LONGEST_REASON = 1000


class SecretText(BaseModel):
    """A secret on its way to the account, which never tells it again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: SecretStr
    is_hash: bool = Field(default=False, description="Whether the text is a password's hash, to be kept as it is.")

    @classmethod
    def of(cls, secret: Secret) -> "SecretText":
        """Return a secret of ours."""
        return cls(text=SecretStr(secret.reveal()), is_hash=secret.is_hash)

    def secret(self) -> Secret:
        """Return it as the account takes it."""
        return Secret(self.text.get_secret_value(), is_hash=self.is_hash)


class SettingBody(BaseModel):
    """What one setting is to be: the whole value, in which what isn't named has its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: dict[str, Any] = Field(examples=[{"channels": ["email"]}])
    secrets: Mapping[str, SecretText] = Field(default={}, description="By path; never told again.")

    def sent(self) -> Json:
        """Return it as it is sent, its secrets among it."""
        return {"value": self.value, "secrets": _sent(self.secrets)}


def _sent(secrets: Mapping[str, SecretText]) -> Json:
    return {path: {"text": s.text.get_secret_value(), "is_hash": s.is_hash} for path, s in secrets.items()}


class WriteBody(BaseModel):
    """One write of a batch; ``if_match`` or ``if_none_match`` stands for the header of the same name.

    ``before`` are the fields that the writer saw, beside the version: both must still be true.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["create", "update", "replace", "delete"]
    address: str
    key: str = Field(min_length=8, max_length=200, description="The idempotency key: the same twice has one effect.")
    if_match: str | None = Field(default=None, description="The version that the writer saw, or `*`: any.")
    if_none_match: Literal["*"] | None = Field(default=None, description="It must not exist yet.")
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = Field(default=None, description="Of an update only the fields that change.")
    moved_from: str | None = Field(default=None, description="The address that it had until now.")
    secrets: Mapping[str, SecretText] = Field(default={}, description="By path; never told again.")
    reason: str = Field(default="", max_length=_LONGEST_REASON)

    @classmethod
    def of(cls, write: Write, row: Address) -> "WriteBody":
        """Return a write of ours to what stands in the account under ``row``."""
        kind, new = KINDS[kind_of(write.address)], write.action is Action.CREATE
        return cls(
            action=write.action.value,
            address=row,
            key=write.key,
            if_match=None if new else write.version or ANY,
            if_none_match=ANY if new else None,
            before=None if write.before is None else kind.to_json(kind.readable(write.before)),
            after=None if write.after is None else kind.to_json(kind.readable(write.after)),
            moved_from=write.moved_from,
            secrets={path: SecretText.of(secret) for path, secret in write.secrets.items()},
            reason=write.reason[:_LONGEST_REASON],
        )

    def sent(self) -> Json:
        """Return it as it is sent, its secrets among it."""
        return self.model_dump(mode="json", exclude_none=True) | {"secrets": _sent(self.secrets)}

    def write(self) -> Write:
        """Return the write that is meant; whether its value is one of its kind is still to be judged.

        Raises ``KeyError``, ``TypeError``, ``AttributeError``, ``ValueError`` or ``PydanticCustomError`` for what
        can't be the value of any.
        """
        kind = KINDS[kind_of(self.address)]
        return Write(
            action=Action(self.action),
            address=self.address,
            before=None if self.before is None else kind.from_json(self.before),
            after=None if self.after is None else kind.from_json(self.after),
            key=self.key,
            version=None if self.if_match == ANY else self.if_match,
            moved_from=self.moved_from,
            secrets={path: secret.secret() for path, secret in self.secrets.items()},
            reason=self.reason,
        )


class Batch(BaseModel):
    """Writes that are one transaction; record sets in it are of one zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    writes: list[WriteBody] = Field(min_length=1, max_length=200_000)

    def sent(self) -> Json:
        """Return it as it is sent, its secrets among it."""
        return {"writes": [write.sent() for write in self.writes]}


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
    """What became of each write, in order: all are done. Where none is, a problem has the answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    answers: list[Answer]
