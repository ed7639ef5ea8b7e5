"""Exceptions: what stops the program. Each carries the exit code of section 7 of the design.

ReconcilerError 1
├── DiagnosticsError 1       what the user can mend, all of it at once
├── AccountError 1           the account can't be opened, read or written
│   └── IncompleteReadError  a read that isn't proven complete
├── ForgeError 1             the forge can't be asked, or answers what isn't documented
├── RecordError 1            the record in git is damaged or foreign
│   └── RemoteError 1        the remote that holds the record can't be asked or written
│       └── RemoteAccessError 7
├── RefusedError 3           guard, policy or trust says no
├── StaleError 4             what was approved is not what would be done
├── LockedError 5            another apply holds the record
├── PartialError 6           partly applied, or the outcome isn't recorded
├── AuthenticationError 7
└── UsageError 64

CacheLostError stands apart: it never ends a run.
"""

from collections.abc import Sequence

from reconciler.model.diagnostic import Diagnostic


class ReconcilerError(Exception):
    """What stops the program; ``help`` says what the user can do.

    ``message`` is one line, whatever stands in it; what needs more lines gives them as ``more``.
    """

    exit_code = 1

    def __init__(self, message: str, help: str = "", more: Sequence[str] = ()) -> None:
        super().__init__("\n".join((message, *more)))
        self.help = help
        self.lines = (message, *more)

    @property
    def in_full(self) -> str:
        """What is wrong and what to do in one line, for an error that becomes part of something else."""
        said = " ".join(line.strip() for line in self.lines)
        return f"{said} {self.help}" if self.help and self.help not in said else said


class DiagnosticsError(ReconcilerError):
    """The configuration has errors; all of them are in ``diagnostics``."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        count = sum(d.is_error for d in diagnostics)
        super().__init__(f"{count} error{'' if count == 1 else 's'} in the configuration.")
        self.diagnostics = tuple(diagnostics)


class AccountError(ReconcilerError):
    """The account can't be opened, read or written."""


class IncompleteReadError(AccountError):
    """A read of the account isn't proven complete, so nothing may be concluded from what is missing."""


class ForgeError(ReconcilerError):
    """The forge can't be asked, or its answer isn't what is documented."""


class RecordError(ReconcilerError):
    """The record in git is damaged, foreign, or of a newer format."""


class RemoteError(RecordError):
    """The remote that holds the record can't be asked or written; the record itself may be sound."""


class RemoteAccessError(RemoteError):
    """The remote that holds the record refused the credentials, or the right to read or write."""

    exit_code = 7


class RefusedError(ReconcilerError):
    """A guard, a policy or the lack of an approval refuses the run; nothing was written."""

    exit_code = 3


class StaleError(ReconcilerError):
    """What was approved is not what would be done now; nothing was written."""

    exit_code = 4


class LockedError(ReconcilerError):
    """Another apply holds the record; nothing was written."""

    exit_code = 5


class PartialError(ReconcilerError):
    """Some changes were applied and some not, or the outcome could not be recorded."""

    exit_code = 6


class AuthenticationError(ReconcilerError):
    """The account refused the credentials."""

    exit_code = 7


class UsageError(ReconcilerError):
    """The command was called wrongly."""

    exit_code = 64


class CacheLostError(Exception):
    """What was kept of earlier runs is gone or damaged; the run begins anew without it, and nobody hears of it.

    It is no ``ReconcilerError``, so that whoever tells of something that can't be read never tells of this.
    """

    @property
    def in_full(self) -> str:
        """What is wrong in one line."""
        return str(self)
