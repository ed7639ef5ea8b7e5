"""Reads the work tree's own source: files, functions, imports, suppressed checks."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "reconciler"

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef

#: What switches a check off for a line; a reason must follow it as a comment of its own.
SUPPRESSION = re.compile(r"#\s*(type: ignore|noqa|pragma: no cover|fmt: off|mypy: )[^#\n]*(?:#\s*(?P<reason>.*))?")


@dataclass(frozen=True)
class Module:
    """One Python file with its parsed source."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """The dotted name, from the folder above the package."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def lines(self) -> int:
        """The number of lines, blank ones and comments too."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[AnyFunction]:
        """Return every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, AnyFunction))

    def public_functions(self) -> Iterator[AnyFunction]:
        """Return functions and methods of public classes whose names don't begin with an underscore."""
        bodies = [self.tree.body]
        bodies += [n.body for n in self.tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
        for body in bodies:
            yield from (n for n in body if isinstance(n, AnyFunction) and not n.name.startswith("_"))

    def imports(self, *, at_load: bool) -> frozenset[str]:
        """Return the dotted names this file imports, only those that happen when it is loaded or all of them."""
        nodes = _loaded(self.tree) if at_load else ast.walk(self.tree)
        found: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
        return frozenset(found)

    def suppressions(self) -> Iterator[tuple[int, str, str]]:
        """Return line number, text and reason (perhaps empty) of each check that is switched off."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if found := SUPPRESSION.search(line):
                yield number, found.group().strip(), (found["reason"] or "").strip()


def _loaded(node: ast.AST) -> Iterator[ast.AST]:
    """Return the nodes that run when a module is loaded: everything outside functions and ``TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, AnyFunction | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _loaded(child)


def modules(folder: Path = PACKAGE) -> list[Module]:
    """Return the Python files below a folder, empty ones left out."""
    read = (Module(path, path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py")))
    return [module for module in read if module.text.strip()]


def internal_imports(found: list[Module], *, at_load: bool) -> dict[str, frozenset[str]]:
    """Return which modules of ours each module imports."""
    names = {module.name for module in found}
    return {m.name: frozenset(m.imports(at_load=at_load) & names - {m.name}) for m in found}
