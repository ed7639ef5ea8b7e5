"""Holds cached plans against uncached ones over long random histories: ``python tests/anger/histories.py``.

What happens to the account, to its server, to the record and to the files of the cache stands in
``tests/cache/histories.py``; a history that breaks the law is made as short as it can be, and shown.
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cache.histories import Histories
from nameservers import Bind


def main() -> None:
    """Run as many histories as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--steps", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Bind(Path(folder) / "bind") as bind:
        long = settings(
            max_examples=given.histories,
            stateful_step_count=given.steps,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(partial(Histories, bind), settings=long)
    told = f"{given.histories} histories of up to {given.steps} steps"
    sys.stdout.write(f"{told}: each cached plan equals the uncached one.\n")


if __name__ == "__main__":
    main()
