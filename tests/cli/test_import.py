"""`reconciler import`: whole answers, exit codes, and nothing written after an error."""

import json
import re
from pathlib import Path
from shutil import copytree

import pytest

from load.checkzone import checkzone
from load.octodns_reading import octodns_reads
from load.test_checkzone import found_in
from program import Cli
from reconciler.store.account import Store
from tiny import FILES

MASTER = """\
$TTL 3600
@ SOA ns1.example.net. hostmaster 1 2 3 4 50
; Name servers
@ NS ns1.example.net. ; ours
www A 203.0.113.10
mail CNAME mail.example.org ; forgotten dot
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty account folder, a master file beside it."""
    (tmp_path / "example.org.zone").write_text(MASTER)
    (tmp_path / "account").mkdir()
    return tmp_path / "account"


class TestZonefile:
    """`import zonefile FILE`."""

    def test_a_master_file_becomes_yaml(self, cli: Cli, folder: Path) -> None:
        """The answer names the file; what is odd about the master file is said as for any zone."""
        done = cli("import", "zonefile", "../example.org.zone", cwd=folder)
        assert (done.code, done.out) == (
            0,
            "wrote zones/example.org.yaml: 3 record sets, 3 comments kept\n"
            "Read again, it declares exactly what the master file does. The SOA is never managed.\n",
        )
        assert done.err == (
            "warning[doubled-zone]: A name ends with the zone's name twice.\n"
            " --> ../example.org.zone:6:12\n"
            "6 | mail CNAME mail.example.org ; forgotten dot\n"
            "  |            ^\n"
            "   `mail.example.org` has no trailing dot, so it stands for mail.example.org.example.org.\n"
            "   help: Write `mail.example.org.`\n\n"
            "1 warning.\n"
        )
        assert (folder / "zones" / "example.org.yaml").read_text() == (
            "---\n# Name servers\n'':\n  ttl: 3600\n  type: NS\n  value: ns1.example.net.  # ours\n"
            "mail:\n  ttl: 3600\n  type: CNAME\n  value: mail.example.org.example.org.  # forgotten dot\n"
            "www:\n  ttl: 3600\n  type: A\n  value: 203.0.113.10\n"
        )

    def test_the_answer_as_json(self, cli: Cli, folder: Path) -> None:
        """One object."""
        done = cli("import", "zonefile", "--json", "../example.org.zone", cwd=folder)
        assert json.loads(done.out) == {
            "format_version": 1,
            "file": "zones/example.org.yaml",
            "record_sets": 3,
            "comments": {"kept": 3, "left_out": 0},
            "delete": [],
        }

    def test_the_account_says_where_zones_are(self, cli: Cli, folder: Path) -> None:
        """In an account the file goes to its zone folder; a master file there for the same zone has to go."""
        (folder / "dns").mkdir()
        (folder / "dns" / "example.org.zone").write_text(MASTER)
        (folder / "account.yaml").write_text(FILES["account.yaml"] + "dns: {directory: dns}\n")
        done = cli("import", "zonefile", "dns/example.org.zone", cwd=folder)
        assert done.out.endswith("Delete dns/example.org.zone: a zone has one file.\n")
        (folder / "dns" / "example.org.zone").unlink()
        assert cli("validate", cwd=folder).code == 0

    @pytest.mark.parametrize(
        ("args", "code", "words"),
        [
            (("none.zone",), 1, "error: none.zone can't be read: No such file or directory.\n"),
            ((".",), 64, "error: . is a folder.\nhelp: Name one file.\n"),
            (("wrong.zone",), 1, "error[out-of-zone]"),
            (("latin.zone",), 1, "error[invalid-utf-8]"),
            (("example.txt",), 64, "error: example.txt doesn't tell its zone.\nhelp: Name it with `--zone NAME`.\n"),
            (("example.txt", "--zone", "a b"), 64, "error: a b is not the name of a zone.\n"),
            (("example.txt", "--zone", "../x"), 64, "error: ../x is not the name of a zone.\n"),
            (("example.txt", "--zone", "0/25.2.0.192.in-addr.arpa"), 64, "can't be the name of a file"),
        ],
    )
    def test_what_is_refused(self, cli: Cli, folder: Path, args: tuple[str, ...], code: int, words: str) -> None:
        """Each with its code; nothing is written."""
        (folder / "wrong.zone").write_text("a.example.net. A 192.0.2.1\n")
        (folder / "latin.zone").write_bytes(b'a TXT "\xe4"\n')
        (folder / "example.txt").write_text(MASTER)
        done = cli("import", "zonefile", *args, cwd=folder)
        assert done.code == code
        assert words in done.err
        assert not (folder / "zones").exists()

    def test_what_was_imported_and_applied_is_what_bind_reads(self, cli: Cli, folder: Path) -> None:
        """From the master file through YAML into a new account: the live records are those of named-checkzone."""
        text = MASTER + (
            'www 60 AAAA 2001:db8::1\n@ TXT "v=spf1 mx" " -all;"\n MX 10 mx\n MX 20 mx.example.net.\n'
            '$GENERATE 1-3 host$ A 203.0.113.$\n_sip._tcp SRV 0 5 5060 www\n@ CAA 0 issue "ca.example.net"\n'
        )
        (folder / "example.org.zone").write_text(text)
        (folder / "account.yaml").write_text(FILES["account.yaml"])
        assert cli("import", "zonefile", "example.org.zone", cwd=folder).code == 0
        assert cli("apply", "--auto-approve", cwd=folder).code == 0
        contents = Store(folder / "account.db").read()
        theirs, _ = checkzone(text, folder)
        assert contents is not None
        assert found_in(contents.state) == theirs

    def test_an_existing_file_is_never_overwritten(self, cli: Cli, folder: Path) -> None:
        """The second import says what is in the way."""
        assert cli("import", "zonefile", "../example.org.zone", cwd=folder).code == 0
        again = cli("import", "zonefile", "../example.org.zone", cwd=folder)
        assert (again.code, again.out) == (64, "")
        assert "error: These files exist already: zones/example.org.yaml.\n" in again.err


EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "octodns-migration"
CONFIG = """\
providers:
  config:
    class: octodns.provider.yaml.YamlProvider
    directory: ./config
    default_ttl: 600
  out: {class: octodns_bind.AxfrSource, host: 192.0.2.1}
zones:
  '*': {sources: [config], targets: [out]}
  example.net.: {sources: [out], targets: [out]}
"""


class TestOctodns:
    """`import octodns CONFIG`."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        """Where octoDNS runs: its configuration, one zone file, and an empty account folder."""
        (tmp_path / "config").mkdir()
        (tmp_path / "account").mkdir()
        (tmp_path / "production.yaml").write_text(CONFIG)
        (tmp_path / "config" / "example.org.yaml").write_text("# ours\non: {type: TXT, value: 010}\n")
        return tmp_path

    def test_the_whole_answer(self, cli: Cli, place: Path) -> None:
        """Files, what was met and what becomes of it, other readings, and options for account.yaml."""
        done = cli("-C", "account", "import", "octodns", "production.yaml", cwd=place)
        assert (done.code, done.err) == (0, "")
        assert done.out == (
            "wrote zones/example.org.yaml\n\n"
            "taken over: dynamic zones (`'*'`, `glob`)\n"
            "  Every zone that they stand for.\n"
            "  --> production.yaml:8:3  *\n\n"
            "taken over: `default_ttl`, `lenient`, `escaped_semicolons`\n"
            "  As options of the zones, which are printed.\n"
            "  --> production.yaml:5:5  default_ttl\n\n"
            "not needed: other providers, targets\n"
            "  `providers:` in account.yaml says where records go; secrets are written there as `{secret: env/NAME}`.\n"
            "  --> production.yaml:6:3  out\n\n"
            "not taken over: sources that aren't YAML\n"
            "  Such a zone is not imported. `octodns-dump` writes it as YAML.\n"
            "  --> production.yaml:9:3  example.net.\n\n"
            "octoDNS reads 2 scalars with YAML 1.1 otherwise than they stand:\n"
            "  --> config/example.org.yaml:2:1  the name `on` is true for octoDNS, and `on` here\n"
            "  --> config/example.org.yaml:2:24  the value `010` is 8 for octoDNS, and `010` here\n\n"
            "For account.yaml, so that the zones are read as octoDNS reads them:\n"
            "  # Read the zones as octoDNS does.\n\n"
            "  dns:\n    defaults:\n      default_ttl: 600\n"
        )
        copied = place / "account" / "zones" / "example.org.yaml"
        assert copied.read_bytes() == (place / "config" / "example.org.yaml").read_bytes()

    def test_the_answer_as_json(self, cli: Cli, place: Path) -> None:
        """Every place, and the options as values."""
        done = cli("-C", "account", "import", "octodns", "--json", "production.yaml", cwd=place)
        data = json.loads(done.out)
        assert data["files"] == ["zones/example.org.yaml"]
        assert data["account"] == {"dns": {"defaults": {"default_ttl": 600}}}
        assert [reading["octodns"] for reading in data["yaml_1_1"]] == ["true", "8"]
        assert {feature["verdict"] for feature in data["features"]} == {"taken over", "not needed", "not taken over"}

    def test_files_of_octodns_below_the_account_folder_are_to_be_excluded(self, cli: Cli, place: Path) -> None:
        """With what is printed the account is valid."""
        done = cli("import", "octodns", "production.yaml", cwd=place)
        printed = done.out.partition("reads them:\n")[2].replace("\n  ", "\n")[2:]
        (place / "account.yaml").write_text(FILES["account.yaml"] + printed)
        assert "exclude: [config, production.yaml]\n" in printed
        assert cli("validate", cwd=place).code == 0

    @pytest.mark.parametrize(
        ("name", "text", "code", "words"),
        [
            ("none.yaml", None, 1, "error: none.yaml can't be read: No such file or directory.\n"),
            (".", None, 64, "error: . is a folder.\nhelp: Name one file.\n"),
            ("bad.yaml", "zones: [", 1, "error[yaml-syntax]"),
            ("bad.yaml", "zones: {}\n", 1, "error[octodns-config]"),
            ("bad.yaml", CONFIG.replace("./config", "../x"), 1, "error[unsafe-path]"),
            ("bad.yaml", CONFIG.replace("'*'", "a.org."), 1, "error[zone-without-file]"),
        ],
    )
    def test_what_is_refused(self, cli: Cli, place: Path, name: str, text: str | None, code: int, words: str) -> None:
        """Each with its code; nothing is written."""
        if text is not None:
            (place / name).write_text(text)
        done = cli("-C", "account", "import", "octodns", name, cwd=place)
        assert (done.code, done.out) == (code, "")
        assert words in done.err
        assert list((place / "account").iterdir()) == []

    def test_what_was_imported_and_applied_is_what_octodns_reads(self, cli: Cli, tmp_path: Path) -> None:
        """From octoDNS's repository into a new account: the live records are those of octoDNS's own provider.

        The record set with a health check is left out, as the import says.
        """
        place = Path(copytree(EXAMPLE, tmp_path / "place"))
        account = tmp_path / "account"
        account.mkdir()
        done = cli("-C", str(account), "import", "octodns", "production.yaml", cwd=place)
        printed = done.out.partition("reads them:\n")[2].replace("\n  ", "\n")[2:]
        (account / "account.yaml").write_text(FILES["account.yaml"] + printed)
        applied = cli("apply", "--auto-approve", cwd=account)
        assert applied.code == 0, applied.err
        contents = Store(account / "account.db").read()
        assert contents is not None
        theirs = {}
        for zone in ("example.org", "2.0.192.in-addr.arpa"):
            theirs |= octodns_reads(place / "config", zone, lenient=True)
        assert found_in(contents.state) == {
            key: value for key, value in theirs.items() if key[0] != "shop.example.org."
        }
        assert re.findall("kept in the file: (.*)", done.out)[-1] == "`octodns:` and blocks of providers in records"
