"""Times the rules over DNS on one zone with the mix of types of a hosting customer.

Run as a program it takes the number of record sets (100,000 without one) and prints what the test beside it bounds.
"""

import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))


from reconciler.check.dns.rules import DNS_RULES
from reconciler.check.dns.zone import Zone
from reconciler.check.dns.zones import Account, Zones
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.collector import collector_paused
from reconciler.model.state import Desired

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
TODAY = date(2026, 11, 26)
ACCOUNT = "version: 1\naccount: K-100000\nproviders: {default: {type: embedded, path: account.db}}\n"
MANY = 100_000


def zone_of(count: int, folder: Path) -> Desired:
    """Return a desired state with one zone of so many record sets, whose targets lie in it: a third is missing."""
    sys.path.insert(0, str(BENCHMARKS))
    text = import_module("zone").zone_text(count).replace("2001:db8:", "2a00:db8:").replace("203.0.113.", "198.20.0.")
    text = text.replace("cdn-", "host-").replace("example.net.", "acme-widgets.com.")
    (folder / "zones").mkdir(parents=True)
    (folder / "zones" / "acme-widgets.com.yaml").write_text(text, encoding="utf-8")
    (folder / "account.yaml").write_text(ACCOUNT, encoding="utf-8")
    return load_desired(WorkTree(folder))


def costs(desired: Desired) -> dict[str, float]:
    """Return the CPU seconds of the grouping and of each rule; what rules share counts for the first that needs it."""
    with collector_paused(True):
        started = time.process_time()
        account = Account.of(desired, TODAY)
        zones = Zones(account, Zone.of(*next(iter(account.groups.items()))))
        found = {"(grouping)": time.process_time() - started}
        for code, rule in DNS_RULES.items():
            started = time.process_time()
            list(rule(zones))
            found[code] = time.process_time() - started
    return found


def main() -> None:
    """Print what the rules cost, the dearest first."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with TemporaryDirectory() as place:
        spent = costs(zone_of(count, Path(place) / "account"))
    for code, seconds in sorted(spent.items(), key=lambda item: -item[1])[:12]:
        sys.stdout.write(f"{seconds:7.3f} s  {code}\n")
    sys.stdout.write(f"{sum(spent.values()):7.3f} s of CPU for {count:,} record sets\n")


if __name__ == "__main__":
    main()
