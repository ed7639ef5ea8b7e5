"""One run of the program: where it runs, what it may read, and where its words go."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TextIO

from reconciler.cli.clock import SystemClock
from reconciler.model.errors import UsageError
from reconciler.model.late import dataclass

if TYPE_CHECKING:
    from reconciler.pipeline.session import Session
    from reconciler.report.ink import Line

_View = ParamSpec("_View")


@dataclass(slots=True)
class Run:
    """The folder of the account, the environment, the streams, whether JSON was asked for, and the trusted ref.

    ``whole`` are the codes of which every finding is to be shown; ``full`` says that everything is read anew.

    A reader that goes away (``| head``) never changes what a run does: the rest of the output is dropped. Neither does
    a full disk, but ``unwritten`` then says why the output is not whole.
    """

    folder: Path
    environ: Mapping[str, str]
    out: TextIO
    err: TextIO
    clock: SystemClock = field(default_factory=SystemClock)
    json: bool = False
    trusted_ref: str = ""
    full: bool = False
    whole: frozenset[str] = frozenset()
    unwritten: str = ""
    _session: "Session | None" = field(default=None, repr=False)

    @classmethod
    def of_process(cls) -> "Run":
        """Return the run of this process; its streams spell what their encoding lacks as escapes.

        A stream that was closed before the process began (``>&-``) leads nowhere.
        """
        run = cls(Path(), dict(os.environ), sys.stdout or io.StringIO(), sys.stderr or io.StringIO())
        for stream in (run.out, run.err):
            if isinstance(stream, io.TextIOWrapper):
                run._unless_closed(
                    stream, partial(stream.reconfigure, errors="backslashreplace")
                )  # it is emptied first
        return run

    def enter(self, folder: Path | None) -> None:
        """Take ``folder`` as the account folder; raises ``UsageError`` where it isn't a folder."""
        if folder is None:
            return
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder.", "Give the folder that holds `account.yaml`.")
        self.folder = folder

    def session(self) -> "Session":
        """Return the session of the corridor: one in a run, so that what was read once is known afterwards."""
        from reconciler.cache.cache import Cache
        from reconciler.cache.files import folder_of
        from reconciler.pipeline.session import Session

        if self._session is None:
            cache = Cache(folder_of(self.folder, self.environ), believed=not self.full)
            self._session = Session(self.folder, self.environ, self.clock, self.trusted_ref, cache=cache)
        return self._session

    def keep(self) -> None:
        """Keep for later runs what this one has read."""
        if self._session is not None:
            self._session.cache.write(self.clock.now().date().toordinal())

    def forget(self) -> None:
        """See to it that later runs believe nothing of what earlier ones left."""
        if self._session is not None:
            self._session.cache.forget()

    def take_in_hand(self) -> None:
        """Load what can be needed to tell how an apply ends, so that it is told whatever becomes of the program."""
        for view in ("crash", "diagnostics", "json_text", "outcome", "problem", "resumed", "verified"):
            import_module(f"reconciler.report.{view}")
        self.show_all(())  # loads what writes, with colours where there are any

    @property
    def has_person(self) -> bool:
        """Whether somebody sits at a terminal who can be asked."""
        return sys.stdin is not None and sys.stdin.isatty() and self.out.isatty()

    def tell(
        self,
        json: Callable[_View, Any],
        lines: "Callable[_View, Iterable[Line]]",
        *view: _View.args,
        **more: _View.kwargs,
    ) -> None:
        """Write what was found to standard output: as JSON where that was asked for, else as lines."""
        if self.json:
            self.print_json(json(*view, **more))
        else:
            self.show_all(lines(*view, **more))

    def show(self, *lines: "Line") -> None:
        """Write lines to standard output."""
        self.show_all(lines)

    def show_all(self, lines: "Iterable[Line]") -> None:
        """Write lines to standard output."""
        self._write(lines, self.out)

    def warn_all(self, lines: "Iterable[Line]") -> None:
        """Write lines to standard error."""
        self._write(lines, self.err)

    def print(self, text: str) -> None:
        """Write text to standard output as it is."""
        self._unless_closed(self.out, lambda: self.out.write(text))

    def warn(self, text: str) -> None:
        """Write text to standard error as it is."""
        self._unless_closed(self.err, lambda: self.err.write(text))

    def print_json(self, data: Any) -> None:
        """Write JSON to standard output."""
        from reconciler.report.json_text import json_text

        self.print(json_text(data))

    def _write(self, lines: "Iterable[Line]", stream: TextIO) -> None:
        from reconciler.report.ink import wants_colour, write

        self._unless_closed(stream, lambda: write(lines, stream, wants_colour(stream, self.environ)))

    def _unless_closed(self, stream: TextIO, act: Callable[[], object]) -> None:
        """Write, and send everything after a closed pipe or a full disk to nowhere."""
        try:
            act()
            stream.flush()
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.unwritten = error.strerror or type(error).__name__
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
