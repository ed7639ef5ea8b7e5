"""The examples do what their pages say: valid, formatted, applied, and nothing left to do."""

import io
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from octodns.provider.yaml import YamlProvider
from octodns.yaml import safe_load
from octodns.zone import Zone

from program import BIN, Cli, environment, run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("tiny", "agency", "octodns-migration")
EXIT_PENDING = 2
IBAN = "DE89370400440532013000"


@pytest.fixture(params=NAMES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of one example."""
    return copy(request.param, tmp_path)


def copy(name: str, place: Path) -> Path:
    """Copy an example as it is in git, without an account that somebody made in it."""
    return Path(
        shutil.copytree(EXAMPLES / name, place / name, ignore=shutil.ignore_patterns("account.db*", ".reconciler"))
    )


def secrets_of(folder: Path) -> dict[str, str]:
    """Return a value for every environment variable that the example's files name as a secret."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml"))
    named = re.findall(r"secret: env/([A-Z0-9_]+)", text)
    return {name: IBAN if name.endswith("IBAN") else f"secret of {name}" for name in named}


def test_the_story(folder: Path, cli: Cli) -> None:
    """Each example validates, plans, applies; afterwards a plan has no changes."""
    secrets = secrets_of(folder)

    assert cli("validate", cwd=folder).code == 0
    assert cli("plan", "--detailed-exitcode", cwd=folder).code == EXIT_PENDING
    applied = cli("apply", "--auto-approve", cwd=folder, env=secrets)
    assert applied.code == 0, applied.out + applied.err
    again = cli("plan", "--detailed-exitcode", cwd=folder)
    assert again.code == 0
    assert "No changes." in again.out


def test_secrets_are_needed_and_named(folder: Path, cli: Cli) -> None:
    """Without its environment variables an apply names every one of them and writes nothing."""
    secrets = secrets_of(folder)
    if not secrets:
        return
    refused = cli("apply", "--auto-approve", cwd=folder)

    assert refused.code == 1
    assert all(name in refused.out + refused.err for name in secrets)
    assert not (folder / "account.db").exists()


def test_the_layout_is_that_of_fmt(folder: Path, cli: Cli) -> None:
    """``fmt`` has nothing to change in an example."""
    assert cli("fmt", "--check", cwd=folder).code == 0


def test_initialising_from_the_applied_example(folder: Path, tmp_path: Path, cli: Cli) -> None:
    """``init`` writes YAML for the account that the example made, and its first plan is empty."""
    assert cli("apply", "--auto-approve", cwd=folder, env=secrets_of(folder)).code == 0
    adopted = tmp_path / "adopted"
    adopted.mkdir()

    done = cli("init", "--embedded", str(folder / "account.db"), cwd=adopted)

    assert done.code == 0, done.out + done.err
    assert cli("plan", "--detailed-exitcode", cwd=adopted).code == 0
    assert cli("fmt", "--check", cwd=adopted).code == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_every_secret_and_file(name: str) -> None:
    """The README of an example tells the environment variables it needs, and every file it speaks of exists."""
    folder = EXAMPLES / name
    page = (folder / "README.md").read_text(encoding="utf-8")

    assert secrets_of(folder).keys() == set(re.findall(r"\b([A-Z]+(?:_[A-Z]+)?)=", page))
    for file in re.findall(r"^\| `([^`]+)`", page, re.MULTILINE):
        assert list(folder.glob(file)), file


def test_the_steps_of_the_migration_quote_the_account_file() -> None:
    """The settings that the migration's README shows are those of its account.yaml."""
    page = (EXAMPLES / "octodns-migration" / "README.md").read_text(encoding="utf-8")
    account = yaml.safe_load((EXAMPLES / "octodns-migration" / "account.yaml").read_text(encoding="utf-8"))
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)

    assert found
    shown: Mapping[str, object] = yaml.safe_load(found[1])
    assert shown == {name: account[name] for name in shown}


def test_octodns_still_reads_the_migrated_zones() -> None:
    """The folder stays an octoDNS folder: its own provider reads it, lenient as before."""
    folder = EXAMPLES / "octodns-migration" / "config"
    provider = YamlProvider("config", str(folder), default_ttl=3600, enforce_order=True, escaped_semicolons=True)
    counts = {}
    for name in provider.list_zones():
        zone = Zone(name, [])
        provider.populate(zone, lenient=True)
        counts[name] = len(zone.records)

    assert counts == {"2.0.192.in-addr.arpa.": 3, "example.org.": 10}


def test_only_the_octodns_record_options_are_left_out(tmp_path: Path, cli: Cli) -> None:
    """In the migration exactly the record set with a health check is reported as not served."""
    planned = cli("plan", cwd=copy("octodns-migration", tmp_path))

    assert planned.out.count("warning[") == 1
    assert "record/example.org/shop/A is of a type or has options" in planned.out


def test_zone_files_of_all_examples_are_in_octodns_order() -> None:
    """octoDNS's enforce_order accepts every zone file of every example."""
    files = [*EXAMPLES.glob("*/zones/*.yaml"), *EXAMPLES.glob("*/config/*.yaml")]

    assert len(files) == 7
    for file in files:
        assert safe_load(io.StringIO(file.read_text(encoding="utf-8")), enforce_order=True)


def test_the_demo(tmp_path: Path) -> None:
    """demo.sh ends well, shows its commands and what they say, and leaves nothing behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    before = sorted(path for path in EXAMPLES.rglob("*"))

    done = run(["bash", str(EXAMPLES / "demo.sh")], tmp_path, environment(tmp_path / "home", TMPDIR=str(temporary)))

    assert done.code == 0, done.out + done.err
    for line in ("> reconciler plan", "> reconciler drift", "Plan: 12 to add", "No changes.", "10 GiB"):
        assert line in done.out
    assert done.out.count("Apply complete!") == 2
    assert list(temporary.iterdir()) == []
    assert sorted(path for path in EXAMPLES.rglob("*")) == before


def test_the_demo_fails_when_a_step_does(tmp_path: Path) -> None:
    """A program that ends otherwise than it should ends the demo with an error that names the command."""
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "reconciler").write_text("#!/bin/sh\nexit 7\n")
    (broken / "reconciler").chmod(0o755)
    env = environment(tmp_path / "home")
    env["PATH"] = f"{broken}{os.pathsep}{env['PATH']}"

    done = run(["bash", str(EXAMPLES / "demo.sh")], tmp_path, env)

    assert done.code == 1
    assert "`reconciler plan` ended with exit code 7, expected 0" in done.err
    assert broken != BIN
