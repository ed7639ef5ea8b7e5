"""Field types shared by the models of what people write: the schema's type decides, never the spelling.

Every scalar of a YAML file arrives here as text. Each type accepts the text that means it, and the value itself (from
JSON), and refuses everything else with a sentence that says what was expected and how to mend it.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\Z")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SECRET = re.compile(r"(env/[A-Za-z_][A-Za-z0-9_]*|file/[^\x00]+)\Z")


class Declared(BaseModel):
    """Base of everything people write: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def wrong_type(expected: str, help: str = "") -> PydanticCustomError:
    """Return the error for a value of the wrong type; ``expected`` names what belongs there."""
    return PydanticCustomError("wrong_type", "Expected {expected}.", {"expected": expected, "help": help})


def wrong_value(detail: str, help: str = "") -> PydanticCustomError:
    """Return the error for a value of the right type that can't be accepted; ``detail`` is a sentence."""
    return PydanticCustomError("wrong_value", "{detail}", {"detail": detail, "help": help})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong_type("text")
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise wrong_type("true or false", "Write exactly `true` or `false`.")


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.match(value):
        return int(value)
    raise wrong_type("a whole number", "Write decimal digits without leading zeros, for example `3600`.")


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong_type("a date", "Write year-month-day, for example `2026-12-31`.")


def _secret_source(value: Any) -> str:
    if not isinstance(value, str) or not _SECRET.match(value):
        raise wrong_type("the place of a secret", "Write `env/NAME` for an environment variable or `file/PATH`.")
    return value


def _secret_field(value: Any) -> Any:
    if isinstance(value, dict | SecretField):
        return value
    raise PydanticCustomError(
        "literal_secret",
        "A secret is never written here, only where it lies.",
        {"help": "Write `{secret: env/NAME, version: 1}` and put the secret into the environment variable NAME."},
    )


def _positive(value: int) -> int:
    if value < 1:
        raise wrong_value("The number must be 1 or greater.")
    return value


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string"})]
Boolean = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Integer = Annotated[int, BeforeValidator(_integer), WithJsonSchema({"type": "integer"})]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
SecretSource = Annotated[
    str,
    BeforeValidator(_secret_source),
    WithJsonSchema({"type": "string", "pattern": "^(env/[A-Za-z_][A-Za-z0-9_]*|file/.+)$"}),
]


class SecretField(Declared):
    """A reference to a secret. Raise ``version`` when the secret changes: only the version is compared."""

    secret: SecretSource
    version: Annotated[Integer, AfterValidator(_positive), WithJsonSchema({"type": "integer", "minimum": 1})]


SecretReference = Annotated[SecretField, BeforeValidator(_secret_field)]


class Private:
    """Marks a field as personal or financial: masked in outputs, a salted digest in record and seals."""


PRIVATE = Private()
