"""What is made when it is first used: the methods of dataclasses, and regular expressions.

Python writes the methods of a dataclass as text and compiles it at each start, half a millisecond for each class, and
compiles each regular expression: together that was a third of what a start of this program cost. A run uses few.

Here all dataclasses share their methods but ``__init__``, which is written when the first of a class is made. Fields as
``dataclasses`` knows them are there when it asks for them (``replace``, ``fields``, ``asdict``).
"""

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

__all__ = ["dataclass", "pattern"]

_FIELDS, _LATE = "__dataclass_fields__", "__late__"
_MAKING = RLock()
_MISSING = dataclasses.MISSING


class _Late:
    """What the body of a class says of its fields, and those of the classes above it: all that is needed later."""

    def __init__(self, own: Mapping[str, Any], said: Mapping[str, Any], frozen: bool) -> None:
        self.own, self.said, self.frozen = own, said, frozen
        self.shown = [name for name, given in said.items() if not isinstance(given, dataclasses.Field) or given.repr]
        compared = [name for name, given in said.items() if not isinstance(given, dataclasses.Field) or given.compare]
        self.compared: Callable[[Any], Any] = attrgetter(*compared) if compared else type


class _Fields:
    """Stands for the fields of a dataclass until somebody asks for them."""

    def __get__(self, one: object, cls: type) -> Any:
        owner: Any = next(cls for cls in cls.__mro__ if _LATE in vars(cls))
        with _MAKING:
            if vars(owner).get(_FIELDS) is self:
                late = vars(owner)[_LATE]
                body = {name: value for name, value in vars(owner).items() if name not in {*_LEFT_OUT, *late.own}}
                own = {name: given for name, given in late.own.items() if given is not _MISSING}
                model: Any = type(owner)(owner.__name__, owner.__bases__, {**body, **own})
                made = dataclasses.dataclass(frozen=late.frozen)(model)
                owner.__dataclass_params__ = made.__dataclass_params__
                owner.__dataclass_fields__ = made.__dataclass_fields__
        return getattr(owner, _FIELDS)


def _init(self: Any, *args: Any, **given: Any) -> None:
    """Stand for ``__init__`` of each dataclass until the first is made."""
    cls = next(cls for cls in type(self).__mro__ if _LATE in vars(cls))
    with _MAKING:
        if vars(cls)["__init__"] is _init:
            type.__setattr__(cls, "__init__", _written_init(vars(cls)[_LATE]))
    vars(cls)["__init__"](self, *args, **given)


def _written_init(late: _Late) -> Any:
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": _MISSING}
    takes, sets = ["self"], []
    for name, given in late.said.items():
        if isinstance(given, dataclasses.Field) and given.default_factory is not _MISSING:
            names[f"_make_{name}"] = given.default_factory
            takes.append(f"{name}=_missing")
            sets.append(f" _set(self, {name!r}, _make_{name}() if {name} is _missing else {name})")
            continue
        default = given.default if isinstance(given, dataclasses.Field) else given
        names[f"_default_{name}"] = default
        takes.append(name if default is _MISSING else f"{name}=_default_{name}")
        sets.append(f" _set(self, {name!r}, {name})")
    exec(f"def __init__({', '.join(takes)}):\n" + ("\n".join(sets) or " pass"), names)
    return names["__init__"]


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    compared = getattr(type(self), _LATE).compared
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(getattr(type(self), _LATE).compared(self))


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name in getattr(type(self), _LATE).shown)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    if _LATE in vars(type(self)) or name in getattr(type(self), _LATE).said:
        raise dataclasses.FrozenInstanceError(f"{name!r} can't be changed")
    object.__setattr__(self, name, *value) if value else object.__delattr__(self, name)


#: What a class that ``dataclasses`` is shown doesn't have yet.
_LEFT_OUT = (_FIELDS, _LATE, "__slots__", "__dict__", "__weakref__", "__init__", "__setattr__", "__delattr__")


def _methods(cls: type, frozen: bool) -> dict[str, Any]:
    """Return the methods that a dataclass has of its own, without those that its body has already."""
    methods: dict[str, Any] = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash if frozen else None,
    }
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
    body = vars(cls)
    given = {name for name in methods if name in body and not (name == "__hash__" and body[name] is None)}
    return {name: method for name, method in methods.items() if name not in given}


def _made(cls: type, frozen: bool, slots: bool) -> type:
    """Return the class with a slot for each field where it has slots, and what is the same in each dataclass."""
    body = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}}
    fields = [name for name, kind in inspect.get_annotations(cls).items() if not _is_shared(kind)]
    own = {name: body.get(name, _MISSING) for name in fields}
    for name, given in own.items():
        default = given.default if isinstance(given, dataclasses.Field) else given
        body.pop(name, None)
        if not slots and default is not _MISSING:
            body[name] = default
    above: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        above |= vars(base)[_LATE].own if _LATE in vars(base) else {}
    late = _Late(own, {**above, **own}, frozen)
    if slots:
        body["__slots__"] = tuple(fields)
    body |= {**_methods(cls, frozen), _LATE: late, _FIELDS: _Fields(), "__match_args__": tuple(late.said)}
    made = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _is_usual(cls: type) -> bool:
    """Tell whether a class is one of those made here: each field is given when one is made, and nothing is done then.

    What else ``dataclasses`` knows is left to it, and so is what stands below that.
    """
    if any(_FIELDS in vars(base) and _LATE not in vars(base) for base in cls.__mro__[1:]):
        return False
    given = [each for each in vars(cls).values() if isinstance(each, dataclasses.Field)]
    usual = all(each.init and each.kw_only in (False, _MISSING) and not each.metadata for each in given)
    return usual and not hasattr(cls, "__post_init__")


def _is_shared(annotation: Any) -> bool:
    return annotation is ClassVar or get_origin(annotation) is ClassVar


class _Pattern:
    """A regular expression; what was asked of it once is there at once the next time."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    from dataclasses import dataclass
    from re import compile as pattern
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """Return what makes a class a dataclass once the first of it is made, or its fields are asked for."""

        def decorate(cls: type) -> type:
            usual = _is_usual(cls)
            return _made(cls, frozen, slots) if usual else dataclasses.dataclass(frozen=frozen, slots=slots)(cls)

        return decorate

    def pattern(text: str | bytes, flags: int = 0) -> "_Pattern":
        """Return a regular expression that is compiled when it is first asked for anything."""
        return _Pattern(text, flags)
