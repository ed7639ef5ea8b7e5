"""``reconciler validate``: is the configuration sound? Reads files only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run


@click.command()
@account_folder
@json_output
@click.pass_obj
def validate(run: Run) -> int:
    """Check the files, not the account.

    All problems are shown at once, each with its place and the way to mend it.
    """
    from reconciler.pipeline import planning
    from reconciler.report.diagnostics import diagnostics_lines
    from reconciler.report.validity import valid_json, valid_lines

    desired = planning.validate(run.session())
    if run.json:
        run.print_json(valid_json(desired))
        return ExitCode.OK
    run.warn_all(diagnostics_lines(desired.findings))
    run.show_all(valid_lines(desired))
    return ExitCode.OK
