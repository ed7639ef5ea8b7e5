"""``reconciler drift``: was anything changed by hand? Reads only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run


@click.command()
@account_folder
@trusted_ref
@json_output
@click.pass_obj
def drift(run: Run) -> int:
    """Show what was changed by hand.

    Exit 2 where the account differs from what was applied.
    """
    from reconciler.pipeline import planning
    from reconciler.report.drift import drift_json, drift_lines, drifted

    plan = planning.drift(run.session()).plan
    if run.json:
        run.print_json(drift_json(plan))
    else:
        run.show_all(drift_lines(plan))
    return ExitCode.PENDING if drifted(plan) else ExitCode.OK
