"""Base of what people write: judged without pydantic as long as nothing is wrong with it.

A class names its fields with their types, as a pydantic model does. :mod:`reconciler.model.judging` turns these into
functions. Whatever they don't take is judged again by the pydantic model of the same fields, which says what is wrong,
and where; from it the schemas for editors are made, too. Both judge alike, which a test holds against each other.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, dataclass_transform, get_origin

from reconciler.model.judging import Judge, annotations_of, judge_of
from reconciler.model.marks import MISSING, Info, Said, said

if TYPE_CHECKING:
    from pydantic import BaseModel, GetCoreSchemaHandler
    from pydantic.fields import FieldInfo
    from pydantic_core import CoreSchema

#: What a mapping of a file is judged by.
Model: TypeAlias = "type[BaseModel] | type[Written]"
#: The name of each field, its default and what judges it, by its key; what judges further keys.
_Judges: TypeAlias = tuple[Mapping[str, tuple[str, Callable[[], Any], Judge]], Judge | None]
_known: dict[Any, _Judges] = {}
NOTHING_KNOWN: Mapping[str, Any] = {}


class _Fields:
    """The fields as pydantic tells them, of the class that is asked."""

    def __get__(self, one: "Written | None", cls: "type[Written]") -> "dict[str, FieldInfo]":
        return cls.model().model_fields


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(said,))
class Written:
    """A mapping that people write: unknown keys are errors, values are frozen."""

    #: Keys that people expect here and that aren't, each with what to do instead.
    refused_keys: ClassVar[Mapping[str, str]] = {}
    #: What each field says of itself, by its name.
    __said__: ClassVar[Mapping[str, Said]] = {}
    model_fields: ClassVar[_Fields] = _Fields()

    def __init_subclass__(cls) -> None:
        said = dict(cls.__said__)
        for name, annotation in vars(cls).get("__annotations__", {}).items():
            if get_origin(annotation) is ClassVar:
                continue
            value = vars(cls).get(name, MISSING)
            if value is not MISSING:
                delattr(cls, name)
            if not name.startswith("__"):
                said[name] = value if isinstance(value, Said) else Said(value)
        cls.__said__ = said

    def __init__(self, **given: Any) -> None:
        made = type(self).model_validate({self.__said__[n].alias or n: v for n, v in given.items()})
        vars(self).update(vars(made))

    @classmethod
    def model_validate(cls, data: Any, context: Mapping[str, Any] = NOTHING_KNOWN) -> Self:
        """Return what ``data`` says; raises ``pydantic.ValidationError`` with everything that is wrong with it.

        ``context`` is what the judges of fields may need to know beside the data.
        """
        try:
            return cls.judged(data, context)
        except Exception:  # what is wrong, and with what else, only the model says
            from reconciler.model.models import explained

            made: Self = explained(cls, data, context)
            return made

    @classmethod
    def judged(cls, data: Any, context: Mapping[str, Any] = NOTHING_KNOWN) -> Self:
        """Return what ``data`` says; raises whatever the first thing that is wrong with it raises."""
        if isinstance(data, cls):
            return data
        data = cls.spelt_out(data)
        if type(data) is not dict:
            raise TypeError("a mapping")
        fields, further = _judges(cls)
        values: dict[str, Any] = {}
        info = Info(context, values)
        for key, (name, default, judge) in fields.items():
            values[name] = judge(data[key], info) if key in data else default()
        if further is not None:
            values["__pydantic_extra__"] = {key: further(data[key], info) for key in data if key not in fields}
        elif not fields.keys() >= data.keys():
            raise KeyError("an unknown key")
        return cls._made(values)

    @classmethod
    def spelt_out(cls, data: Any) -> Any:
        """Return the mapping that ``data`` is short for; most have no shorter form."""
        return data

    @classmethod
    def written_in(cls, data: Any) -> frozenset[str]:
        """Return the fields that are written in ``data``, which was judged."""
        fields, _ = _judges(cls)
        return frozenset(fields[key][0] for key in cls.spelt_out(data) if key in fields)

    @classmethod
    def from_model(cls, model: "BaseModel") -> Self:
        """Return what a pydantic model of the same fields holds."""
        extra = {} if model.__pydantic_extra__ is None else {"__pydantic_extra__": model.__pydantic_extra__}
        return cls._made({**{name: getattr(model, name) for name in cls.__said__}, **extra})

    @classmethod
    def model_construct(cls, **given: Any) -> Self:
        """Return what ``given`` says, which nobody judges."""
        made = object.__new__(cls)
        vars(made).update({**{n: said.of_default() for n, said in cls.__said__.items() if n not in given}, **given})
        return made

    @classmethod
    def _made(cls, values: dict[str, Any]) -> Self:
        made = object.__new__(cls)
        vars(made).update(values)
        made.check()
        return made

    def check(self) -> None:
        """Raise ``PydanticCustomError`` where the fields don't go together."""

    @classmethod
    def model(cls) -> "type[BaseModel]":
        """Return the pydantic model of the same fields."""
        from reconciler.model.models import model_of

        return model_of(cls)

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """Return what editors are told."""
        return cls.model().model_json_schema()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from reconciler.model.models import schema_of

        return schema_of(cls, handler)

    def model_copy(self, update: Mapping[str, Any]) -> Self:
        """Return the same with some fields replaced, which nobody judges."""
        made = object.__new__(type(self))
        vars(made).update({**vars(self), **update})
        return made

    def model_dump(
        self, *, exclude_none: bool = False, exclude_defaults: bool = False, by_alias: bool = False
    ) -> dict[str, Any]:
        """Return the fields as JSON types."""
        how = {"exclude_none": exclude_none, "exclude_defaults": exclude_defaults, "by_alias": by_alias}
        found = {
            (said.alias or name if by_alias else name): _plain(value, how)
            for name, said in self.__said__.items()
            if not ((value := getattr(self, name)) is None and exclude_none)
            and not (exclude_defaults and not said.is_required and value == said.of_default())
        }
        return found | {key: _plain(value, how) for key, value in vars(self).get("__pydantic_extra__", {}).items()}

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} can't be set.")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.__said__)))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        yield from ((name, getattr(self, name)) for name in self.__said__)
        yield from vars(self).get("__pydantic_extra__", {}).items()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def _judges(cls: type[Written]) -> _Judges:
    """Return the fields with what judges them, and what judges further keys where there may be any."""
    if cls not in _known:
        _known[cls] = _made_judges(cls)
    return _known[cls]


def _made_judges(cls: type[Written]) -> _Judges:
    annotations = annotations_of(cls)
    further = annotations.get("__pydantic_extra__")
    return (
        {
            said.alias or name: (name, said.of_default, judge_of(annotations[name]))
            for name, said in cls.__said__.items()
        },
        None if further is None else judge_of(further.__args__[1]),
    )


def _plain(value: Any, how: Mapping[str, bool]) -> Any:
    if isinstance(value, Written):
        return value.model_dump(**how)
    if isinstance(value, Mapping):
        return {key: _plain(inner, how) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner, how) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
