"""Base of everything people write that pydantic judges, and the reference to a secret, which stands in much of it."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema
from reconciler.model.scalars import Integer, SecretSource, literal_secret, wrong_value


def _without_plugins() -> None:
    """Let pydantic look for no plugins: code of any other package would run here, and looking costs a start."""
    loader = ModuleType("pydantic.plugin._loader")
    vars(loader)["get_plugins"] = tuple
    sys.modules.setdefault(loader.__name__, loader)


_without_plugins()


class Declared(BaseModel):
    """Base of everything people write: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    #: Keys that people expect here and that aren't, each with what to do instead.
    refused_keys: ClassVar[Mapping[str, str]] = {}


def secret_field(value: Any) -> Any:
    """Return what may be a reference to a secret; raises ``PydanticCustomError`` for a literal."""
    if isinstance(value, dict | SecretField):
        return value
    raise literal_secret()


def _positive(value: int) -> int:
    if value < 1:
        raise wrong_value("The number must be 1 or greater.")
    return value


class SecretField(Declared):
    """A reference to a secret. Raise ``version`` when the secret changes: only the version is compared."""

    secret: SecretSource = Field(description="Where it lies.")
    version: Annotated[Integer, AfterValidator(_positive), WithJsonSchema({"type": "integer", "minimum": 1})] = Field(
        description="Counts its changes."
    )


SecretReference = Annotated[SecretField, BeforeValidator(secret_field)]
