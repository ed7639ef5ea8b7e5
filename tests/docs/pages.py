"""Reads the pages of the documentation: which files they show, which commands, and what those print.

In a page, ``<!-- file: PATH -->`` before a code block says that the reader has that file; ``<!-- folder: PATH -->``
says that the reader stands in a copy of that folder of ours; ``<!-- account: PATH -->`` says that the demonstration
account lies in that file; ``<!-- servers: bind -->`` says which name servers are started there, and
``<!-- ports: 15353 -->`` which numbers stand for ports that are free. A ``console`` block holds commands, each after
``$ `` and followed by what it prints; ``...`` there stands for any text, alone on a line for any lines.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from nameservers.powerdns import SCHEMA
from nameservers.process import free_port
from program import run
from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm

ROOT = Path(__file__).resolve().parents[2]

_PART = re.compile(
    r"^<!-- (?P<what>account|folder|servers|ports): (?P<given>[^>]+) -->$"
    r"|^(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_END = "\x1e"

#: What a page tells a reader at the top of a clone, and what a test runs for it.
_FOR_A_CLONE = {"make demo": f"bash '{ROOT}/examples/demo.sh'"}


def _started(folder: str, command: str, port: int) -> str:
    """Return what starts a server in a folder, in the foreground so that it ends with the page, and waits for it."""
    start = f"(cd {folder} && exec setpriv --pdeathsig KILL {command} >log 2>&1) &"
    return f"{start} until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>log; do sleep 0.05; done"


#: How a reader starts a server, and how a test does.
_SERVERS = {
    "reconciler serve -C company --port 18080 --quiet &": _started(
        "company", "reconciler serve --port 18080 --quiet", 18080
    ),
    "(cd bind && named -c named.conf)": _started("bind", "named -g -n 1 -c named.conf", 15353),
    "(cd knot && knotd -c knot.conf -d)": f"mkdir knot/run knot/db; {_started('knot', 'knotd -c knot.conf', 15353)}",
    "pdns_server --config-dir=powerdns --daemon": _started(".", "pdns_server --config-dir=powerdns", 15354),
}


@dataclass(frozen=True)
class Command:
    """A command that a page shows, and the lines it shows as its output."""

    line: int
    text: str
    output: str


@dataclass(frozen=True)
class Page:
    """A page: what the reader has before the first command, and the commands in order."""

    path: Path
    folder: Path | None
    files: Mapping[str, str]
    commands: tuple[Command, ...]
    servers: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    account: str = ""


def pages() -> list[Page]:
    """Return every page that shows commands."""
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
    return [page for page in map(read_page, paths) if page.commands]


def read_page(path: Path) -> Page:
    """Return one page."""
    text = path.read_text(encoding="utf-8")
    given: dict[str, str] = {}
    files: dict[str, str] = {}
    commands: list[Command] = []
    for part in _PART.finditer(text):
        if part["what"]:
            given[part["what"]] = part["given"]
        elif part["file"]:
            files[part["file"]] = part["text"]
        elif part["kind"] == "console":
            commands += _commands(part["text"], text[: part.start("text")].count("\n") + 1)
    folder = ROOT / given["folder"] if "folder" in given else None
    servers, ports = (tuple(given.get(what, "").split()) for what in ("servers", "ports"))
    return Page(path, folder, files, tuple(commands), servers, ports, given.get("account", ""))


def _commands(text: str, line: int) -> Iterator[Command]:
    first, _, rest = text.removeprefix("$ ").partition("\n")
    if first in _FOR_A_CLONE:  # what it prints shows commands of its own
        yield Command(line, first, rest)
        return
    for found in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
        yield Command(line + text[: found.start()].count("\n"), found[1], found[2])


def outputs(page: Page, place: Path, env: Mapping[str, str]) -> list[str]:
    """Return what each command of a page prints, run in order in one shell that stands in ``place``."""
    ports = {port: str(free_port()) for port in page.ports}
    if page.folder:
        copytree(page.folder, place, dirs_exist_ok=True)
    for name, text in page.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(_with_ports(text, ports), encoding="utf-8")
    if page.account:
        (place / page.account).parent.mkdir(exist_ok=True)
        make_account(place / page.account, Firm())
    if "powerdns" in page.servers:  # what a reader's has already
        with closing(sqlite3.connect(place / "powerdns" / "pdns.sqlite3")) as database:
            database.executescript(SCHEMA.read_text(encoding="utf-8"))
    instead = {**_FOR_A_CLONE, **_SERVERS}
    steps = [f"{instead.get(c.text, c.text)}\n{{ code=$?; printf '\\036'; (exit $code); }}" for c in page.commands]
    done = run(["bash", "-c", "exec 2>&1\n" + _with_ports("\n".join(steps), ports)], place, env)
    return _with_ports(done.out, {free: port for port, free in ports.items()}).split(_END)[:-1]


def _with_ports(text: str, ports: Mapping[str, str]) -> str:
    """Return a text with each port in place of another."""
    for old, new in ports.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def says(shown: str, printed: str) -> bool:
    """Tell whether what a page shows is what was printed."""
    parts = [".*\n" if line == "...\n" else _line(line) for line in shown.splitlines(keepends=True)]
    return re.fullmatch("".join(parts).replace(".*\n", "(?:.*\n)*"), printed) is not None


def _line(line: str) -> str:
    return ".*?".join(re.escape(piece) for piece in line.split("..."))
