"""Dataclasses and regular expressions that are made when they are first used are what Python's own are."""

import dataclasses
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from typing import Any, ClassVar

import pytest

from reconciler.model import late
from reconciler.model.late import pattern


def _family(dataclass: Any) -> tuple[type[Any], type[Any], type[Any]]:
    @dataclass(frozen=True, slots=True)
    class Parent:
        name: str
        shared: ClassVar[int] = 7
        parts: tuple[str, ...] = ()
        kept: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @dataclass(frozen=True, slots=True)
    class Child(Parent):
        more: int = 3

        @property
        def double(self) -> int:
            return 2 * self.more

    @dataclass()
    class Open:
        count: int = 0

    return Parent, Child, Open


OURS = _family(late.dataclass)
THEIRS = _family(dataclasses.dataclass)
both = pytest.mark.parametrize("family", [OURS, THEIRS], ids=["ours", "Python's"])


@both
def test_values_compare_hash_and_show_by_their_fields(family: tuple[type[Any], ...]) -> None:
    """Equality and hash go by the fields that are compared, and all others show but those left out."""
    _, child, _ = family
    one, other = child("a", ("x",), {"n": 1}), child("a", ("x",), {"n": 2})
    assert (one == other, hash(one) == hash(other), one == child("b")) == (True, True, False)
    assert repr(one).endswith("Child(name='a', parts=('x',), more=3)")
    assert (one.double, one.shared, replace(one, more=5).double) == (6, 7, 10)


@both
def test_a_frozen_one_stays_as_it_is(family: tuple[type[Any], ...]) -> None:
    """Nothing can be set, nor taken away, nor added."""
    parent, _, open_ = family
    one = parent("a")
    for name in ("name", "parts", "other"):
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            setattr(one, name, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    assert not hasattr(one, "__dict__")
    free = open_()
    free.count = 2
    assert free == open_(2)


@both
def test_each_has_defaults_of_its_own(family: tuple[type[Any], ...]) -> None:
    """What a factory makes belongs to one alone; what is missing or too much is an error."""
    parent, child, _ = family
    assert parent("a").kept is not parent("a").kept
    for given in ((), ("a", (), {}, 1, 2)):
        with pytest.raises(TypeError):
            child(*given)


@both
def test_one_above_may_be_made_before(family: tuple[type[Any], ...]) -> None:
    """A class is made in its own way, whether or not one of its parents was made already."""
    parent, child, _ = family
    assert (parent("a").parts, child("b").more, child("b", more=4).more) == ((), 3, 4)


def test_what_is_unusual_is_left_to_python() -> None:
    """A field that isn't given, and what is done once all are, work as anywhere, also in a class below."""

    @late.dataclass(frozen=True, slots=True)
    class Above:
        name: str
        loud: bool = False
        told: str = dataclasses.field(init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "told", self.name.upper() if self.loud else self.name)

    @late.dataclass(frozen=True)
    class Below(Above):
        more: int = 1

    assert (Above("a", True).told, Below("b", True, 2).told, Below("b").more) == ("A", "B", 1)
    assert [one.name for one in dataclasses.fields(Below)] == ["name", "loud", "told", "more"]


def test_fields_are_known_before_the_first_is_made() -> None:
    """Whoever asks a class for its fields gets those of its parents, too."""
    _, child, _ = _family(late.dataclass)
    assert [one.name for one in dataclasses.fields(child)] == ["name", "parts", "kept", "more"]
    assert dataclasses.is_dataclass(child)


def test_a_class_below_that_is_no_dataclass_is_made_by_its_parents_way() -> None:
    """A plain class may stand below, with or without a way of its own to be made."""
    parent, _, _ = _family(late.dataclass)

    class Plain(parent):  # type: ignore[misc,valid-type]
        pass

    class Own(parent):  # type: ignore[misc,valid-type]
        def __init__(self) -> None:
            super().__init__("own")

    assert (Own().name, Plain("x").name) == ("own", "x")


def test_fields_may_be_given_by_place_or_by_name_once_each() -> None:
    """What is missing, too much, unknown or given twice is told by name."""
    _, child, open_ = _family(late.dataclass)
    assert child("a", kept={"n": 1}, more=2) == child("a", (), {}, 2)
    assert child(name="a", parts=("b",)) == child("a", ("b",))
    for args, given, told in [
        ((), {}, "'name'"),
        (("a", (), {}, 1, 2), {}, "4 fields"),
        (("a",), {"name": "b"}, "name"),
        (("a",), {"other": 1}, "other"),
        ((), {"more": 1}, "'name'"),
    ]:
        with pytest.raises(TypeError, match=told):
            child(*args, **given)
    assert open_(count=3).count == 3


def test_fields_may_be_asked_for_by_many_at_once() -> None:
    """Threads that ask for the fields of a class at the same moment each get them all, however they take turns."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(20):
                _, child, _ = _family(late.dataclass)
                made = list(pool.map(lambda name, child=child: replace(child(name), more=4), "abcdefgh"))
                assert made == [child(name, more=4) for name in "abcdefgh"]
    finally:
        sys.setswitchinterval(before)


def test_no_method_is_written_for_a_class() -> None:
    """Python writes the methods of a dataclass as text; ours are shared, and only its fields are asked for."""
    parent, child, _ = _family(late.dataclass)
    made = parent("a"), child("b")
    for name in ("__init__", "__eq__", "__repr__", "__hash__"):
        assert vars(parent)[name] is vars(child)[name]
    assert replace(made[0], name="c") == parent("c")


def test_methods_of_its_own_stay() -> None:
    """A class may say itself what is equal; frozen, it still has a hash, and open, none."""

    @late.dataclass(frozen=True)
    class Frozen:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Frozen)

    @late.dataclass()
    class Open:
        name: str

        def __repr__(self) -> str:
            return "mine"

    assert Frozen("a") == Frozen("b")
    assert hash(Frozen("a")) == hash(Frozen("a"))
    assert (repr(Open("a")), Open.__hash__) == ("mine", None)


def test_other_dataclasses_may_stand_below() -> None:
    """Python's own dataclasses can be made of ours, and know their fields; others are asked and replaced as usual."""
    parent, _, _ = _family(late.dataclass)

    @dataclasses.dataclass(frozen=True)
    class Theirs(parent):  # type: ignore[misc,valid-type]
        last: str = "z"

    one = Theirs("a", last="y")
    assert (one.name, one.last, replace(one, name="b").name) == ("a", "y", "b")
    assert dataclasses.asdict(parent("a", ("b",))) == {"name": "a", "parts": ("b",), "kept": {}}


def test_an_expression_is_compiled_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers as Python's own does, and is compiled once, by whoever asks first."""
    compiled: list[str] = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda text, flags=0: compiled.append(text) or real(text, flags))
    one = pattern(r"(?P<head>\w+)-(\d+)", re.IGNORECASE)
    assert (compiled, one.pattern) == ([], r"(?P<head>\w+)-(\d+)")
    found = one.match("ab-12 cd-3")
    assert found is not None and found["head"] == "ab"
    assert (one.sub("_", "x-1 y-2"), one.findall("x-1"), one.fullmatch("x")) == ("_ _", [("x", "1")], None)
    assert one.groups == 2
    assert pattern(rb"\d").search(b"a1") is not None
