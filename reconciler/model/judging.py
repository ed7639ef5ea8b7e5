"""From the type of a field to the function that judges a value for it, without pydantic.

Only types that people write are known here. A function returns the value, or raises anything at all: what is wrong is
then found out, and said, by the pydantic model of the same type.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import EnumType
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from reconciler.model.marks import AfterValidator, BeforeValidator, Discriminator, Info

Judge: TypeAlias = Callable[[Any, Info], Any]


def annotations_of(cls: type) -> dict[str, Any]:
    """Return the type of each field, those of the base classes first."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found |= vars(base).get("__annotations__", {})
    return found


def judge_of(annotation: Any) -> Judge:
    """Return what judges a value for a type; raises ``TypeError`` for a type that isn't known here."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _marked(arguments[0], arguments[1:])
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, UnionType):
        return _any_of(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return _items(judge_of(arguments[0]))
    if origin in (dict, Mapping):
        return _entries(judge_of(arguments[0]), judge_of(arguments[1]))
    if annotation is Any:
        return lambda value, info: value
    if isinstance(annotation, type) and hasattr(annotation, "judged"):
        judged = annotation.judged
        return lambda value, info: judged(value, info.context)
    if isinstance(annotation, EnumType):
        members = annotation
        return lambda value, info: members(value)
    if isinstance(annotation, type) and origin is None:
        return _instance(annotation)
    raise TypeError(f"no field has the type {annotation}")


def _marked(annotation: Any, marks: tuple[Any, ...]) -> Judge:
    forms = next((mark for mark in marks if isinstance(mark, Discriminator)), None)
    judge = _form(forms.key, get_args(annotation)) if forms else judge_of(annotation)
    for mark in marks:
        if isinstance(mark, BeforeValidator):
            judge = _both(_called(mark), judge)
        elif isinstance(mark, AfterValidator):
            judge = _both(judge, _called(mark))
    return judge


def _called(mark: BeforeValidator | AfterValidator) -> Judge:
    call = mark.call
    return call if mark.informed else lambda value, info: call(value)


def _both(first: Judge, then: Judge) -> Judge:
    return lambda value, info: then(first(value, info), info)


def _instance(expected: type) -> Judge:
    def judge(value: Any, info: Info) -> Any:
        if type(value) is not expected:
            raise TypeError(expected.__name__)
        return value

    return judge


def _one_of(options: tuple[Any, ...]) -> Judge:
    def judge(value: Any, info: Info) -> Any:
        if type(value) not in (str, int) or value not in options:
            raise ValueError(options)
        return value

    return judge


def _any_of(options: tuple[Any, ...]) -> Judge:
    """Return what judges a value by the one type beside None, or by the first of several that takes it."""
    judges = [judge_of(option) for option in options if option is not NoneType]
    nothing, first = NoneType in options, judges[0]

    def judge_all(value: Any, info: Info) -> Any:
        for judge in judges:
            with suppress(Exception):  # the next one may take it
                return judge(value, info)
        raise TypeError(options)

    judge = first if len(judges) == 1 else judge_all
    return (lambda value, info: None if value is None else judge(value, info)) if nothing else judge


def _items(judge: Judge) -> Judge:
    def judge_all(value: Any, info: Info) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError("a list")
        return tuple([judge(item, info) for item in value])

    return judge_all


def _entries(of_key: Judge, of_value: Judge) -> Judge:
    def judge_all(value: Any, info: Info) -> Any:
        if not isinstance(value, dict):
            raise TypeError("a mapping")
        return {of_key(key, info): of_value(inner, info) for key, inner in value.items()}

    return judge_all


def _form(key: str, forms: tuple[Any, ...]) -> Judge:
    """Return what judges a mapping by that of its ``forms`` to which the value of ``key`` belongs."""
    by_name = {name: form for form in forms for name in get_args(form.__annotations__[key])}

    def judge(value: Any, info: Info) -> Any:
        if isinstance(value, forms):
            return value
        return by_name[value[key]].judged(value, info.context)

    return judge
