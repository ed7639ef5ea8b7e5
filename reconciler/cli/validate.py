"""``reconciler validate``: is the configuration sound? Reads files only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run


@click.command()
@account_folder
@json_output
@click.option(
    "--all", "codes", metavar="CODE", multiple=True, help="Show every finding of this code, not only the first few."
)
@click.pass_obj
def validate(run: Run, codes: tuple[str, ...]) -> int:
    """Check the files, not the account.

    All errors are shown at once, each with its place and the way to mend it; then what else was found, what breaks
    most first. Of many findings alike the first few are shown; `--json` has all.
    """
    from reconciler.pipeline import planning
    from reconciler.report.diagnostics import diagnostics_lines
    from reconciler.report.validity import valid_json, valid_lines

    run.whole = frozenset(codes)
    desired = planning.validate(run.session())
    shown = desired.unsilenced(run.clock.now().date())
    if run.json:
        run.print_json(valid_json(desired, shown))
        return ExitCode.OK
    run.warn_all(diagnostics_lines(shown, run.whole))
    run.show_all(valid_lines(desired, len(desired.findings) - len(shown)))
    return ExitCode.OK
