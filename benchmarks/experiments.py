"""Which experiments there are, at full size and in minutes; each can be run alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import account_rows
import dns_rows
import http_rows
import profiles
from dns_rows import Times
from results import Measured
from workloads import Workload


@dataclass(frozen=True)
class Scale:
    """The sizes of a run: so many record sets in one zone, and zones with 100 each; and what the model is fitted to."""

    zones_of: tuple[int, ...]
    many: int
    held_back: int
    everything: tuple[int, ...]
    http: int
    updates: int

    @property
    def large(self) -> Workload:
        """The largest zone."""
        return Workload(1, max(self.zones_of))


FULL = Scale((1_000, 10_000, 100_000), 1_000, 30_000, (1_000, 10_000), 10_000, 10_000)
QUICK = Scale((1_000, 10_000), 100, 3_000, (1_000,), 1_000, 2_000)

#: How often, by the number of record sets: octoDNS takes minutes at the large sizes.
_TIMES = {1_000: Times(7, 5), 10_000: Times(5, 3), 100_000: Times(5, 1)}


def experiments(scale: Scale) -> Mapping[str, Callable[[], Measured]]:
    """Return the experiments of a scale by their names."""
    large, many = scale.large, Workload(scale.many, 100)
    once = Times(5, 1)
    found: dict[str, Callable[[], Measured]] = {"start": lambda: account_rows.start(Times(15, 15))}
    for size in scale.everything:
        found[f"all-{size}"] = _of(account_rows.everything, size, Times(3, 3 if size < 10_000 else 1))
    found["http"] = lambda: http_rows.http(scale.http)
    for count in scale.zones_of:
        found[f"plan-1x{count}"] = _of(dns_rows.plans, Workload(1, count), _TIMES[count])
    found[f"plan-{many.name}"] = _of(dns_rows.plans, many, once)
    found[f"changed-{large.name}"] = _of(dns_rows.changed, large, once)
    found[f"commit-{many.name}"] = _of(dns_rows.commit, many, once)
    found[f"apply-{large.name}"] = _of(dns_rows.apply, large, once)
    found["updates"] = _of(dns_rows.updates, Workload(1, 1_000), scale.updates, 5)
    found[f"profile-{large.name}"] = _of(profiles.profile, large)
    found |= _for_the_model(scale)
    return found


def _for_the_model(scale: Scale) -> dict[str, Callable[[], Measured]]:
    """Return what only the cost model needs: other shapes, without the peer, and a size that it isn't fitted to."""
    ours = Times(3, 0)
    shapes = (Workload(30, 100), Workload(100, 30), Workload(1, scale.held_back))
    found = {f"plan-{shape.name}": _of(dns_rows.plans, shape, ours) for shape in shapes}
    for count, every in ((1_000, 100), (1_000, 10), (10_000, 100), (10_000, 10), (scale.held_back, 100)):
        found.setdefault(
            f"apply-1x{count}" + ("" if every == 100 else f"-{every}"),
            _of(dns_rows.apply, Workload(1, count), ours, every),
        )
    return found


def _of(run: Callable[..., Measured], *given: object) -> Callable[[], Measured]:
    return lambda: run(*given)
