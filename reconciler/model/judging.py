"""From the type of a field to the function that judges a value for it, without pydantic.

Only types that settings have are known here. A function returns the value, or raises anything at all: what is wrong is
then found out, and said, by the pydantic model of the same type.
"""

from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from reconciler.model.marks import AfterValidator, BeforeValidator, Discriminator

Judge: TypeAlias = Callable[[Any], Any]


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
        return _optional(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return _items(judge_of(arguments[0]))
    if origin in (dict, Mapping):
        return _entries(judge_of(arguments[0]), judge_of(arguments[1]))
    if annotation is Any:
        return lambda value: value
    if isinstance(annotation, type) and hasattr(annotation, "judged"):
        judged: Judge = annotation.judged
        return judged
    if isinstance(annotation, type) and origin is None:
        return _instance(annotation)
    raise TypeError(f"no field of settings has the type {annotation}")


def _marked(annotation: Any, marks: tuple[Any, ...]) -> Judge:
    forms = next((mark for mark in marks if isinstance(mark, Discriminator)), None)
    judge = _form(forms.key, get_args(annotation)) if forms else judge_of(annotation)
    for mark in marks:
        if isinstance(mark, BeforeValidator):
            judge = _both(mark.call, judge)
        elif isinstance(mark, AfterValidator):
            judge = _both(judge, mark.call)
    return judge


def _both(first: Judge, then: Judge) -> Judge:
    return lambda value: then(first(value))


def _instance(expected: type) -> Judge:
    def judge(value: Any) -> Any:
        if type(value) is not expected:
            raise TypeError(expected.__name__)
        return value

    return judge


def _one_of(options: tuple[Any, ...]) -> Judge:
    def judge(value: Any) -> Any:
        if not isinstance(value, str) or value not in options:
            raise ValueError(options)
        return value

    return judge


def _optional(options: tuple[Any, ...]) -> Judge:
    given = [option for option in options if option is not NoneType]
    if len(given) != 1 or len(given) == len(options):
        raise TypeError(f"no field of settings has the type {options}")
    judge = judge_of(given[0])
    return lambda value: None if value is None else judge(value)


def _items(judge: Judge) -> Judge:
    def judge_all(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise TypeError("a list")
        return tuple(map(judge, value))

    return judge_all


def _entries(of_key: Judge, of_value: Judge) -> Judge:
    def judge_all(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError("a mapping")
        return {of_key(key): of_value(inner) for key, inner in value.items()}

    return judge_all


def _form(key: str, forms: tuple[Any, ...]) -> Judge:
    """Return what judges a mapping by that of its ``forms`` to which the value of ``key`` belongs."""
    by_name = {name: form for form in forms for name in get_args(form.__annotations__[key])}

    def judge(value: Any) -> Any:
        if isinstance(value, forms):
            return value
        return by_name[value[key]].judged(value)

    return judge
