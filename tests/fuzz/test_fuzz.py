"""Whatever the files: they load or every error is sound, in bounded time and memory. ``make fuzz`` runs all of it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import bombs, cases
from fuzz.grammar import FILES, generated
from fuzz.measured import Case, Result, run
from fuzz.verdict import fault
from reconciler.load.desired import load_desired
from reconciler.load.schema import schemas
from reconciler.load.tree import WorkTree
from reconciler.model.errors import DiagnosticsError, ReconcilerError
from reconciler.record import receipts
from reconciler.report.saved import read_saved

SMALL = 2**12


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(cases.FAMILIES)))
def test_any_configuration_gets_a_sound_answer(rng: Random, family: str) -> None:
    """Made from the schemas, from the examples, from text or bytes; what fails is made small."""
    make, _ = cases.FAMILIES[family]
    assert fault(make(rng)) == ""


def test_a_small_part_of_what_make_fuzz_runs() -> None:
    """Some of the generated configurations and a small bomb of each sort stay inside their bounds."""
    chosen = [*cases.generated(60), *cases.of_bombs(len(bombs.BOMBS), SMALL)]
    results = list(run(chosen, 60))
    assert [result.name for result in results] == [case.name for case in chosen]
    assert [result for result in results if result.is_bad] == []


def test_the_grammar_knows_every_schema_of_a_file() -> None:
    """A new sort of file has to be generated, too."""
    assert set(FILES.values()) == set(schemas())


def test_generated_configurations_are_not_all_hopeless() -> None:
    """Some load, so that what comes after the first error is reached."""
    assert any(loads(generated(Random(number))) for number in range(200))


def loads(files: dict[str, bytes]) -> bool:
    """Tell whether files load."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            load_desired(WorkTree(Path(folder)))
        except DiagnosticsError:
            return False
    return True


def test_a_bomb_that_goes_off_is_seen_and_the_others_are_still_run() -> None:
    """A child that dies, one that is slow, and one that is greedy are named; nothing takes the run down."""

    def dies() -> dict[str, bytes]:
        os._exit(3)

    good = Case("f", "no account", dict)
    results = list(run([good, Case("f", "dies", dies), good], 3))
    assert [(one.name, one.is_bad) for one in results] == [("no account", False), ("dies", True), ("no account", False)]
    assert results[1].fault == "The process ended with 3."
    assert Result("f", "slow", 2.1, 1.0, "").is_bad
    assert Result("f", "greedy", 0.1, 257.0, "").is_bad
    assert not Result("f", "fine", 1.9, 255.0, "").is_bad


def test_the_peak_is_measured() -> None:
    """Memory that was given back counts; what was there before doesn't."""
    tests = Path(__file__).parent.parent
    new = subprocess.run((sys.executable, "-c", _MEASURE), cwd=tests, capture_output=True, text=True, check=False)
    assert 5 < float(new.stdout) < 64, new.stderr


_MEASURE = """
from fuzz import bombs
from fuzz.measured import Case, measure

spare = b"x" * (64 * 2**20)
result = measure(Case("f", "a MiB", lambda: bombs.BOMBS["many keys"](2**20)))
del spare
assert result.fault == "", result.fault
print(result.mib)
"""
"""A process of its own: what a used one has freed before would hide what a case takes."""


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Path]:
    """An account on disk in which a stranger laid traps."""
    (tmp_path / "account.yaml").write_text(
        "version: 1\naccount: K-1\nproviders:\n  default: {type: embedded, path: a.db}\n"
    )
    (tmp_path / "zones").mkdir()
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("place", ("trap.yaml", "zones/trap.example.yaml", "deep/trap.yaml"))
@pytest.mark.parametrize("trap", ("loop", "self", "device", "pipe", "outside", "folder"))
def test_traps_on_disk(account: Path, place: str, trap: str) -> None:
    """Loops of links, devices and pipes are refused by name, and nothing waits for them."""
    path = account / place
    path.parent.mkdir(exist_ok=True)
    if trap == "pipe":
        os.mkfifo(path)
    elif trap == "folder":
        path.mkdir()
    else:
        target = {"loop": "..", "self": path.name, "device": "/dev/zero", "outside": "/etc/passwd"}[trap]
        path.symlink_to(target)
    if trap == "folder":
        load_desired(WorkTree(account))
        return
    with pytest.raises(DiagnosticsError) as refused:
        load_desired(WorkTree(account))
    assert {one.code for one in refused.value.diagnostics} == {"special-file" if trap == "pipe" else "symbolic-link"}


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:0n"', max_size=60).map(str.encode))
def test_readers_of_what_we_wrote_ourselves_refuse_the_rest(data: bytes) -> None:
    """A plan file or a receipt that is anything else ends in one of the errors that are foreseen."""
    with pytest.raises(ReconcilerError):
        read_saved(data, "plan.json")
    with pytest.raises((KeyError, TypeError, ValueError)):
        receipts.decode(data, "K-1")
