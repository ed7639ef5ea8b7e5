"""A zone of 100,000 record sets; the times are printed (``pytest -s``), the figures that count are in benchmarks."""

import sys
from pathlib import Path
from time import perf_counter

from accounts import Account
from reconciler.kinds.record import RecordValue
from reconciler.model.change import Action
from reconciler.ports import Write

COUNT = 100_000


def test_a_zone_of_100_000_record_sets(tmp_path: Path) -> None:
    """It is written in one batch, read back equal, and goes with its zone."""
    account = Account(tmp_path / "account.db").booked()
    account.done(account.create("zone/example.org"))
    wanted = {f"record/example.org/h{n}/A": RecordValue("A", 300, (n.to_bytes(4),)) for n in range(COUNT)}
    batch = tuple(Write(Action.CREATE, address, None, v, f"key-{address}") for address, v in wanted.items())

    start = perf_counter()
    account.done(*batch)
    written = perf_counter()
    state = account.state
    read = perf_counter()
    account.done(account.delete("zone/example.org"))
    times = f"written in {written - start:.2f} s, read in {read - written:.2f} s, gone in {perf_counter() - read:.2f} s"
    sys.stdout.write(f"\n{COUNT:,} record sets: {times}\n")

    assert {a: v for a, v in state.items() if a.startswith("record")} == wanted
    assert not [a for a in account.state if a.startswith("record")]
    account.store.close()
