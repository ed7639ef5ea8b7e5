"""The servers as fixtures: one of each kind a worker, which its tests share; each test uses zones of its own names.

A test that gets at a server otherwise than by a fixture's name is marked ``@pytest.mark.needs_server("bind")``.
Tests whose servers aren't installed are left out, and the summary says so; CI sets ``RECONCILER_DEMAND_SERVERS=1``.
"""

import os
import secrets
from collections.abc import Iterator

import pytest

from nameservers import Bind, Knot, NameServer, Powerdns
from nameservers import bind as _bind
from nameservers import knot as _knot
from nameservers import powerdns as _powerdns
from nameservers.process import program

DEMAND = "RECONCILER_DEMAND_SERVERS"

#: Each kind of server, and whether it is installed here.
KINDS = {
    "bind": all(map(program, _bind.PROGRAMS)),
    "knot": all(map(program, _knot.PROGRAMS)),
    "powerdns": all(map(program, _powerdns.PROGRAMS)) and _powerdns.SCHEMA.is_file(),
}
_FIXTURES = {"bind": "bind", "peer": "bind", "knot": "knot", "powerdns": "powerdns", "powerdns_api": "powerdns"}


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark; where every server is demanded, a missing one ends the run."""
    config.addinivalue_line("markers", "needs_server(kind, ...): runs only where these name servers are installed")
    if os.environ.get(DEMAND) and (missing := _missing()):
        raise pytest.UsageError(f"{DEMAND} is set and not installed are: {', '.join(missing)}. Run `make servers`.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server that isn't there."""
    missing = set(_missing())
    left_out = [item for item in items if missing & _needed(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every server is demanded, a skipped test is a failure too."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(DEMAND) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which servers are absent."""
    if missing := _missing():
        terminalreporter.section("NAME SERVERS ABSENT", sep="!", red=True, bold=True)
        for kind in missing:
            text = f"{kind} isn't installed: tests on it did NOT run. `make servers` installs it."
            terminalreporter.line(text, red=True, bold=True)


def _missing() -> list[str]:
    return [kind for kind, is_there in KINDS.items() if not is_there]


def _needed(item: pytest.Item) -> set[str]:
    """Return the kinds of servers that a test needs, by its fixtures and its marks."""
    by_name = {_FIXTURES[name] for name in getattr(item, "fixturenames", ()) if name in _FIXTURES}
    callspec = getattr(item, "callspec", None)
    by_parameter = {callspec.params["nameserver"]} if callspec and "nameserver" in callspec.params else set()
    return by_name | by_parameter | {kind for mark in item.iter_markers("needs_server") for kind in mark.args}


@pytest.fixture(scope="session")
def bind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bind]:
    """A BIND."""
    with Bind(tmp_path_factory.mktemp("bind")) as server:
        yield server


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bind]:
    """A second BIND, for what must be compared with the first."""
    with Bind(tmp_path_factory.mktemp("peer")) as server:
        yield server


@pytest.fixture(scope="session")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    """A Knot."""
    with Knot(tmp_path_factory.mktemp("knot")) as server:
        yield server


@pytest.fixture(scope="session")
def powerdns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Powerdns]:
    """A PowerDNS that takes updates."""
    with Powerdns(tmp_path_factory.mktemp("powerdns")) as server:
        yield server


@pytest.fixture(scope="session")
def powerdns_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Powerdns]:
    """A PowerDNS that is written over its API only."""
    with Powerdns(tmp_path_factory.mktemp("powerdns-api"), updates=False) as server:
        yield server


@pytest.fixture(params=["bind", "knot", "powerdns"])
def nameserver(request: pytest.FixtureRequest) -> NameServer:
    """Each server that takes transfers and updates, one after the other."""
    found: NameServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def zone() -> str:
    """The name of a zone that no other test uses."""
    return f"z{secrets.token_hex(4)}.test"
