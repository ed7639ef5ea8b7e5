"""What was measured: series of samples by name, and facts; kept as JSON, so that a run can go on where one ended."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import Sample


@dataclass
class Measured:
    """What an experiment found: ``series`` by what ran (``cold``, ``octoDNS``), ``facts`` that aren't costs."""

    series: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, sample: Sample) -> Sample:
        """Keep one sample more."""
        self.series.setdefault(name, []).append(sample.figures())
        return sample

    def column(self, name: str, figure: str = "cpu") -> list[float]:
        """Return one figure of each sample of a series."""
        return [sample[figure] for sample in self.series.get(name, ())]

    def median(self, name: str, figure: str = "cpu") -> float | None:
        """Return the median of a figure, or None where nothing was measured."""
        column = self.column(name, figure)
        return statistics.median(column) if column else None

    def ratio(self, name: str, peer: str, figure: str = "cpu") -> float | None:
        """Return the median of the ratios of two series, run by run; the peer's are used again where it ran less."""
        ratios = paired(self.column(name, figure), self.column(peer, figure))
        return statistics.median(ratios) if ratios else None

    def json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"series": self.series, "facts": self.facts}


def paired(ours: Sequence[float], peers: Sequence[float]) -> list[float]:
    """Return the ratio of each run of ours to the peer's run beside it."""
    return [own / peers[number % len(peers)] for number, own in enumerate(ours)] if peers else []


@dataclass
class Results:
    """All experiments of a file; each is written as soon as it is done."""

    path: Path
    experiments: dict[str, Measured] = field(default_factory=dict)
    about: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> "Results":
        """Read what is there."""
        found = json.loads(path.read_text()) if path.exists() else {}
        entries = {name: Measured(entry["series"], entry["facts"]) for name, entry in found.items()}
        return cls(path, entries, {name: entry["about"] for name, entry in found.items()})

    def put(self, name: str, measured: Measured, about: Mapping[str, Any]) -> None:
        """Keep an experiment, in place of an earlier one of the same name."""
        self.experiments[name], self.about[name] = measured, dict(about)
        content = {key: {**entry.json(), "about": self.about[key]} for key, entry in sorted(self.experiments.items())}
        self.path.parent.mkdir(exist_ok=True)
        made = self.path.with_suffix(".new")
        made.write_text(json.dumps(content, indent=1) + "\n")
        made.replace(self.path)
