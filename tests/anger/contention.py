"""Many applies at once against one remote, round after round: ``python tests/anger/contention.py``.

Each process has a clone of its own and runs the whole way of a plan and an apply. Exactly one wins, and holds the
record until all others have answered: exit code 5, with holder, age and run URL.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anger.ground import Ground, session, start
from reconciler.apply.approval import Approval
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.record.times import Times

URL = "https://ci.example.org/"
_TOLD = re.compile(
    r"Apply \d+ of account K-104711 has begun and not ended: \S+ on \S+, process \d+, \d+ \w+ ago "
    rf"\({re.escape(URL)}\d+\)\."
)


@dataclass(frozen=True)
class Round:
    """How one round ended: the exit codes by number, losers who weren't told enough, and seconds."""

    codes: Counter[int]
    untold: int
    seconds: float

    def is_right(self, processes: int) -> bool:
        """Tell whether exactly one won and all others were told who did."""
        return self.codes == Counter({0: 1, 5: processes - 1}) and not self.untold


def contend(clones: Sequence[Path], number: int) -> Round:
    """Let all apply the same new value at once."""
    for clone in clones:
        (clone / "vars.yaml").write_text(f"whitelist:\n  office: {{address: 203.0.113.{number % 250 + 1}}}\n")
    results, answer = os.pipe()
    starting, begin = os.pipe()
    holding, release = os.pipe()
    began = time.monotonic()
    work = [_contender(clone, index, answer, starting, holding) for index, clone in enumerate(clones)]
    children = [start(one) for one in work]
    os.write(begin, b"." * len(clones))
    said = b""
    while said.count(b"\n") < len(clones):  # the winner says that it holds, the others how they ended
        said += os.read(results, 65536)
    os.write(release, b".")
    codes = Counter(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)
    for end in (results, answer, starting, begin, holding, release):
        os.close(end)
    lines = said.decode().splitlines()
    untold = sum(line != "holds" and not _TOLD.search(line) for line in lines)
    return Round(codes, untold + abs(lines.count("holds") - 1), time.monotonic() - began)


def _contender(clone: Path, index: int, answer: int, starting: int, holding: int) -> Callable[[], int]:
    one = session(clone, Times(), RECONCILER_RUN_URL=f"{URL}{index}")

    outcomes: list[Outcome] = []

    def hold(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if len(outcomes) == 1:
            os.write(answer, b"holds\n")
            os.read(holding, 1)

    def work() -> int:
        os.read(starting, 1)
        return _ended(one, hold, answer)

    return work


def _ended(one: Session, hold: Callable[[Outcome], None], answer: int) -> int:
    """Return the exit code, after passing on what was said to whoever lost."""
    try:
        apply(one, plan(one, Options()), Approval(), hold)
    except ReconcilerError as error:
        os.write(answer, " ".join(str(error).split()).encode() + b"\n")
        return error.exit_code
    return 0


def main() -> int:
    """Run as the arguments say, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    began, wrong, codes, longest = time.monotonic(), 0, Counter[int](), 0.0
    with tempfile.TemporaryDirectory(prefix="contention-") as folder:
        ground = Ground(Path(folder) / "ground", 9)
        ground.prepare()
        clones = [ground.clone(f"clone{index}").path for index in range(given.processes)]
        for number in range(given.rounds):
            ended = contend(clones, number)
            codes += ended.codes
            longest = max(longest, ended.seconds)
            if not ended.is_right(given.processes):
                wrong += 1
                sys.stdout.write(f"round {number}: {dict(ended.codes)}, {ended.untold} told too little\n")
            if number % 10 == 9:
                sys.stdout.write(f"  {number + 1} rounds, {wrong} wrong, {time.monotonic() - began:.0f} s\n")
                sys.stdout.flush()
    told = ", ".join(f"exit {code}: {count}" for code, count in sorted(codes.items()))
    sys.stdout.write(
        f"{given.processes} processes, {given.rounds} rounds: {wrong} wrong; {told}; longest round {longest:.1f} s; "
        f"{time.monotonic() - began:.0f} s\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
