"""An account to try things on: a copy of a workload's, its server running, the cache in a place of its own.

What is timed does the whole job; what it said is compared with what ``--full`` says with an empty cache.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import named
from measuring import BenchError, Command, Sample, measured
from workloads import PLACE, RECONCILER, Workload, environment, git, prepared

#: Where a plan says how it was proven that all was read; that alone may differ from the plan of ``--full``.
PROOF = ("read", "proof", "proofs")


@dataclass(frozen=True)
class Trial:
    """The folder holds ``account/``, ``cache/`` and whatever a peer needs."""

    folder: Path
    port: int = 0

    @property
    def account(self) -> Path:
        """The account folder, a git repository."""
        return self.folder / "account"

    @property
    def zones(self) -> Path:
        """Its zone files, which octoDNS reads, too."""
        return self.account / "zones"

    @property
    def env(self) -> dict[str, str]:
        """The environment of every command here."""
        return environment(self.folder / "cache")

    def command(self, *words: str) -> Command:
        """Return a command line of ours."""
        return Command([RECONCILER, *words], self.account, self.env)

    def run(self, *words: str) -> Sample:
        """Run ours to its end."""
        return measured(self.command(*words))

    def forget(self) -> None:
        """Empty the cache.

        It is put aside: ext4 passes over the places of files that were deleted a minute ago, one by one, for each new
        file, and that isn't the price of a plan.
        """
        aside = self.folder / "forgotten"
        aside.mkdir(exist_ok=True)
        if (self.folder / "cache").exists():
            (self.folder / "cache").rename(aside / str(len(list(aside.iterdir()))))

    def keep(self) -> None:
        """Remember the cache as it is now."""
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        if (self.folder / "cache").exists():
            shutil.copytree(self.folder / "cache", self.folder / "kept")

    def recall(self) -> None:
        """Make the cache again what it was when it was remembered."""
        self.forget()
        if (self.folder / "kept").exists():
            shutil.copytree(self.folder / "kept", self.folder / "cache")

    def commit(self, files: Sequence[Path], why: str) -> None:
        """Put files in the place of zone files, and commit them."""
        for file in files:
            shutil.copy(file, self.zones)
        git(self.account, "commit", "--quiet", "--all", "-m", why)

    def prove(self, timed: Sequence[Sample]) -> None:
        """Raise ``BenchError`` unless timed plans say what ``--full`` says with an empty cache, as text and JSON."""
        cached = _plan(self.run("plan", "--json"))
        self.keep()
        self.forget()
        texts = {_without_proof(sample.said) for sample in (*timed, self.run("plan", "--full"))}
        self.forget()
        full = _plan(self.run("plan", "--json", "--full"))
        self.recall()
        if len(texts) != 1:
            raise BenchError("A timed plan isn't that of --full:\n" + "\n---\n".join(sorted(texts))[:4000])
        if cached != full:
            parts = [key for key in full.keys() | cached.keys() if full.get(key) != cached.get(key)]
            raise BenchError(f"The cached plan isn't that of --full in {', '.join(parts)}.")


def _plan(sample: Sample) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample.said)
    return {key: value for key, value in found.items() if key not in PROOF}


def _without_proof(text: str) -> str:
    """Return a plan's text without the paragraph that says what was read and how."""
    return re.sub(r"\A.*?\n\n", "", text, flags=re.DOTALL)


@contextmanager
def trial(workload: Workload) -> Iterator[Trial]:
    """Copy a workload's account and serve its zones, until the block ends."""
    prepared(workload)
    folder = PLACE / "trial" / workload.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(workload.folder / "account", folder / "account", symlinks=True)
    git(folder / "account", "status", "--short")  # so that git needn't look into files that were only copied
    with named.serving(workload.folder / "masters", folder / "server", workload.port):
        yield Trial(folder, workload.port)
    shutil.rmtree(folder, ignore_errors=True)
