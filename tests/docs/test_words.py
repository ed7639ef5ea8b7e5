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
    """Return the string literals of a module that hold a sentence, docstrings of what isn't a command left out."""
    documented = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    silent = {id(n.body[0].value) for n in ast.walk(module.tree) if isinstance(n, documented) and _opens_with_text(n)}
    for node in ast.walk(module.tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        if is_text and " " in node.value and ".*" not in node.value:  # patterns aren't read by people
            yield node.lineno, node.value


def _opens_with_text(node: ast.AST) -> bool:
    body = getattr(node, "body", [])
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("module", ROOMS, ids=lambda module: module.name)
def test_what_people_read_avoids_the_words_we_avoid(module: Module) -> None:
    """Texts of the program use the glossary's words; ``docs/glossary.md`` says which and why."""
    found = [(line, word) for line, text in _texts(module) for word in AVOIDED.findall(text)]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    """Rooms and files are called what they do."""
    nothing = {"utils", "util", "helpers", "manager", "managers", "common", "base", "misc"}
    assert [m.name for m in modules() if nothing & set(m.name.split("."))] == []


@pytest.mark.parametrize("page", ["README.md", "docs/format.md", "docs/record.md", "docs/exit-codes.md"])
def test_pages_avoid_the_words_too(page: str) -> None:
    """So do the pages for users."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert AVOIDED.findall(text) == []
