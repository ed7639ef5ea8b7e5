"""Runs the program inside this process: the same command lines and the same words, without the price of a process."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from program import Finished
from reconciler.cli.boundary import guarded
from reconciler.cli.clock import SystemClock
from reconciler.cli.group import reconciler
from reconciler.cli.run import Run


@dataclass
class Fixed(SystemClock):
    """A clock that stands at ``time`` (None: it goes)."""

    time: datetime | None = None

    def now(self) -> datetime:
        """Return the fixed time."""
        return self.time or datetime.now(UTC)


@dataclass
class Inside:
    """Runs ``reconciler`` in an account folder with an environment and a clock of its own."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    clock: Fixed = field(default_factory=Fixed)

    def __call__(self, *args: str, **env: str) -> Finished:
        """Run one command line."""
        out, err = io.StringIO(), io.StringIO()
        run = Run(self.folder, {**self.environ, **env}, out, err, self.clock)
        code = guarded(
            run, args, lambda: reconciler.main([*args], prog_name="reconciler", obj=run, standalone_mode=False)
        )
        return Finished(code, out.getvalue(), err.getvalue())
