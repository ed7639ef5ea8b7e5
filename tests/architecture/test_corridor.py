"""The corridor walks from room to room, and does nothing else."""

import ast

from architecture.source import PACKAGE, Module, modules

PIPELINE = PACKAGE / "pipeline.py"


def _pipeline() -> Module:
    return Module(PIPELINE, PIPELINE.read_text(encoding="utf-8"))


def test_the_corridor_stays_short() -> None:
    """Under 200 lines, so that the whole way of the data is read at one sitting."""
    assert _pipeline().lines < 200


def test_the_corridor_has_no_loop() -> None:
    """What is done for each resource is done in a room."""
    loops = [node.lineno for node in ast.walk(_pipeline().tree) if isinstance(node, ast.For | ast.While | ast.AsyncFor)]
    assert loops == []


def test_every_module_opens_with_its_purpose() -> None:
    """The first paragraph of a file is a sentence that says what it is for."""
    openings = {m.name: (ast.get_docstring(m.tree) or "").split("\n\n")[0] for m in modules()}
    assert [name for name, opening in openings.items() if not opening.endswith((".", ":"))] == []
