"""The reference to a secret, which stands in the YAML where the secret would."""

from typing import Annotated, Any

from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema, said
from reconciler.model.scalars import Integer, SecretSource, literal_secret, wrong_value
from reconciler.model.written import Written


def secret_field(value: Any) -> Any:
    """Return what may be a reference to a secret; raises ``PydanticCustomError`` for a literal."""
    if isinstance(value, dict | SecretField):
        return value
    raise literal_secret()


def _positive(value: int) -> int:
    if value < 1:
        raise wrong_value("The number must be 1 or greater.")
    return value


class SecretField(Written):
    """A reference to a secret. Raise ``version`` when the secret changes: only the version is compared."""

    secret: SecretSource = said(description="Where it lies.")
    version: Annotated[Integer, AfterValidator(_positive), WithJsonSchema({"type": "integer", "minimum": 1})] = said(
        description="Counts its changes."
    )


SecretReference = Annotated[SecretField, BeforeValidator(secret_field)]
