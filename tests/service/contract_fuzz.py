"""Requests that schemathesis generates from the contract, against the running service.

``python tests/service/contract_fuzz.py --examples 300 --seed 7``: all checks, also what follows from what was answered
(stateful). The small form of the suite has the same requests each time.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reconciler.service.app import openapi
from reconciler.service.settings import Limits, Settings
from service.serving import serving

_UNBOUND = Settings(limits=Limits(rate=1e6, burst=10**9, failures=10**9))
#: What fits the contract may be known already, or be refused: by a kind's rules, by what is there or is expected.
_CONFIG = (
    "[checks.positive_data_acceptance]\n"
    'expected-statuses = ["2xx", "304", "400", "404", "409", "410", "412", "422", "428"]\n'
)


@dataclass(frozen=True)
class Found:
    """How a run ended: schemathesis's exit code and words, the statuses that were answered, and mistakes of ours."""

    code: int
    words: str
    statuses: Mapping[int, int]
    faults: Sequence[str]

    @property
    def cases(self) -> int:
        """How many requests schemathesis generated."""
        found = re.search(r"(\d+) generated", self.words)
        return int(found[1]) if found else 0


def fuzz(folder: Path, *options: str) -> Found:
    """Generate requests to a service over a new account in ``folder``."""
    (folder / "openapi.json").write_text(json.dumps(openapi()))
    (folder / "schemathesis.toml").write_text(_CONFIG)
    with serving(folder / "account.db", _UNBOUND) as served:
        served.account.done(served.account.create("zone/example.org"))
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", "openapi.json", "--url", served.url]
        token = f"Authorization: Bearer {served.token}"
        more = [
            "--header",
            token,
            "--checks",
            "all",
            "--no-color",
            "--continue-on-failure",
            "--suppress-health-check=all",
        ]
        done = subprocess.run([*command, *more, *options], cwd=folder, capture_output=True, text=True, check=False)
        faults = [repr(fault) for fault in served.faults]
        served.faults.clear()
        return Found(done.returncode, done.stdout + done.stderr, Counter(line.status for line in served.lines), faults)


def main() -> int:
    """Run, print the figures, and fail on a violated contract, a 5xx, or a mistake of ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", default="300", help="most cases of each operation and phase (300)")
    parser.add_argument("--seed", default="1", help="what is drawn (1)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(Path(folder), "--max-examples", given.examples, "--seed", given.seed)
    sys.stdout.write("\n".join(line[:200] for line in found.words.splitlines()) + "\n")
    errors = sum(count for status, count in found.statuses.items() if status >= 500)
    sys.stdout.write(f"{found.cases} cases; answers {dict(sorted(found.statuses.items()))}; {errors} of 5xx\n")
    sys.stdout.write("".join(f"a mistake of ours: {fault}\n" for fault in found.faults))
    return int(bool(found.code or found.faults or errors))


if __name__ == "__main__":
    sys.exit(main())
