"""The error boundary: every way in which a run can end, with its words and its exit code; never a traceback."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.run import Run
from reconciler.model.errors import CacheLostError, DiagnosticsError, ReconcilerError


def guarded(run: Run, args: Sequence[str], call: Callable[[], Any]) -> int:
    """Return the exit code of a call, after saying in plain words what went wrong, if anything did."""
    code = _ended(run, args, call)
    if not run.unwritten:
        return code
    _say(run, f"The output couldn't be written: {run.unwritten}.", "What the run did besides is as it would have been.")
    return worst(code, ExitCode.ERROR)


def _ended(run: Run, args: Sequence[str], call: Callable[[], Any]) -> int:
    try:
        result = _kept(run, call)
    except (click.Abort, KeyboardInterrupt):
        _say(run, "Interrupted.", "An apply that had begun is finished with `reconciler apply --resume`.")
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        _say_usage(run, error)
        return ExitCode.USAGE
    except ReconcilerError as error:
        _say_error(run, error)
        return error.exit_code
    except CacheLostError as error:
        run.forget()
        _say(run, str(error), "It isn't believed any more. Say the same again.")
        return ExitCode.ERROR
    except OSError as error:
        if error.strerror is None:
            return _crash(run, args, error)
        run.print("")  # notices an output that can't be written, which the caller tells
        if run.unwritten:
            return ExitCode.ERROR
        _say(run, f"{error.filename or 'The operating system says'}: {error.strerror}.")
        return ExitCode.ERROR
    except Exception as error:
        return _crash(run, args, error)
    return result if isinstance(result, int) else ExitCode.OK


def _kept(run: Run, call: Callable[[], Any]) -> Any:
    """Return what a call returns; what it has read is kept for later runs, however it ends."""
    try:
        return call()
    finally:
        run.keep()


def _say(run: Run, message: str, help: str = "", more: Sequence[str] = ()) -> None:
    from reconciler.report.problem import problem_lines

    run.warn_all(problem_lines(message, help, more))


def _say_error(run: Run, error: ReconcilerError) -> None:
    from reconciler.report.problem import problem_json

    diagnostics = error.diagnostics if isinstance(error, DiagnosticsError) else ()
    if diagnostics:
        from reconciler.report.diagnostics import diagnostics_lines

        run.warn_all(diagnostics_lines(diagnostics, run.whole))
    else:
        _say(run, error.lines[0], error.help, error.lines[1:])
    if run.json:
        run.print_json(problem_json(str(error), error.help, error.exit_code, diagnostics))


def _say_usage(run: Run, error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        run.err.write(error.format_message() + "\n")
        return
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"`{error.ctx.command_path} --help` shows what it takes."
    _say(run, " ".join(error.format_message().split()), hint)


def _crash(run: Run, args: Sequence[str], error: Exception) -> int:
    """Write the report of a fault of ours beside the account's other private files, or to a temporary folder."""
    import tempfile

    mistake = f"reconciler made a mistake ({type(error).__name__}) and stopped."
    own = run.folder / ".reconciler"
    folder = own if own.is_dir() and not own.is_symlink() else Path(tempfile.gettempdir())
    try:
        from reconciler.report.crash import crash_report

        text = crash_report(error, args, run.clock.now())
    except (ImportError, OSError):
        _say(run, mistake, "There is no report of it, because a part of the program can't be loaded.")
        return ExitCode.ERROR
    try:
        with tempfile.NamedTemporaryFile("w", prefix="crash-", suffix=".md", dir=folder, delete=False) as file:
            file.write(text)
    except OSError:
        run.err.write(text)
        return ExitCode.ERROR
    _say(run, mistake, f"Please report it with the text of {file.name}; it holds no secrets.")
    return ExitCode.ERROR
