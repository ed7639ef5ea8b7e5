"""What the models say about the mappings that people write: which keys they have, and in which forms."""

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, cast, get_args, get_origin

from reconciler.model.written import Model, Written

#: The way to a value as a schema tells it: keys, positions, and the names of forms.
Loc: TypeAlias = tuple[int | str, ...]


def written_keys(model: Model) -> list[str]:
    """Return the keys that a model's mapping may have, as they are written."""
    if issubclass(model, Written):
        return [said.alias or name for name, said in model.__said__.items()]
    return [info.alias or name for name, info in model.model_fields.items()]


def model_at(model: Model, loc: Loc) -> "Model | None":
    """Return the model of the mapping to which ``loc`` leads from ``model``, or None where there is none.

    Of a mapping with several forms it is the one that ``loc`` names, else the first.
    """
    return next(iter(models_at(model, loc)), None)


def models_at(model: Model, loc: Loc) -> list[Model]:
    """Return the models of all forms of the mapping to which ``loc`` leads; none where its keys are names."""
    forms = [model]
    names = False
    for part in loc:
        if isinstance(part, int):
            continue
        if names:  # the value of any name has the forms that were found already
            names = False
            continue
        if named := [form for form in forms if len(forms) > 1 and part in fixed_values(form)]:
            forms = named
            continue
        annotations = [_annotation(form, part) for form in forms[:1]]
        forms = [found for annotation in annotations for found in _models_in(annotation)]
        names = any(map(_has_names, annotations))
    return [] if names else forms


def _annotation(model: Model, key: str) -> Any:
    """Return the type of what stands under a key: a field's, else that of the further keys that a model may have."""
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    further = get_args(model.__annotations__.get("__pydantic_extra__"))
    return fields.get(key, further[-1] if further else None)


def _has_names(annotation: Any) -> bool:
    """Tell whether a type is a mapping whose keys are names."""
    return get_origin(annotation) is dict or any(get_origin(option) is dict for option in get_args(annotation))


def fixed_values(model: Model, key: str | None = None) -> list[str]:
    """Return the texts that fields of a model (the one named ``key``) are fixed to."""
    fields = {name: info for name, info in model.model_fields.items() if key in (None, name)}
    return [
        str(text)
        for info in fields.values()
        if get_origin(info.annotation) is Literal
        for text in get_args(info.annotation)
    ]


def _models_in(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield cast("Model", annotation)
    for argument in get_args(annotation):
        yield from _models_in(argument)


def description(model: Model, loc: Loc, name: str) -> str:
    """Return what a key means in the mapping to which ``loc`` leads, or an empty string."""
    found = model_at(model, loc)
    info = found.model_fields.get(name) if found else None
    return (info.description or "") if info else ""
