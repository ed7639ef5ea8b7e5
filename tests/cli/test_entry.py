"""The entry of the program: start-up, help, usage errors, and the error boundary."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from program import BIN, Cli, environment, run
from reconciler.cli.boundary import guarded
from reconciler.cli.exit_codes import worst
from reconciler.cli.group import VERBS, reconciler
from reconciler.cli.run import Run
from reconciler.model import errors

HEAVY = ("pydantic", "git", "dns", "yaml", "jinja2", "rich", "ruamel", "sqlite3", "argon2", "phonenumbers")


def test_version_starts_light() -> None:
    """`--version` imports neither pydantic nor git nor dns nor yaml, nor anything else that is heavy."""
    code = (
        "import sys; from reconciler.cli.main import main; sys.argv = ['reconciler', '--version']\n"
        "try: main()\nexcept SystemExit as end: print(end.code)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    version, code_line, heavy = done.stdout.splitlines()
    assert version.startswith("reconciler ")
    assert (code_line, heavy) == ("0", "[]")


def test_help_names_every_verb(cli: Cli, tmp_path: Path) -> None:
    """`--help` shows all verbs with a sentence each."""
    done = cli("--help", cwd=tmp_path)
    assert done.code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in done.out


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_of_each_verb_what_its_own_help_says(verb: str) -> None:
    """The sentences of `--help`, for which no verb is imported, are those that the verbs begin with."""
    command = reconciler.get_command(click.Context(reconciler), verb)
    assert command is not None and command.help is not None
    assert command.help.splitlines()[0] == VERBS[verb][1]


def test_help_imports_no_verb() -> None:
    """`--help` is told from the table of verbs alone."""
    code = (
        "import sys; from reconciler.cli.main import main; sys.argv = ['reconciler', '--help']\n"
        "try: main()\nexcept SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "reconciler.cli.group" in loaded
    assert not loaded & {module for module, _ in VERBS.values()}


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_what_is_told_to_a_full_disk_is_an_error(asked: str, unbuffered: str) -> None:
    """What couldn't be written isn't taken for told, whether Python keeps it back till the end or not."""
    if not Path("/dev/full").exists():
        return
    line, env = [BIN / "reconciler", asked], {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, env=env)
    told = "error: The output couldn't be written: No space left on device.\n"
    assert (done.returncode, done.stderr.partition("help:")[0]) == (1, told)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, cli: Cli, tmp_path: Path) -> None:
    """Each verb says what it takes, without looking at any account."""
    done = cli(verb, "--help", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"Usage: reconciler {verb}")


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("frobnicate",),
        ("plan", "--frobnicate"),
        ("plan", "--json", "--markdown"),
        ("plan", "--allow-deletes", "3"),
        ("plan", "--allow-deletes", "-1", "--reason", "x"),
        ("plan", "--accept-empty", "alias"),
        ("plan", "--accept-empty", "aliases", "--reason", "x"),
        ("plan", "--only", "mailbx/*"),
        ("plan", "--only", ""),
        ("apply", "--override", "info@example.org"),
        ("-C", "nowhere", "plan"),
        ("plan", "-C", "nowhere"),
        ("apply", "p.json", "--include-drift"),
        ("apply", "p.json", "--resume"),
        ("apply", "--resume", "--only", "alias/*"),
        ("apply", "--diverged"),
        ("apply", "--abandon", "--reason", "why"),
        ("apply", "--resume", "--abandon"),
        ("apply", "--resume", "--reason", "why"),
        ("explain", "no-such-code"),
        ("schema", "no-such-schema"),
        ("account",),
        ("account", "set", "mailbox/info@example.org"),
    ],
)
def test_usage_errors(args: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    """A wrong command line is exit 64, said on standard error, and on standard output only as JSON."""
    done = cli(*args, cwd=tmp_path)
    assert done.code == 64
    assert done.out == "" or "--json" in args
    assert done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("verb", ["validate", "plan", "drift", "fmt", "apply --auto-approve", "account show"])
def test_no_account_here(verb: str, cli: Cli, tmp_path: Path) -> None:
    """Outside an account folder each verb says so, and writes nothing."""
    done = cli(*verb.split(), cwd=tmp_path)
    assert done.code == 1
    assert "error[no-account-file]" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("codes", "winner"),
    [
        ((), 0),
        ((0, 2), 2),
        ((2, 1), 1),
        ((1, 3), 3),
        ((3, 4), 4),
        ((4, 6), 6),
        ((6, 5), 5),
        ((5, 7), 7),
        ((7, 130), 130),
        ((130, 7, 5, 6, 4, 3, 1, 2, 0), 130),
    ],
)
def test_precedence(codes: tuple[int, ...], winner: int) -> None:
    """When several exit codes apply: 130, 7, 5, 6, 4, 3, 1, 2."""
    assert worst(*codes) == winner
    assert worst(*reversed(codes)) == winner


def ended(tmp_path: Path, raise_it: Callable[[], Any], json_wanted: bool = False) -> tuple[int, str, str]:
    run = Run(tmp_path, {}, io.StringIO(), io.StringIO(), json=json_wanted)
    code = guarded(run, ["plan"], raise_it)
    return code, run.out.getvalue(), run.err.getvalue()  # type: ignore[attr-defined]  # StringIO above


def raising(error: BaseException) -> Callable[[], Any]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ReconcilerError("No.", "Do."), 1),
        (errors.AccountError("No.", "Do."), 1),
        (errors.RefusedError("No.", "Do."), 3),
        (errors.StaleError("No.", "Do."), 4),
        (errors.LockedError("No.", "Do."), 5),
        (errors.PartialError("No.", "Do."), 6),
        (errors.AuthenticationError("No.", "Do."), 7),
        (errors.UsageError("No.", "Do."), 64),
    ],
)
def test_errors_end_with_their_code(error: errors.ReconcilerError, code: int, tmp_path: Path) -> None:
    """What stops the program is one paragraph on standard error, and with --json one object on standard output."""
    assert ended(tmp_path, raising(error)) == (code, "", "error: No.\nhelp: Do.\n")
    _, out, _ = ended(tmp_path, raising(error), json_wanted=True)
    assert json.loads(out)["error"] == {"message": "No.", "help": "Do.", "exit_code": code}


@pytest.mark.parametrize("error", [click.Abort(), KeyboardInterrupt()])
def test_interruption(error: BaseException, tmp_path: Path) -> None:
    """Ctrl-C is exit 130 and says how an apply goes on."""
    code, _, err = ended(tmp_path, raising(error))
    assert code == 130
    assert "--resume" in err


def test_file_errors_name_the_file(tmp_path: Path) -> None:
    """What the operating system refuses is one line."""
    missing = tmp_path / "p.json"
    assert ended(tmp_path, missing.read_bytes) == (1, "", f"error: {missing}: No such file or directory.\n")


def test_a_mistake_of_ours(tmp_path: Path) -> None:
    """Anything else is exit 1 with a report that can be pasted: no traceback on the screen, no value in the file."""
    (tmp_path / ".reconciler").mkdir()
    code, out, err = ended(tmp_path, raising(KeyError("hunter2")))
    (report,) = (tmp_path / ".reconciler").iterdir()
    assert (code, out) == (1, "")
    assert str(report) in err
    assert "Traceback" not in err
    text = report.read_text("utf-8")
    assert "KeyError" in text
    assert "hunter2" not in text + err
    assert report.stat().st_mode & 0o077 == 0


def test_a_reader_that_goes_away(cli: Cli, tmp_path: Path) -> None:
    """`reconciler explain | head -1` ends quietly."""
    command = f"{BIN / 'reconciler'} explain | head -1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("verb", ["explain", "schema plan.schema.json"])
def test_output_that_cannot_be_written(verb: str, cli: Cli, tmp_path: Path) -> None:
    """A full disk is exit 1 in one line, and not a mistake of ours; no output at all is nothing to speak of."""
    command = f"{BIN / 'reconciler'} {verb}"
    full = run(["sh", "-c", f"{command} > /dev/full"], tmp_path, environment(cli.home))
    assert full.code == 1
    assert full.err.startswith("error: ")
    assert "No space left on device" in full.err
    none = run(["sh", "-c", f"{command} >&-"], tmp_path, environment(cli.home))
    assert (none.code, none.err) == (0, "")
