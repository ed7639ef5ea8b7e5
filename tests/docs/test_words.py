"""One word per idea: what people read uses the words of the glossary."""

import ast
import re
from collections.abc import Iterator

import pytest

from architecture.source import PACKAGE, ROOT, Module, modules

#: Words the glossary tells us to avoid, as they would stand in a sentence.
AVOIDED = re.compile(
    r"\b(?:synchroni[sz]\w*|syncs?|managers?|utils?|helpers?|entity|entities|invalid)\b"
    r"|(?<!the three )(?<!account-)\b(?<!desired )(?<!live )(?<!applied )state\b",
    re.IGNORECASE,
)
ROOMS = [module for room in ("cli", "report", "check", "load", "planner") for module in modules(PACKAGE / room)]


def _texts(module: Module) -> Iterator[tuple[int, str]]:
    """Return the string literals of a module that hold a sentence, docstrings and patterns left out."""
    silent = {id(opening) for node in ast.walk(module.tree) if (opening := _docstring(node)) is not None}
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in silent and " " in text and ".*" not in text:
                yield node.lineno, text


def _docstring(node: ast.AST) -> ast.Constant | None:
    """Return the docstring of a module, class or function, unless it is a command's, which is its help."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not node.body:
        return None
    if not isinstance(node, ast.Module) and any("command" in ast.unparse(d) for d in node.decorator_list):
        return None
    match node.body[0]:
        case ast.Expr(value=ast.Constant() as text):
            return text
    return None


@pytest.mark.parametrize("module", ROOMS, ids=lambda module: module.name)
def test_what_people_read_avoids_the_words_we_avoid(module: Module) -> None:
    """Texts of the program use the glossary's words; ``docs/glossary.md`` says which and why."""
    found = [(line, word) for line, text in _texts(module) for word in AVOIDED.findall(text)]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    """Rooms and files are called what they do."""
    nothing = {"utils", "util", "helpers", "manager", "managers", "common", "base", "misc"}
    assert [m.name for m in modules() if nothing & set(m.name.split("."))] == []


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{name}.md" for name in ("format", "secrets", "record", "exit-codes"))]
)
def test_pages_avoid_the_words_too(page: str) -> None:
    """So do the pages for users."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert AVOIDED.findall(text) == []
