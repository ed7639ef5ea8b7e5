"""The corridor walks from room to room, and does nothing else."""

import ast

from architecture.source import PACKAGE, Module, modules

CORRIDORS = sorted((PACKAGE / "pipeline").glob("*.py"))


def _corridors() -> list[Module]:
    return [Module(path, path.read_text(encoding="utf-8")) for path in CORRIDORS]


def _asks_servers(module: Module) -> bool:
    """Tell whether a module knows connections to servers, and no repository."""
    known = module.imports(at_load=False)
    return any(name.startswith(("reconciler.web.", "reconciler.providers._http")) for name in known) and not any(
        name.startswith("reconciler.gitrepo") for name in known
    )


def test_each_corridor_stays_short() -> None:
    """Under 200 lines, so that the whole way of the data is read at one sitting."""
    assert [corridor.name for corridor in _corridors() if corridor.lines >= 200] == []


def test_no_corridor_has_a_loop() -> None:
    """What is done for each resource is done in a room."""
    loops = [
        (corridor.name, node.lineno)
        for corridor in _corridors()
        for node in ast.walk(corridor.tree)
        if isinstance(node, ast.For | ast.While | ast.AsyncFor)
    ]
    assert loops == []


def test_git_is_run_in_its_own_room_only() -> None:
    """``GitRepo.ask`` and ``GitRepo.attempt`` take any command line, so nobody else may call them.

    What asks a server over HTTP has another ``ask``, as long as it knows no repository.
    """
    callers = {
        m.name
        for m in modules()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("ask", "attempt") and not _asks_servers(m)
    }
    assert {name for name in callers if not name.startswith("reconciler.gitrepo.")} == set()


def test_every_module_opens_with_its_purpose() -> None:
    """The first paragraph of a file is a sentence that says what it is for."""
    openings = {m.name: (ast.get_docstring(m.tree) or "").split("\n\n")[0] for m in modules()}
    assert [name for name, opening in openings.items() if not opening.endswith((".", ":"))] == []
