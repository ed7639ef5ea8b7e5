"""Marks on the types of fields, which mean what pydantic's of the same names do, and are there without it.

What is read at each start needs the types; only errors and the schemas for editors need pydantic.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


#: Stands where a field has no default.
MISSING: Any = object()


class Said:
    """What a class says of one field: its default, how it is written, and what it means."""

    __slots__ = ("alias", "default", "default_factory", "description")

    def __init__(
        self, default: Any = MISSING, default_factory: Any = None, alias: str | None = None, description: str = ""
    ) -> None:
        self.default, self.default_factory, self.alias, self.description = default, default_factory, alias, description

    @property
    def is_required(self) -> bool:
        """Whether the key must be written."""
        return self.default is MISSING and self.default_factory is None

    def of_default(self) -> Any:
        """Return the value of a field that isn't written; raises ``KeyError`` where it must be."""
        if self.is_required:
            raise KeyError("a key is missing")
        return self.default_factory() if self.default_factory else self.default


def said(
    *,
    default: Any = MISSING,
    default_factory: Any = None,
    alias: str | None = None,
    description: str = "",
    init: bool = True,
) -> Any:
    """Return what a class says of a field, in place of its default; with ``init=False`` nobody can give it."""
    return Said(default, default_factory, alias, description)


class Info(NamedTuple):
    """What a judge of a field may ask beside the value: what the reader knows, and the fields judged before it."""

    context: Mapping[str, Any]
    data: Mapping[str, Any]


class BeforeValidator:
    """Turns what was written into what the type takes, or raises; one that is ``informed`` is given :class:`Info`."""

    __slots__ = ("call", "informed")

    def __init__(self, call: Callable[..., Any], informed: bool = False) -> None:
        self.call, self.informed = call, informed

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic import BeforeValidator as Theirs

        return Theirs(self.call).__get_pydantic_core_schema__(source, handler)


class AfterValidator:
    """Returns what the type has taken, perhaps in another spelling, or raises; the same where it is ``informed``."""

    __slots__ = ("call", "informed")

    def __init__(self, call: Callable[..., Any], informed: bool = False) -> None:
        self.call, self.informed = call, informed

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic import AfterValidator as Theirs

        return Theirs(self.call).__get_pydantic_core_schema__(source, handler)


class WithJsonSchema:
    """What is told in place of what the type says: to editors, to readers of an account's answers, or to both."""

    __slots__ = ("mode", "schema")

    def __init__(self, schema: dict[str, Any], mode: str = "") -> None:
        self.schema, self.mode = schema, mode

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> "JsonSchemaValue":
        return dict(self.schema) if self.mode in ("", handler.mode) else handler(schema)


class Discriminator:
    """The key by whose value a mapping says which of several forms it has."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic import Discriminator as Theirs

        return Theirs(self.key).__get_pydantic_core_schema__(source, handler)
