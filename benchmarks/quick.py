"""Times the main job on one zone of 100,000 record sets, beside octoDNS reading the same file in the same run.

Whole processes are measured: CPU seconds and peak memory as the operating system counts them. ``--write`` puts the
table into ``docs/performance.md``.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zone import zone_text

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
RECONCILER = str(Path(sys.executable).with_name("reconciler"))

ACCOUNT = """\
version: 1
account: K-100000
providers:
  default: {type: embedded, path: account.db}
"""

PEER = """\
import sys
from octodns.provider.yaml import YamlProvider
from octodns.zone import Zone
zone = Zone("example.org.", [])
YamlProvider("config", sys.argv[1], enforce_order=False).populate(zone)
print(len(zone.records))
"""


@dataclass(frozen=True)
class Sample:
    """One process, measured: ``cpu`` is user and system time, ``peak`` the largest resident memory in MiB."""

    what: str
    wall: float
    cpu: float
    peak: float


def measure(what: str, command: list[str], cwd: Path) -> Sample:
    """Run one process to its end and return what it cost; a failure ends the benchmark with what it printed."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        if code := os.waitstatus_to_exitcode(status):
            said.seek(0)
            sys.exit(f"{what}: exit {code}\n{said.read().decode(errors='replace')[-4000:]}")
    return Sample(what, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run(count: int, folder: Path) -> list[Sample]:
    """Do the main job once in an empty folder and return each step's cost, the peer's first."""
    zones = folder / "zones"
    zones.mkdir()
    file = zones / "example.org.yaml"
    (folder / "account.yaml").write_text(ACCOUNT)
    file.write_text(zone_text(count))
    steps = [measure("octoDNS reads the zone file", [sys.executable, "-c", PEER, str(zones)], folder)]

    def step(what: str, *args: str) -> None:
        steps.append(measure(what, [RECONCILER, *args], folder))

    step("validate", "validate")
    step("first plan", "plan")
    step("apply", "apply", "--auto-approve")
    step("plan without changes", "plan")
    file.write_text(zone_text(count, revision=1))
    step("plan after a change of 1 %", "plan")
    return steps


def table(samples: list[Sample]) -> str:
    """Return the samples as a Markdown table, with CPU time as a ratio to the peer's."""
    rows = [f"| {s.what} | {s.wall:.2f} | {s.cpu:.2f} | {s.cpu / samples[0].cpu:.2f} | {s.peak:.0f} |" for s in samples]
    return "\n".join(("| step | wall s | CPU s | CPU, octoDNS = 1 | peak MiB |", "|---|---|---|---|---|", *rows))


def write(text: str, count: int) -> None:
    """Put the table between the marks of the page, with the day and the kind of machine."""
    version = ".".join(platform.python_version_tuple()[:2])
    stamp = f"{date.today().isoformat()}, {count:,} record sets, Python {version}, {os.cpu_count()} cores."
    marks = r"(<!-- bench-quick -->\n).*?(<!-- end -->)"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        re.sub(marks, lambda m: f"{m[1]}{stamp}\n\n{text}\n{m[2]}", page, flags=re.DOTALL), encoding="utf-8"
    )


def main() -> None:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="record sets in the zone (100000)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = run(options.records, Path(folder))
    text = table(samples)
    print(text)
    if options.write:
        write(text, options.records)


if __name__ == "__main__":
    main()
