"""The pydantic model of what people write (``model.written``), made when something is wrong or a schema is wanted."""

from collections.abc import Mapping
from types import new_class
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import core_schema

from reconciler.model.declared import Declared
from reconciler.model.judging import annotations_of
from reconciler.model.marks import Said

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_models: dict[Any, type[BaseModel]] = {}
_adapters: dict[Any, TypeAdapter[Any]] = {}


def model_of(cls: Any) -> type[BaseModel]:
    """Return the pydantic model of the fields of a class."""
    if cls not in _models:
        _models[cls] = _made(cls)
    return _models[cls]


def explained(cls: Any, data: Any, context: Mapping[str, Any]) -> Any:
    """Return what ``data`` says; raises ``pydantic.ValidationError`` with everything that is wrong with it."""
    if cls not in _adapters:
        _adapters[cls] = TypeAdapter(cls)
    return _adapters[cls].validate_python(data, context=dict(context))


def schema_of(cls: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
    """Return how pydantic judges a class inside of other models: as its model does; what comes out is of the class."""

    def judge(value: Any, by_model: core_schema.ValidatorFunctionWrapHandler) -> Any:
        return value if isinstance(value, cls) else cls.from_model(by_model(cls.spelt_out(value)))

    return core_schema.no_info_wrap_validator_function(judge, handler.generate_schema(model_of(cls)))


def _made(cls: Any) -> type[BaseModel]:
    annotations, further = annotations_of(cls), "__pydantic_extra__"
    fields: dict[str, Said] = cls.__said__
    body = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__annotations__": {name: annotations[name] for name in (*fields, further) if name in annotations},
        "model_config": ConfigDict(extra="allow" if further in annotations else "forbid"),
        **{name: _field(said) for name, said in fields.items()},
    }
    return new_class(cls.__name__, (Declared,), exec_body=lambda names: names.update(body))


def _field(said: Said) -> Any:
    how: dict[str, Any] = {"alias": said.alias} if said.alias else {}
    how |= {"description": said.description} if said.description else {}
    if said.default_factory:
        return Field(default_factory=said.default_factory, **how)
    return Field(**how) if said.is_required else Field(default=said.default, **how)
