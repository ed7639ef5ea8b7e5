"""Whole runs over an account, files and surroundings that somebody filled with hostile text."""

import io
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path

import pytest

from accounts import Account
from hostile import everything, left_raw
from program import Repository
from reconciler.cli.boundary import guarded
from reconciler.cli.group import reconciler
from reconciler.cli.run import Run
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_text import opaque_value
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Fields, Value
from reconciler.store.entries import put

SETTINGS = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
SGR = re.compile(r"\x1b\[[0-9;]*m")
#: How many texts one mailbox with what stands beside it takes.
TEXTS = 8
SOME = everything()[::3]
UNITS = len(SOME) // TEXTS


class Terminal(io.StringIO):
    """A stream that wants colours."""

    def isatty(self) -> bool:
        return True


def run(folder: Path, *args: str, terminal: bool = False, **environ: str) -> tuple[int, str]:
    """Return exit code and everything that a command line printed."""
    out = Terminal() if terminal else io.StringIO()
    made = Run(folder, environ, out, out)
    code = guarded(made, args, lambda: reconciler.main(list(args), standalone_mode=False, obj=made))
    return code, out.getvalue()


def live(number: int, texts: Sequence[str]) -> Iterator[tuple[Address, Value]]:
    """Yield live entries that hold texts; a mailbox's name comes last, so that it alone can be written again."""
    yield f"alias/a{number}@example.org", Fields.of({"targets": (encodable(texts[0]),)})
    given = {"name": texts[1], "packages": (texts[2], texts[3])}
    written = {"name": "x", "email": f"c{number}@example.org"}
    yield f"contact/~{number + 1}", full("contact/x", written, given)
    octets = texts[4].encode("utf-8", "surrogatepass")[:200]
    yield f"record/example.org/t{number}/TXT", RecordValue("TXT", 60, (bytes((len(octets),)) + octets,))
    yield f"record/example.org/u{number}/URL", RecordValue("URL", 60, (opaque_value(texts[5]),))
    reply = Fields.of({"subject": texts[6], "text": texts[6], "from": None, "until": None})
    given = {"autoreply": reply, "name": texts[7]}
    yield f"mailbox/m{number}@example.org", full(f"mailbox/m{number}@example.org", {}, given)


def encodable(text: str) -> str:
    """Return a text as SQLite can hold it in a column, and the operating system in an argument."""
    return text.encode("utf-8", "ignore").decode()


def full(address: Address, written: dict[str, str], given: dict[str, Value]) -> Value:
    """Return a whole value, of which some fields no rule has seen."""
    value = KINDS[kind_of(address)].parse(address, written)
    assert isinstance(value, Fields)
    return Fields.of({**dict(value), **given})


def fill(path: Path, last: bool = False) -> None:
    """Write the texts into an account file, past all rules; ``last``: only the mailboxes."""
    with sqlite3.connect(path) as connection:
        for number in range(UNITS):
            entries = list(live(number, SOME[number * TEXTS : (number + 1) * TEXTS]))
            for address, value in entries[-1:] if last else entries:
                put(connection, address, value, 1)
        connection.execute("UPDATE account SET last_id = 10000")
    connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An account whose every text is hostile; its mailboxes are declared with another name."""
    made = tmp_path_factory.mktemp("hostile")
    Account(made / "account.db").booked("example.org").done()
    fill(made / "account.db")
    boxes = "".join(
        f"      m{number}: {{name: wanted, password: {{secret: env/P, version: 1}}}}\n" for number in range(UNITS)
    )
    (made / "account.yaml").write_text(SETTINGS)
    (made / "mail.yaml").write_text(f"mail:\n  example.org:\n    mailboxes:\n{boxes}")
    return made


def test_the_whole_day_of_a_hostile_account(folder: Path) -> None:
    """Plan, apply, drift and a look at the account: nothing of five thousand texts arrives raw, in any format."""
    verbs = [("plan",), ("plan", "--markdown"), ("plan", "--json"), ("account", "show"), ("account", "show", "--json")]
    for verb in (*verbs, ("apply", "--auto-approve"), ("drift",)):
        code, said = run(folder, *verb, P="secret")
        assert code == 0, said[-2000:]
        assert left_raw(said, inf if "--json" in verb else 30_000) == [], verb
    fill(folder / "account.db", last=True)
    for verb in (("drift",), ("drift", "--json"), ("plan", "--include-drift")):
        code, said = run(folder, *verb)
        assert "EVIL" in said
        assert left_raw(said, inf if "--json" in verb else 30_000) == [], verb
    adopt = ("adopt", "mailbox/*", "--dry-run")
    for verb in (adopt, (*adopt, "--json")):
        code, said = run(folder, *verb)
        assert code in (0, 1), said[-2000:]
        assert "EVIL" in said
        assert left_raw(said, inf if "--json" in verb else 30_000) == [], verb
    _, said = run(folder, "plan", "--include-drift", terminal=True)
    assert "\x1b[" in said
    assert left_raw(SGR.sub("", said)) == []


def test_what_init_writes_is_harmless(folder: Path, tmp_path: Path) -> None:
    """No harmful character reaches the files, and no file lies anywhere else than it should."""
    (tmp_path / "account.db").write_bytes((folder / "account.db").read_bytes())
    with sqlite3.connect(tmp_path / "account.db") as connection:
        connection.execute("DELETE FROM record_set WHERE type = 'URL' OR length(value) > 5000")
        connection.execute("DELETE FROM entry WHERE kind = 'alias' OR length(value) > 5000")
    connection.close()
    _, said = run(tmp_path, "init")
    assert left_raw(said) == []
    assert "Left out, because no YAML can hold them" in said
    for path in tmp_path.rglob("*.yaml"):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", path.read_text("utf-8"))
    assert {path.name for path in tmp_path.iterdir()} <= {
        *("account.db", "account.yaml", "mail.yaml", "contacts.yaml", "notifications.yaml", "whitelist.yaml", "zones"),
        ".reconciler",
    }


def named(text: str) -> str:
    """Return a text as the name of a file that the loader reads."""
    kept = "".join(c for c in text if c not in "/\0" and not "\ud800" <= c <= "\udfff")
    return kept.encode()[:200].decode("utf-8", "ignore").lstrip(".") + "EVIL.yaml"


def test_files_that_a_stranger_wrote(tmp_path: Path) -> None:
    """A fork's files, their names and their lines are shown with every error, and none of it acts."""
    (tmp_path / "account.yaml").write_text(SETTINGS)
    (tmp_path / "zones").mkdir()
    for text in everything()[::11]:
        written = f"vars: {{a: '{text}'}}\n{text}: 1\nmail: {{x{text}: {text}}}\n"
        (tmp_path / named(text)).write_bytes(written.encode("utf-8", "surrogatepass"))
        (tmp_path / "zones" / named(text)).write_bytes(f"{text}: {text}\n".encode("utf-8", "surrogatepass"))
    code, said = run(tmp_path, "validate")
    assert code == 1
    assert said.count("EVIL") > 400
    assert left_raw(said) == []
    _, said = run(tmp_path, "validate", "--json")
    assert left_raw(said[said.index("\n{\n") :], inf) == []
    _, said = run(tmp_path, "validate", terminal=True)
    assert left_raw(SGR.sub("", said)) == []


@pytest.mark.parametrize("text", [encodable(text) for text in everything()[:100:3]])
def test_command_lines(text: str, tmp_path: Path) -> None:
    """What a script passes on from strangers comes back neutral: usage errors, names of files, addresses, reasons."""
    (tmp_path / "account.yaml").write_text(SETTINGS)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format_version": 1, text: text}))
    for args in (
        (text,),
        ("plan", f"--{text}"),
        ("plan", "--only", text),
        ("plan", "-C", text),
        ("plan", "--allow-deletes", text),
        ("apply", text),
        ("apply", str(plan)),
        ("explain", text),
        ("schema", text),
        ("init", "--only", text),
        ("account", "set", text, "a=b"),
        ("account", "set", "mailbox/a@example.org", f"{text}=x"),
        ("account", "delete", f"mailbox/{text}"),
    ):
        code, said = run(tmp_path, *args)
        assert code in (1, 3, 64), (args, said)
        assert left_raw(said) == [], args
        assert "made a mistake" not in said, args


def test_people_and_branches_of_git(repo: Repository) -> None:
    """Names in git, the URL of the run and the reason given reach the record without acting."""
    text = "EVIL\x1b[31m\u202e ::error::x"
    repo.git("config", "user.name", text)
    repo.git("checkout", "-q", "-b", "\u202eEVIL\u200b##[group]".replace("[", ""))
    repo.commit("\x1b[2JEVIL", {"account.yaml": SETTINGS, "all.yaml": "whitelist: {office: {address: 203.0.113.7}}\n"})
    code, said = run(
        repo.path, "apply", "--auto-approve", "--only", "whitelist_entry/*", "--reason", text, RECONCILER_RUN_URL=text
    )
    assert code == 0, said
    assert left_raw(said) == []
    log = repo.git("log", "-1", "--format=%an%n%B", "reconciler/K-104711")
    assert left_raw(log) == []
