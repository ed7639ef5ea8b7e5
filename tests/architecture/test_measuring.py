"""What the budgets are measured with measures what it says."""

from pathlib import Path

import pytest

from architecture.budgets import Figure, annotated, documented, longest_chain, modules_in_cycles
from architecture.source import Module, internal_imports, modules


def module(text: str, name: str = "made") -> Module:
    """Return a module that exists only here."""
    return Module(Path(__file__).parents[2] / f"{name}.py", text)


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ({"a": frozenset()}, 1),
        ({"a": frozenset({"b"}), "b": frozenset()}, 2),
        ({"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset()}, 3),
    ],
)
def test_a_chain_counts_modules(imports: dict[str, frozenset[str]], expected: int) -> None:
    """The longest way down, both ends counted."""
    assert longest_chain(imports) == expected


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ({"a": frozenset({"b"}), "b": frozenset()}, 0),
        ({"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset({"a"})}, 2),
        ({"a": frozenset({"b"}), "b": frozenset({"a"}), "c": frozenset({"d"}), "d": frozenset({"c"})}, 4),
    ],
)
def test_modules_on_cycles_are_counted_once(imports: dict[str, frozenset[str]], expected: int) -> None:
    """A module that only imports a cycle isn't on it."""
    assert modules_in_cycles(imports) == expected


def test_what_a_function_imports_is_not_loaded_with_the_module() -> None:
    """Lazy imports and imports for type checkers don't lengthen the chain, but count for cycles."""
    text = (
        "import a\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n"
        "class C:\n    import c\n    def f(self):\n        import d\n"
        "try:\n    import e\nexcept ImportError:\n    pass\n"
    )
    assert {"a", "c", "e"} <= module(text).imports(at_load=True)
    assert not {"b", "d"} & module(text).imports(at_load=True)
    assert {"a", "b", "c", "d", "e"} <= module(text).imports(at_load=False)


def test_importing_a_name_finds_its_module() -> None:
    """``from package import module`` is an import of the module; an import of itself is none."""
    one, two = module("from made_two import x\nimport made_one\n", "made_one"), module("x = 1\n", "made_two")
    assert internal_imports([one, two], at_load=True) == {"made_one": {"made_two"}, "made_two": frozenset()}


def test_public_functions_are_those_a_reader_may_call() -> None:
    """Functions and methods of public classes; nested and private ones aren't."""
    text = (
        'def told():\n    """Yes."""\ndef silent():\n    def inner(): ...\ndef _own(): ...\n'
        'class C:\n    def told(self):\n        """Yes."""\nclass _D:\n    def hidden(self): ...\n'
    )
    assert [f.name for f in module(text).public_functions()] == ["told", "silent", "told"]
    assert documented([module(text)]) == pytest.approx(66.7)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("def f(a: int, *b: int, c: int = 1, **d: int) -> None: ...", 100),
        ("def f(a, b: int) -> None: ...", 0),
        ("def f(a: int): ...", 0),
        ("class C:\n    def f(self) -> None: ...\n    @classmethod\n    def g(cls) -> None: ...", 100),
        ("def f(*a) -> None: ...\ndef g() -> None: ...", 50),
    ],
)
def test_an_annotated_function_has_a_type_everywhere(text: str, percent: float) -> None:
    """Every argument and the result, ``self`` and ``cls`` excepted."""
    assert annotated([module(text)]) == percent


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x = 1  # type: ignore[arg-type]  # bytes by the model", "bytes by the model"),
        ("x = 1  # type: ignore[arg-type]", ""),
        ("x = 1  # noqa: S608  # only question marks", "only question marks"),
        ("x = 1  # noqa", ""),
        ("if x:  # pragma: no cover", ""),
    ],
)
def test_a_suppression_and_its_reason_are_found(line: str, reason: str) -> None:
    """The reason is a comment of its own behind the one that switches the check off."""
    assert [found[2] for found in module(line).suppressions()] == [reason]


def test_ordinary_comments_are_no_suppressions() -> None:
    """Words about checks aren't checks switched off."""
    assert list(module("x = 1  # the type: int\n# no quality assurance\n").suppressions()) == []


@pytest.mark.parametrize(
    ("figure", "kept", "budget"),
    [
        (Figure("f", 3, most=3), True, "at most 3"),
        (Figure("f", 4, most=3), False, "at most 3"),
        (Figure("f", 2, least=3), False, "at least 3"),
        (Figure("f", 2, least=1, most=3), True, "1 to 3"),
        (Figure("f", 2, least=3, most=3), False, "exactly 3"),
    ],
)
def test_a_budget_says_what_it_allows(figure: Figure, kept: bool, budget: str) -> None:
    """Equal is allowed."""
    assert (figure.kept, figure.budget) == (kept, budget)


def test_empty_files_are_not_measured(tmp_path: Path) -> None:
    """A package without a table has an empty ``__init__``, which says nothing about sizes."""
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "room.py").write_text("x = 1\n")
    assert [found.path.name for found in modules(tmp_path)] == ["room.py"]
