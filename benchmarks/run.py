"""Runs the experiments: ours and the peers in pairs, on workloads and servers made here; writes figures and page.

Each experiment is kept as soon as it is done, so a run that was broken off goes on with ``--rows`` (names of
experiments, or their beginnings). Full size writes ``docs/performance.json``, ``docs/performance.md`` and the pictures;
``--quick`` uses smaller sizes, prints the tables and writes ``.bench/quick.json``.
"""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import illustrations
import named
import page
from experiments import FULL, QUICK, experiments
from measuring import BenchError
from results import Measured, Results
from workloads import PLACE


def main() -> None:
    """Run what is asked for; exit 1 where an experiment couldn't be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, in minutes")
    parser.add_argument("--rows", default="", help="only these experiments, by name or beginning")
    parser.add_argument("--list", action="store_true", help="print the names of the experiments")
    parser.add_argument("--page", action="store_true", help="measure nothing; write page and pictures again")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that servers end, too
    scale = QUICK if options.quick else FULL
    known = experiments(scale)
    if options.list:
        print("\n".join(known))
        return
    results = Results.of(PLACE / "quick.json" if options.quick else page.ROOT / "docs" / "performance.json")
    failed = () if options.page else measure(results, chosen(known, options.rows.split()))
    parts = page.tables(results, scale)
    print("\n\n".join(parts.values()))
    if not options.quick:
        page.write(parts)
        illustrations.write(results, scale)
    if failed:
        sys.exit(f"Not measured: {', '.join(failed)}.")


def chosen(known: Mapping[str, Callable[[], Measured]], names: Sequence[str]) -> Mapping[str, Callable[[], Measured]]:
    """Return the experiments with these names; a name that is none stands for those that begin so; none, for all."""
    meant = {name: {name} if name in known else {one for one in known if one.startswith(name)} for name in names}
    if strange := [name for name, found in meant.items() if not found]:
        sys.exit(f"No experiment begins with {' or '.join(strange)}: {', '.join(known)}.")
    return {name: run for name, run in known.items() if not names or any(name in found for found in meant.values())}


def measure(results: Results, wanted: Mapping[str, Callable[[], Measured]]) -> Sequence[str]:
    """Run experiments and keep each; return the names of those that couldn't be done."""
    failed = []
    for name, run in wanted.items():
        started = time.monotonic()
        print(f"{name} ...", flush=True)
        try:
            results.put(name, run(), {"text": about()})
        except (BenchError, OSError) as error:
            failed.append(name)
            print(f"{name}: {error}", file=sys.stderr, flush=True)
        else:
            print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return failed


def about() -> str:
    """Return when and on what is measured, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("octodns", "octodns-bind", "dnspython", "PyYAML"))
    bind = _said(named.program(), "-v").split()
    terraform = _said("terraform", "version").split()[:2] if shutil.which("terraform") else ["no", "Terraform"]
    return (
        f"{datetime.now(UTC).date().isoformat()}, reconciler at {_said('git', 'rev-parse', '--short', 'HEAD')}; "
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, {packages}, "
        f"{' '.join(bind[:2])}, {_said('git', 'version')}, {' '.join(terraform)}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        return platform.processor()


def _said(*line: str) -> str:
    return subprocess.run(line, cwd=page.ROOT, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
