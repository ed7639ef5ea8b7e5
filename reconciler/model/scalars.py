"""Field types shared by the models of what people write: the schema's type decides, never the spelling.

Every scalar of a YAML file arrives here as text. Each type accepts the text that means it, and the value itself (from
JSON), and refuses everything else with a sentence that says what was expected and how to mend it.
"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, LiteralString

from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema, PydanticCustomError, ValidationError

_INTEGER = pattern(r"-?(?:0|[1-9][0-9]{0,18})\Z")
_NUMBER = pattern(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,6})?\Z")
_ISO_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SECRET = pattern(r"(env/[A-Za-z_][A-Za-z0-9_]*|file/[^\x00]+)\Z")
_AGE = pattern(r"(?P<path>[^\x00]*\.age)(?:#(?P<key>[^\x00]*))?\Z")
_KEY = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}\Z")
#: The same for editors, with the rules of age files.
_PLACE_PATTERN = (
    "^(env/[A-Za-z_][A-Za-z0-9_]*"
    "|file/(?!/)(?!(.*/)?\\.{0,2}/).+\\.age#[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}"
    "|file/(?!.*\\.age(#.*)?$).+)$"
)


def refused_as(type: LiteralString, template: LiteralString, context: dict[str, Any]) -> "PydanticCustomError":
    """Return an error of one type; what stands in the template in braces comes from the context."""
    from pydantic_core import PydanticCustomError

    return PydanticCustomError(type, template, context)


def refusals() -> "type[PydanticCustomError]":
    """Return the class of these errors, for ``except``: it is imported when there is one."""
    from pydantic_core import PydanticCustomError

    return PydanticCustomError


def faults() -> "type[ValidationError]":
    """Return the class of what a model says of all that is wrong, for ``except``: it is imported when there is one."""
    from pydantic_core import ValidationError

    return ValidationError


def wrong_type(expected: str, help: str = "") -> "PydanticCustomError":
    """Return the error for a value of the wrong type; ``expected`` names what belongs there."""
    return refused_as("wrong_type", "Expected {expected}.", {"expected": expected, "help": help})


def wrong_value(detail: str, help: str = "") -> "PydanticCustomError":
    """Return the error for a value of the right type that can't be accepted; ``detail`` is a sentence."""
    return refused_as("wrong_value", "{detail}", {"detail": detail, "help": help})


def literal_secret() -> "PydanticCustomError":
    """Return the error for a secret that is written where only its place belongs."""
    return refused_as(
        "literal_secret",
        "A secret is never written here, only where it lies.",
        {"help": "Write `{secret: env/NAME, version: 1}` and put the secret into the environment variable NAME."},
    )


def literal_credential(help: str) -> "PydanticCustomError":
    """Return the error for a credential that is written where only its place belongs, or nothing of it."""
    return refused_as("literal_secret", "A secret is never written here, only where it lies.", {"help": help})


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


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.match(value):
        return Decimal(value)
    raise wrong_type("a number", "Write decimal digits without leading zeros, for example `19` or `2.5`.")


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong_type("a date", "Write year-month-day, for example `2026-12-31`.")


def split_age(name: str) -> tuple[str, str | None] | None:
    """Return the path of an age file and what follows ``#`` (None where nothing does); None for any other path."""
    found = _AGE.match(name)
    return (found["path"], found["key"]) if found else None


def is_age_key(key: str | None) -> bool:
    """Tell whether a secret in an age file can have this name."""
    return key is not None and _KEY.match(key) is not None


def is_inside(path: str) -> bool:
    """Tell whether a path leads from the account folder to something inside it, in its one spelling."""
    return not any(part in ("", ".", "..") for part in path.split("/"))


def _secret_source(value: Any) -> str:
    if not isinstance(value, str) or not _SECRET.match(value):
        raise wrong_type("the place of a secret", "Write `env/NAME` for an environment variable or `file/PATH`.")
    source, _, name = value.partition("/")
    if source == "file" and (age := split_age(name)):
        _demand_age_place(*age)
    return value


def _demand_age_place(path: str, key: str | None) -> None:
    """Raise ``PydanticCustomError`` unless an age file of the account folder is named with a key in it."""
    remedy = "Write `file/secrets.age#KEY`; `reconciler secret list FILE` shows the keys of a file."
    if not key:
        raise wrong_value("A file that ends in `.age` holds several secrets, so the key is named after `#`.", remedy)
    if not is_age_key(key):
        raise wrong_value("A key has letters, digits and `_ . @ + -` only, and at most 128 of them.", remedy)
    if not is_inside(path):
        raise wrong_value("An age file lies in the account folder, and its path counts from there.", remedy)


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": "string"})]
Boolean = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Integer = Annotated[int, BeforeValidator(_integer), WithJsonSchema({"type": "integer"})]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
SecretSource = Annotated[
    str,
    BeforeValidator(_secret_source),
    WithJsonSchema({"type": "string", "pattern": _PLACE_PATTERN}),
]


def _not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise wrong_value("The list is empty.", "Write at least one.")
    return values


class NotEmpty(AfterValidator):
    """Marks a list that has at least one item."""

    def __init__(self) -> None:
        super().__init__(_not_empty)

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> "JsonSchemaValue":
        return {**handler(schema), "minItems": 1}


class Private:
    """Marks a field as personal or financial: masked in outputs, a salted digest in record and seals."""


PRIVATE = Private()
