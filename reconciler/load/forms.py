"""What the models say about the mappings that people write: which keys they have, and in which forms."""

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel

#: The way to a value as a schema tells it: keys, positions, and the names of forms.
Loc: TypeAlias = tuple[int | str, ...]


def written_keys(model: type[BaseModel]) -> list[str]:
    """Return the keys that a model's mapping may have, as they are written."""
    return [info.alias or name for name, info in model.model_fields.items()]


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """Return the model of the mapping to which ``loc`` leads from ``model``, or None where there is none.

    Of a mapping with several forms it is the one that ``loc`` names, else the first.
    """
    return next(iter(models_at(model, loc)), None)


def models_at(model: type[BaseModel], loc: Loc) -> list[type[BaseModel]]:
    """Return the models of all forms of the mapping to which ``loc`` leads."""
    forms = [model]
    for part in loc:
        if isinstance(part, int):
            continue
        if named := [form for form in forms if len(forms) > 1 and part in fixed_values(form)]:
            forms = named
            continue
        forms = [found for form in forms[:1] for found in _models_in(_annotation(form, part))]
    return forms


def _annotation(model: type[BaseModel], key: str) -> Any:
    """Return the type of what stands under a key: a field's, else that of the further keys that a model may have."""
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    return fields.get(key, model.__annotations__.get("__pydantic_extra__"))


def fixed_values(model: type[BaseModel], key: str | None = None) -> list[str]:
    """Return the texts that fields of a model (the one named ``key``) are fixed to."""
    fields = {name: info for name, info in model.model_fields.items() if key in (None, name)}
    return [
        str(text)
        for info in fields.values()
        if get_origin(info.annotation) is Literal
        for text in get_args(info.annotation)
    ]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def description(model: type[BaseModel], loc: Loc, name: str) -> str:
    """Return what a key means in the mapping to which ``loc`` leads, or an empty string."""
    found = model_at(model, loc)
    info = found.model_fields.get(name) if found else None
    return (info.description or "") if info else ""
