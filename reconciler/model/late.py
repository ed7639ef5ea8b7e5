"""Dataclasses and regular expressions that cost a start nothing: what they need is made when it is first used.

Python writes the methods of a dataclass as text and compiles it at each start, half a millisecond for each class, and
compiles each regular expression: together that was a third of what a start of this program cost. A run uses few.

Here all dataclasses share their methods, which go by the fields that a class says it has. Fields as ``dataclasses``
knows them are there when it asks for them (``replace``, ``fields``, ``asdict``).
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

__all__ = ["dataclass", "pattern"]

_FIELDS, _LATE = "__dataclass_fields__", "__late__"
_MISSING = dataclasses.MISSING
_set = object.__setattr__


class _Late:
    """What the body of a class says of its fields, and those of the classes above it: all that is needed later."""

    def __init__(self, own: Mapping[str, Any], said: Mapping[str, Any], frozen: bool) -> None:
        self.own, self.said, self.frozen, self.names = own, said, frozen, tuple(said)

    @cached_property
    def shown(self) -> list[str]:
        """The names of the fields that are shown."""
        return [name for name, given in self.said.items() if not isinstance(given, dataclasses.Field) or given.repr]

    @cached_property
    def compared(self) -> Callable[[Any], Any]:
        """What gives the values of an instance that are compared."""
        said = self.said.items()
        names = [name for name, given in said if not isinstance(given, dataclasses.Field) or given.compare]
        return attrgetter(*names) if names else type

    def otherwise(self, name: str) -> Any:
        """Return the value of a field that isn't given; raises ``TypeError`` for one that must be."""
        said = self.said[name]
        if isinstance(said, dataclasses.Field):
            said = said.default if said.default_factory is _MISSING else said.default_factory()
        if said is _MISSING:
            raise TypeError(f"{name!r} must be given")
        return said


class _Fields:
    """Stands for the fields of a dataclass until somebody asks for them; several threads may, and get equal ones."""

    def __get__(self, one: object, cls: type) -> Any:
        owner: Any = next(cls for cls in cls.__mro__ if _LATE in vars(cls))
        late = vars(owner)[_LATE]
        kinds: dict[str, Any] = {}
        for base in reversed(owner.__mro__):
            kinds |= base.__annotations__ if _LATE in vars(base) else {}
        given = {name: said for name, said in late.said.items() if said is not _MISSING}
        body = {"__doc__": "Has the same.", "__annotations__": {name: kinds[name] for name in late.names}}
        made = _without_methods(type(owner.__name__, (), body | given))
        owner.__dataclass_params__ = _params(late.frozen)
        owner.__dataclass_fields__ = made.__dataclass_fields__
        return made.__dataclass_fields__


def _without_methods(cls: type, frozen: bool = False) -> Any:
    return dataclasses.dataclass(init=False, repr=False, eq=False, frozen=frozen)(cls)


@cache
def _params(frozen: bool) -> Any:
    return _without_methods(type("Empty", (), {"__doc__": "Has none."}), frozen).__dataclass_params__


def _init(self: Any, *args: Any, **given: Any) -> None:
    """Set each field to what is given by place or by name, or to what the class says it is otherwise."""
    late = self.__late__
    if len(args) > len(late.names):
        raise TypeError(f"{type(self).__qualname__} has {len(late.names)} fields, and {len(args)} are given")
    for name, value in zip(late.names, args, strict=False):
        _set(self, name, value)
    for name in late.names[len(args) :]:
        _set(self, name, given.pop(name) if name in given else late.otherwise(name))
    if given:
        raise TypeError(f"{type(self).__qualname__} has no field {', '.join(given)}, or it is given twice")


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
    _set(self, name, *value) if value else object.__delattr__(self, name)


#: The methods of each dataclass, by whether it is frozen; what a class defines itself takes their place.
_OPEN: Mapping[str, Any] = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": None}
_FROZEN: Mapping[str, Any] = {**_OPEN, "__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}


def _made(cls: type, frozen: bool, slots: bool) -> type:
    """Return the class with a slot for each field where it has slots, and what is the same in each dataclass."""
    body = {name: value for name, value in vars(cls).items() if name not in {"__dict__", "__weakref__"}}
    if body.get("__hash__") is None:  # as Python has it of a class that says what is equal
        body.pop("__hash__", None)
    own = {name: body.get(name, _MISSING) for name, kind in cls.__annotations__.items() if not _is_shared(kind)}
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
        body["__slots__"] = tuple(own)
    body |= {_LATE: late, _FIELDS: _Fields(), "__match_args__": late.names}
    made = type(cls)(cls.__name__, cls.__bases__, {**(_FROZEN if frozen else _OPEN), **body})
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
    return annotation is ClassVar or getattr(annotation, "__origin__", None) is ClassVar


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
