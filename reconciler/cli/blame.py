"""``reconciler blame``: who gave each declared field its value, and whether that is applied. Reads only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


@click.command()
@account_folder
@click.argument("asked", metavar="FILE|ADDRESS")
@json_output
@click.pass_obj
def blame(run: Run, asked: str) -> int:
    """Show who gave each field its value, as HEAD declares it.

    FILE is relative to the account folder; an ADDRESS may be a glob. A star marks what isn't applied.
    """
    from reconciler.audit.values import blame as blamed
    from reconciler.pipeline import auditing
    from reconciler.report.history import blame_json, blame_lines

    made = auditing.timeline(run.session())
    found = blamed(made.ancestry, made.head, made.applies, asked.removeprefix("./"))
    if not found:
        raise UsageError(
            f"HEAD declares nothing in or at {asked}.", "Name a file of the account folder, or an address."
        )
    run.tell(blame_json, blame_lines, found)
    return ExitCode.OK
