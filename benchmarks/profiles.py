"""Where the time of a plan goes: its own profile, summed up by room of the program and by library."""

import pstats
import sys
from collections import Counter
from pathlib import Path

from measuring import Command, measured
from results import Measured
from trial import Trial, trial
from workloads import RECONCILER, Workload

#: What has less than this part of a run isn't told by name.
LEAST = 0.01
_REST = "the rest"


def profile(workload: Workload) -> Measured:
    """Profile a cold plan, and a warm one after it; the facts are parts of the whole, by series and room."""
    found = Measured()
    with trial(workload) as place:
        for series in ("cold", "warm"):
            found.facts |= {f"{series}: {room}": part for room, part in _parts(place).items()}
    return found


def _parts(place: Trial) -> dict[str, float]:
    kept = place.folder / "profile"
    measured(Command([sys.executable, "-m", "cProfile", "-o", str(kept), RECONCILER, "plan"], place.account, place.env))
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in pstats.Stats(str(kept)).stats.items():  # type: ignore[attr-defined]
        if file == "~" and callers:  # what is built in counts for who calls it
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[room_of(caller)] += part
        else:
            spent[room_of(file)] += own
    whole = sum(spent.values())
    told = {room: cost / whole for room, cost in spent.items() if cost >= LEAST * whole}
    return {**told, _REST: 1 - sum(told.values())}


def room_of(file: str) -> str:
    """Return whose code a file is: a room of ours, a library, Python's own, or the import of any of them."""
    if file.startswith("<frozen importlib") or file == "~":
        return "importing"
    parts = Path(file).parts
    if "site-packages" in parts:
        names = parts[parts.index("site-packages") + 1 :]
        return "/".join(names[:2]) if names[0] == "reconciler" and len(names) > 1 else names[0]
    return "Python's library"
