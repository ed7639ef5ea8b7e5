"""The benchmark's zone is a real one, the same on every machine."""

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from program import Cli

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
COUNT = 1000


@pytest.fixture(scope="module")
def zone() -> ModuleType:
    """The generator, which lives outside the package."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import zone
    finally:
        sys.path.remove(str(BENCHMARKS))
    return zone


def test_the_zone_is_the_same_each_time(zone: ModuleType) -> None:
    """Figures of two runs speak of the same input."""
    assert zone.zone_text(COUNT) == zone.zone_text(COUNT)


def test_every_name_is_one_record_set_of_the_mix(zone: ModuleType) -> None:
    """Types come in the shares of the mix, so that no single fast path decides the figure."""
    content = yaml.safe_load(zone.zone_text(COUNT))
    shares = Counter(record["type"] for record in content.values())
    assert len(content) == COUNT
    assert set(shares) == set(zone.MIX) - {"DKIM"}
    assert shares["A"] > shares["CNAME"] > shares["CAA"] > 0


def test_a_revision_changes_one_record_set_in_a_hundred(zone: ModuleType) -> None:
    """Changed means: the same name and type with another value."""
    old, new = (yaml.safe_load(zone.zone_text(COUNT, revision)) for revision in (0, 1))
    changed = [name for name in old if old[name] != new[name]]
    assert old.keys() == new.keys()
    assert len(changed) == COUNT // 100
    assert all(old[name]["type"] == new[name]["type"] for name in changed)


def test_the_program_takes_the_zone_and_finds_the_change(zone: ModuleType, cli: Cli, tmp_path: Path) -> None:
    """What is timed is the main job: all is created, then nothing is left, then one in a hundred changes."""
    account = "version: 1\naccount: K-100000\nproviders:\n  default: {type: embedded, path: account.db}\n"
    (tmp_path / "account.yaml").write_text(account)
    (tmp_path / "zones").mkdir()
    file = tmp_path / "zones" / "example.org.yaml"
    file.write_text(zone.zone_text(COUNT))
    applied = cli("apply", "--auto-approve", cwd=tmp_path)
    assert applied.code == 0, applied.err
    assert "No changes." in cli("plan", cwd=tmp_path).out
    file.write_text(zone.zone_text(COUNT, revision=1))
    assert f"Plan: 0 to add, {COUNT // 100} to change, 0 to destroy." in cli("plan", cwd=tmp_path).out
