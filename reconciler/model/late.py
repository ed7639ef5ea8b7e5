"""What is made when it is first used: the methods of dataclasses, and regular expressions.

Python writes the methods of a dataclass as text and compiles it at each start, half a millisecond for each class, and
compiles each regular expression: together that was a third of what a start of this program cost. A run uses few.
"""

import dataclasses
import inspect
import re
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

__all__ = ["dataclass", "pattern"]

_FIELDS = "__dataclass_fields__"
_FINISHING = RLock()


def _init(self: Any, *args: Any, **given: Any) -> None:
    """Stand for ``__init__`` of each dataclass until the first is made, also where one above it has its own already."""
    cls = next(cls for cls in type(self).__mro__ if _FIELDS in vars(cls))
    _finish(cls)
    vars(cls)["__init__"](self, *args, **given)


class _Later:
    """Stands for the fields of a dataclass until somebody asks for them: what its body says of them."""

    def __init__(self, said: dict[str, Any], frozen: bool) -> None:
        self.said, self.frozen = said, frozen

    def __get__(self, one: object, cls: type) -> Any:
        _finish(next(cls for cls in cls.__mro__ if vars(cls).get(_FIELDS) is self))
        return getattr(cls, _FIELDS)


def _finish(cls: type) -> None:
    """Make a class a dataclass, unless it has become one meanwhile.

    ``__init__`` comes last, from a class below it: another thread that has it can make one whose fields have slots.
    """
    with _FINISHING:
        later = vars(cls)[_FIELDS]
        if not isinstance(later, _Later):
            return
        slots = {name: vars(cls)[name] for name in later.said if name in vars(cls)}
        for name, default in later.said.items():
            setattr(cls, name, default)
        dataclasses.dataclass(init=False, frozen=later.frozen)(cls)
        for name, slot in slots.items():
            setattr(cls, name, slot)
        if vars(cls)["__init__"] is _init:
            below = type(cls)(cls.__name__, (cls,), {"__slots__": (), "__qualname__": cls.__qualname__})
            dataclasses.dataclass(repr=False, eq=False, frozen=later.frozen)(below)
            type.__setattr__(cls, "__init__", vars(below)["__init__"])


def _unfinished(cls: type, fields: list[str], slots: bool) -> type:
    """Return the class as it is to be, with a slot for each field where it has slots, but no way to make one."""
    left_out = {*(fields if slots else ()), "__dict__", "__weakref__"}
    body = {name: value for name, value in vars(cls).items() if name not in left_out}
    if slots:
        body["__slots__"] = tuple(fields)
    made = type(cls)(cls.__name__, cls.__bases__, {"__init__": _init, **body})
    made.__qualname__ = cls.__qualname__
    return made


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
            fields = [name for name, kind in inspect.get_annotations(cls).items() if not _is_shared(kind)]
            said = {name: vars(cls)[name] for name in fields if name in vars(cls)}
            made = _unfinished(cls, fields, slots)
            setattr(made, _FIELDS, _Later(said if slots else {}, frozen))
            return made

        return decorate

    def pattern(text: str | bytes, flags: int = 0) -> "_Pattern":
        """Return a regular expression that is compiled when it is first asked for anything."""
        return _Pattern(text, flags)
