"""octoDNS's configuration: what is imported, what is noted, and that the zones mean what octoDNS reads."""

import subprocess
from collections import Counter
from pathlib import Path
from shutil import copytree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from load.octodns_reading import octodns_reads
from load.test_checkzone import found_in
from reconciler.load.octodns_features import FEATURES, Verdict
from reconciler.load.octodns_zones import OctodnsImport, options_needed, read_octodns_import
from reconciler.load.yaml11 import other_readings
from reconciler.model.account import Dns, ZoneOptions
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.pipeline.importing import import_octodns

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = """\
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./config}
  out: {class: octodns_powerdns.PowerDnsProvider, host: ns.example.net, api_key: env/KEY}
"""
ZONE = "www: {type: A, value: 203.0.113.1}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder in which octoDNS runs, with two zones."""
    (tmp_path / "config").mkdir()
    for name in ("example.org", "example.net"):
        (tmp_path / "config" / f"{name}.yaml").write_text(ZONE)
    return tmp_path


def read(place: Path, zones: str, providers: str = PROVIDERS) -> OctodnsImport:
    """Return what a configuration with these zones imports."""
    return read_octodns_import("production.yaml", f"{providers}{zones}".encode(), (place,))


def refused(place: Path, zones: str, providers: str = PROVIDERS) -> list[Diagnostic]:
    """Return the errors of a configuration."""
    with pytest.raises(DiagnosticsError) as caught:
        read(place, zones, providers)
    return [found for found in caught.value.diagnostics if found.is_error]


def noted(found: OctodnsImport) -> set[str]:
    """Return the features that were met."""
    return {occurrence.feature for occurrence in found.occurrences}


class TestConfiguration:
    """Which zones are imported."""

    @pytest.mark.parametrize(
        ("zones", "names"),
        [
            ("example.org.: {sources: [config], targets: [out]}", ["example.org"]),
            ("'*': {sources: [config], targets: [out]}", ["example.net", "example.org"]),
            ("'*': {sources: [config], glob: '*.org.'}", ["example.org"]),
            ("'*': {sources: [config]}\n  example.org.: {sources: [out]}", ["example.net"]),
            ("'*': {sources: [config]}\n  example.org.: {alias: example.net.}", ["example.net"]),
            ("'*': {sources: [config], regex: org}", []),
            ("example.org.: {sources: [config, out]}", []),
            ("EXAMPLE.org.: {sources: [config]}", ["example.org"]),
        ],
    )
    def test_which_zones(self, place: Path, zones: str, names: list[str]) -> None:
        """Named ones and those that a pattern finds; what isn't imported is noted."""
        found = read(place, f"zones:\n  {zones}\n")
        assert sorted(found.zones) == names
        left = {feature for feature in noted(found) if FEATURES[feature].verdict is Verdict.LEFT}
        assert bool(left) is (zones.count("[config]") != zones.count("sources") or "regex" in zones or "alias" in zones)

    def test_every_feature_is_noted_at_its_place(self, place: Path) -> None:
        """The table of the documentation, each row from one configuration."""
        (place / "config" / "example.org.yaml").write_text(
            "a: {type: ALIAS, value: b.}\nb: {type: A, value: 203.0.113.1, geo: {EU: [203.0.113.2]}}\n"
            "c: {type: A, value: 203.0.113.1, dynamic: {pools: {}, rules: []}}\n"
            "d: {type: A, value: 203.0.113.1, octodns: {excluded: [x]}}\n"
        )
        (place / "config" / "split.org.").mkdir()
        (place / "config" / "split.org." / "www.yaml").write_text(ZONE)
        providers = (
            "manager: {max_workers: 2, processors: [p]}\nprocessors: {p: {class: x.Y}}\n"
            + PROVIDERS.replace("./config}", "./config, default_ttl: 60, enforce_order: true}")
            + "  split: {class: octodns.provider.yaml.SplitYamlProvider, directory: config}\n"
            + "  shared: {class: octodns.provider.yaml.YamlProvider, directory: config, shared_filename: x.yaml}\n"
        )
        zones = """\
zones:
  '*': {sources: [config], glob: 'nothing'}
  example.org.: {sources: [config], targets: [out, config], processors: [p], lenient: true}
  split.org.: {sources: [split]}
  a.org.: {sources: [out]}
  b.org.: {sources: [out, config]}
  c.org.: {sources: [shared]}
  d.org.: {alias: example.org.}
  '*.e': {sources: [config], regex: x}
"""
        found = read(place, zones, providers)
        assert noted(found) == FEATURES.keys()
        assert [o.span[1:] for o in found.occurrences if o.feature == "several-targets"] == [(10, 37)]
        assert sorted(found.zones) == ["example.org", "split.org"]

    @pytest.mark.parametrize(
        ("zones", "providers", "code"),
        [
            ("zones: {}", "", "octodns-config"),
            ("", PROVIDERS, "octodns-config"),
            ("zones: []", PROVIDERS, "octodns-config"),
            ("zones: {a.org.: {sources: [conf]}}", PROVIDERS, "octodns-config"),
            ("zones: {a.org.: {}}", PROVIDERS, "octodns-config"),
            ("zones: {a b.: {sources: [config]}}", PROVIDERS, "octodns-config"),
            ("zones: {a.org.: {sources: [config]}}", PROVIDERS, "zone-without-file"),
            ("zones: {}", "providers: {a: {directory: x}}\n", "octodns-config"),
            ("zones: {}", "providers: {a: {class: octodns.provider.yaml.YamlProvider}}\n", "octodns-config"),
            ("zones: {}", PROVIDERS.replace("./config}", "./config, default_ttl: 1h}"), "octodns-config"),
            ("zones: {'*': {sources: [config]}}", PROVIDERS.replace("./config}", "env/DIR}"), "octodns-config"),
            ("zones: {'*': {sources: [config]}}", PROVIDERS.replace("./config", "../config"), "unsafe-path"),
            ("zones: {'*': {sources: [config]}}", PROVIDERS.replace("./config", "/etc"), "unsafe-path"),
            ("zones: {'*': {sources: [config]}}", PROVIDERS.replace("./config", "link"), "unsafe-path"),
            ("zones: {'*': {sources: [config]}}", PROVIDERS.replace("./config", "none"), "unreadable-file"),
            ("zones: !include zones.yaml", PROVIDERS, "include"),
            ("zones: {<<: {}}", PROVIDERS, "merge-key"),
        ],
    )
    def test_what_is_refused(self, place: Path, zones: str, providers: str, code: str) -> None:
        """What can't be read, and what would read files that nobody meant."""
        (place / "link").symlink_to(place / "config")
        assert code in {found.code for found in refused(place, f"{zones}\n", providers)}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("www: {type: A, value: 203.0.113}\n", "wrong-type"),
            ("www: !include x\n", "include"),
            ("www: {type: CNAME, value: example.net}\n", "missing-dot"),
            ("www: {type: A, valeu: 203.0.113.1}\n", "unknown-key"),
            (b"\xff\n", "invalid-utf-8"),
        ],
    )
    def test_errors_of_zone_files_stand_in_octodns_s_files(self, place: Path, text: str | bytes, code: str) -> None:
        """They are mended there, where both tools read them."""
        (place / "config" / "example.org.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        (error, *_) = refused(place, "zones: {'*': {sources: [config]}}\n")
        assert (error.code, error.span and error.span.file) == (code, "config/example.org.yaml")

    def test_a_link_in_the_folder(self, place: Path) -> None:
        """A zone file that is a link is never read."""
        (place / "config" / "example.com.yaml").symlink_to("/etc/hostname")
        assert {f.code for f in refused(place, "zones: {'*': {sources: [config]}}\n")} == {"unsafe-path"}

    def test_options(self, place: Path) -> None:
        """What most zones share is a default, what one has for itself is its option."""
        providers = PROVIDERS.replace("./config}", "./config, default_ttl: 60, escaped_semicolons: false}")
        found = read(
            place, "zones: {'*': {sources: [config]}, example.org.: {sources: [config], lenient: yes}}\n", providers
        )
        needed = options_needed(found.zones, ZoneOptions())
        defaults = needed["dns"]["defaults"]
        assert (defaults["default_ttl"], defaults["escaped_semicolons"]) == (60, False)
        assert len(needed["zones"]) == 1
        assert options_needed(found.zones, ZoneOptions(default_ttl=60, escaped_semicolons=False)).keys() <= {
            "dns",
            "zones",
        }

    def test_the_page_shows_the_table(self) -> None:
        """`docs/octodns.md` holds a row for each feature."""
        page = (ROOT / "docs" / "octodns.md").read_text(encoding="utf-8")
        rows = [f"| {f.title} | {f.verdict.value} | {f.meaning} |" for f in FEATURES.values()]
        assert "\n".join(["| in octoDNS | is | which means |", "|---|---|---|", *rows]) in page


class TestSplitFiles:
    """A zone in many files becomes one file."""

    PROVIDERS = PROVIDERS.replace("./config}", "./config, split_extension: .}")

    def test_comments_and_spellings_stay(self, place: Path) -> None:
        """The files in one, in octoDNS's order; a name in two of them has a list."""
        folder = place / "config" / "split.org."
        folder.mkdir()
        (folder / "www.yaml").write_text("# Web\n---\nwww:  # the site\n  type: A\n  value: '203.0.113.1'\n# end\n")
        (folder / "$split.org.yaml").write_text("'':\n  # mail\n  type: MX\n  value: 010 mx.example.net.\n")
        (folder / "again.yaml").write_text("www: {type: TXT, value: on}\n")
        config = place / "production.yaml"
        raw = f"{self.PROVIDERS}zones: {{split.org.: {{sources: [config]}}}}\n".encode()
        import_octodns(place / "account", config, raw, (place,), (Dns(), ()))
        assert (place / "account" / "zones" / "split.org.yaml").read_text() == (
            "---\n'':\n  # mail\n  type: MX\n  value: 010 mx.example.net.\n"
            "www:\n  - {type: TXT, value: on}\n  # Web\n  # the site\n  - type: A\n    value: '203.0.113.1'\n# end\n"
        )


WORDS = st.one_of(
    st.sampled_from(
        ["on", "No", "y", "~", "null", "010", "1:30", "1_000", "2026-01-01", "1e3", "1.10", ".5", "0x1f", "0b1"]
    ),
    st.sampled_from(
        ["true", "443", "-1", "+1", "1.5", "203.0.113.1", "0o7", "=", ".inf", "2026-13-45", "08", "190:20:30"]
    ),
    st.text("0123456789_:.+-eExonyaftrulsNT", min_size=1, max_size=8),
)


class TestYaml11:
    """Every scalar that octoDNS reads otherwise than it stands is found."""

    @given(WORDS)
    def test_pyyaml_is_the_judge(self, word: str) -> None:
        """A value is listed exactly where PyYAML makes something of it that says something else."""
        text = f"www: {{type: TXT, value: {word} }}\n"
        try:
            value = yaml.safe_load(text)["www"]["value"]
        except (yaml.YAMLError, ValueError, TypeError, KeyError):
            return
        number = isinstance(value, int | float) and not isinstance(value, bool)
        differs = not isinstance(value, str) and not (number and str(value) == word)
        assert [(r.text, r.key) for r in other_readings("z.yaml", text.encode())] == (
            [(word, False)] if differs else []
        )

    def test_keys_and_places(self) -> None:
        """Names too; quoted text and options that are truths for both are none."""
        text = (
            "on: {type: A, value: 203.0.113.1, ttl: 010}\n'off': {type: TXT, values: [yes, 'no']}\n"
            "010: {type: TXT, value: ~, octodns: {lenient: true, healthcheck: {port: 443, sni: no}}}\n"
        )
        assert [(r.span[1:], r.text, r.reading, r.key) for r in other_readings("z.yaml", text.encode())] == [
            ((1, 1), "on", "true", True), ((1, 40), "010", "8", False), ((2, 29), "yes", "true", False),
            ((3, 1), "010", "8", True), ((3, 25), "~", "null", False), ((3, 83), "no", "false", False),
        ]  # fmt: skip


def test_the_example_means_what_octodns_reads(tmp_path: Path) -> None:
    """Every record set with data of both zones."""
    place = Path(copytree(ROOT / "examples" / "octodns-migration", tmp_path / "place"))
    raw = (place / "production.yaml").read_bytes()
    found = read_octodns_import("production.yaml", raw, (place,))
    for zone, one in found.zones.items():
        assert found_in(one.state) == octodns_reads(place / "config", zone, lenient=True)


def test_a_public_repository_means_what_octodns_reads(corpus: Path, tmp_path: Path) -> None:
    """405 zones are imported byte for byte; where the two disagree is pinned."""
    place = tmp_path / "place"
    place.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(corpus), "archive", "HEAD", "hostedzones"], check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(place)], input=archive.stdout, check=True)
    config = PROVIDERS.replace("./config", "hostedzones") + "zones: {'*': {sources: [config], lenient: true}}\n"
    done = import_octodns(place / "account", place / "production.yaml", config.encode(), (place,), (Dns(), ()))
    classes: Counter[str] = Counter()
    for zone, one in done.read.zones.items():
        copy = place / "account" / "zones" / f"{zone}.yaml"
        assert copy.read_bytes() == one.files[0].path.read_bytes()
        theirs = octodns_reads(place / "hostedzones", zone, lenient=True)
        ours = found_in(one.state)
        for key in ours.keys() | theirs.keys():
            if ours.get(key) != theirs.get(key):
                classes["only here" if key not in theirs else "only octoDNS" if key not in ours else "differs"] += 1
    assert len(done.read.zones) == 405
    assert dict(classes) == {}
    assert done.options == {"dns": {"defaults": {"lenient": True}}}
