"""Presets in whole runs: applied, changed by an option, repaired, and taken away again."""

import json
from pathlib import Path
from typing import Any

from program import Cli

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
MX = "record/example.org/@/MX"
EXIT_REFUSED = 3


def use(folder: Path, items: str) -> None:
    """Write which presets the zone uses."""
    (folder / "zones.yaml").write_text(f"zones:\n  example.org: {{use: [{items}]}}\n", "utf-8")


def account(folder: Path, items: str) -> Path:
    """Write an account whose zone has one record set of its own."""
    (folder / "zones").mkdir()
    (folder / "account.yaml").write_text(ACCOUNT, "utf-8")
    (folder / "zones" / "example.org.yaml").write_text("mail: {type: A, value: 192.0.2.1}\n", "utf-8")
    use(folder, items)
    return folder


def changes(cli: Cli, folder: Path, *more: str) -> dict[str, dict[str, Any]]:
    """Return the changes of a plan by address."""
    planned = json.loads(cli("plan", "--json", *more, cwd=folder).out)
    return {change["address"]: change for change in planned["changes"]}


def test_a_change_names_preset_and_place_in_every_format(tmp_path: Path, cli: Cli) -> None:
    """Terminal, Markdown and JSON; what stands in the file has none."""
    folder = account(tmp_path, "hosting-mail")
    made = changes(cli, folder)
    assert made[MX]["preset"] == "hosting-mail@1"
    assert made[MX]["span"] == {"file": "zones.yaml", "line": 2, "column": 23}
    assert made["record/example.org/mail/A"]["preset"] == ""
    assert "        preset: hosting-mail@1\n" in cli("plan", cwd=folder).out
    assert "# preset: hosting-mail@1\n" in cli("plan", "--markdown", cwd=folder).out


def test_an_option_changes_what_it_says_and_nothing_else(tmp_path: Path, cli: Cli) -> None:
    """Every record set that names the server is updated in place; the order of presets is no change."""
    folder = account(tmp_path, "hosting-mail, letsencrypt-caa")
    assert cli("apply", "--auto-approve", cwd=folder).code == 0
    use(folder, "letsencrypt-caa, hosting-mail@1")
    assert changes(cli, folder) == {}
    use(folder, "letsencrypt-caa, {hosting-mail: {host: mail.example.net.}}")
    made = changes(cli, folder)
    assert {change["action"] for change in made.values()} == {"update"}
    assert all("mail.example.net." in str(change["after"]) for change in made.values())
    assert MX in made


def test_drift_of_a_presets_record_set_is_repaired(tmp_path: Path, cli: Cli) -> None:
    """A hand in the portal is held, shown with the preset, and put back when asked."""
    folder = account(tmp_path, "hosting-mail")
    assert cli("apply", "--auto-approve", cwd=folder).code == 0
    assert cli("account", "set", MX, "values=10 mx.example.net.", cwd=folder).code == 0
    held = json.loads(cli("plan", "--json", cwd=folder).out)
    assert [(change["address"], change["preset"]) for change in held["drift"]] == [(MX, "hosting-mail@1")]
    assert cli("apply", "--auto-approve", "--include-drift", cwd=folder).code == 0
    assert cli("plan", "--detailed-exitcode", cwd=folder).code == 0


def test_what_a_preset_gave_goes_with_it_under_the_usual_guards(tmp_path: Path, cli: Cli) -> None:
    """Many deletions, the last MX among them, want to be said; a preset that gives less takes the rest away."""
    folder = account(tmp_path, "hosting-mail")
    assert cli("apply", "--auto-approve", cwd=folder).code == 0
    (folder / "zones.yaml").write_text("zones: {example.org: {default_ttl: 3600}}\n", "utf-8")
    refused = cli("plan", cwd=folder)
    assert refused.code == EXIT_REFUSED
    assert "too-many-deletions" in refused.out
    use(folder, "{hosting-mail: {dmarc: none}}")
    assert {a: c["action"] for a, c in changes(cli, folder).items()} == {"record/example.org/_dmarc/TXT": "delete"}
