"""Secret and private leaves of a resource, wherever in its nested mappings they lie.

A leaf is named by its dotted path (``password``, ``pay.iban``); items of lists are neither secret nor private. A
mapping may have several forms, each a model of its own (``pay`` by debit or by transfer), and a leaf may exist in one
form only.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from reconciler.model.fields import Fields, Json, Value
from reconciler.model.judging import annotations_of
from reconciler.model.meta import OURS
from reconciler.model.password_hash import SecretLeaf
from reconciler.model.scalars import Private
from reconciler.model.written import Written

Paths = frozenset[str]


def leaf_paths(model: type[Written]) -> tuple[Paths, Paths]:
    """Return the paths of the leaves that are secrets in any form, and of those that are marked with ``PRIVATE``."""
    secret: set[str] = set()
    private: set[str] = set()
    for name, annotation in _written(model).items():
        forms = list(_forms(annotation))
        if any(issubclass(form, SecretLeaf) for form in forms):
            secret.add(name)
        elif _is_private(annotation):
            private.add(name)
        else:
            for secret_below, private_below in map(leaf_paths, forms):
                secret |= {f"{name}.{path}" for path in secret_below}
                private |= {f"{name}.{path}" for path in private_below}
    return frozenset(secret), frozenset(private)


def secret_paths_of(model: type[Written], value: Fields) -> Paths:
    """Return the paths of the secrets that exist in the forms which the mappings of ``value`` have.

    A secret's own presence doesn't count, so that what an account reports without secrets has the same form.
    """
    return frozenset(_paths_of(model, value))


def secrets_in(model: Written) -> Iterator[tuple[str, SecretLeaf]]:
    """Yield each reference to a secret in a validated model, with its path."""
    for name, said in model.__said__.items():
        found = getattr(model, name)
        if isinstance(found, Written):
            path = said.alias or name
            if isinstance(found, SecretLeaf):
                yield path, found
            else:
                yield from ((f"{path}.{inner}", secret) for inner, secret in secrets_in(found))


def leaves(value: Fields, paths: Paths) -> dict[str, Value]:
    """Return the leaves of ``value`` that lie at ``paths``."""
    found = _walk(value) if any("." in path for path in paths) else value
    return {path: leaf for path, leaf in found if path in paths}


def replaced(value: Fields, paths: Paths, make: Callable[[str, Value], Value], above: str = "") -> Fields:
    """Return ``value`` with what ``make`` returns for path and leaf in place of each leaf at ``paths``."""

    def one(path: str, inner: Value) -> Value:
        if path in paths:
            return make(path, inner)
        return replaced(inner, paths, make, f"{path}.") if isinstance(inner, Fields) else inner

    return Fields((name, one(above + name, inner)) for name, inner in value)


def without(value: Fields, paths: Paths, above: str = "") -> Fields:
    """Return ``value`` without the leaves at ``paths``; a mapping stays, even empty."""
    return Fields(
        (name, without(inner, paths, f"{above}{name}.") if isinstance(inner, Fields) else inner)
        for name, inner in value
        if above + name not in paths
    )


def with_leaf(value: Fields, path: str, leaf: Value) -> Fields:
    """Return ``value`` with a leaf put at ``path``; mappings on the way must be there."""
    name, _, rest = path.partition(".")
    inner = value.value(name)
    return value.replaced(**{name: with_leaf(inner, rest, leaf) if rest and isinstance(inner, Fields) else leaf})


def with_references(
    model: type[Written], data: Mapping[str, Json], references: Mapping[str, Json], above: str = ""
) -> dict[str, Json]:
    """Return what a person writes for ``data``, in the model's order, with references put where their paths lead."""
    made: dict[str, Json] = {}
    for name, kind in _written(model).items():
        path, given = above + name, data.get(name)
        if path in references:
            made[name] = references[path]
        elif isinstance(given, dict) and (form := _form_of(kind, given)):
            made[name] = with_references(form, given, references, f"{path}.")
        elif name in data:
            made[name] = given
    return made


def without_secrets(model: type[Written]) -> type[Written]:
    """Return the model of what an account reports: the same without secrets and metadata, in every form."""
    kinds = annotations_of(model)
    kept = [name for name in model.__said__ if name not in OURS and not _is_secret(kinds[name])]
    body: dict[str, Any] = {name: model.__said__[name] for name in kept}
    body["__annotations__"] = {name: _readable(kinds[name]) for name in kept}
    return type(model.__name__, (Written,), {**body, "__module__": model.__module__})


def _readable(annotation: Any) -> Any:
    """Return a field's type with each model that holds a secret replaced by what an account reports."""
    if isinstance(annotation, type) and issubclass(annotation, Written) and leaf_paths(annotation)[0]:
        return without_secrets(annotation)
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return Annotated[(_readable(inner), *marks)]
    if get_origin(annotation) in (Union, UnionType):
        return reduce(or_, map(_readable, get_args(annotation)))
    return annotation


def _walk(value: Fields, above: str = "") -> Iterator[tuple[str, Value]]:
    for name, inner in value:
        yield above + name, inner
        if isinstance(inner, Fields):
            yield from _walk(inner, f"{above}{name}.")


def _written(model: type[Written]) -> dict[str, Any]:
    """Return the type of each field by its key."""
    kinds = annotations_of(model)
    return {said.alias or name: kinds[name] for name, said in model.__said__.items()}


def _paths_of(model: type[Written], value: Fields) -> Iterator[str]:
    for name, kind in _written(model).items():
        inner = value.value(name)
        if _is_secret(kind):
            yield name
        elif isinstance(inner, Fields) and (form := _form_of(kind, dict(inner))):
            yield from (f"{name}.{path}" for path in _paths_of(form, inner))


def _form_of(annotation: Any, mapping: Mapping[str, Value]) -> type[Written] | None:
    """Return the form that a field's mapping has: that which knows its keys, and to which its fixed values belong."""
    for form in _forms(annotation):
        fields = _written(form)
        fixed = {name: get_args(one) for name, one in fields.items() if get_origin(one) is Literal}
        if mapping.keys() <= fields.keys() and all(mapping.get(name) in allowed for name, allowed in fixed.items()):
            return form
    return None


def _is_secret(annotation: Any) -> bool:
    return any(issubclass(form, SecretLeaf) for form in _forms(annotation))


def _is_private(annotation: Any) -> bool:
    return any(isinstance(mark, Private) for mark in getattr(annotation, "__metadata__", ()))


def _forms(annotation: Any) -> Iterator[type[Written]]:
    """Yield the models that a field's type allows, not looking into lists."""
    if isinstance(annotation, type) and issubclass(annotation, Written):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for argument in get_args(annotation):
            yield from _forms(argument)
