"""``reconciler history``: every value that an address had, who gave it, and when it was really applied. Reads only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


@click.command()
@account_folder
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@json_output
@click.pass_obj
def history(run: Run, addresses: tuple[str, ...]) -> int:
    """Show every value that an address had.

    ADDRESS may be a glob, such as `record/example.org/*/*`. Each value comes with the commit that gave it, its author
    and subject, and the receipt that applied it: when, by whom, with which approval. Private values are masked.
    """
    from reconciler.audit.values import versions
    from reconciler.pipeline import auditing
    from reconciler.report.history import history_json, history_lines

    made = auditing.timeline(run.session())
    found = versions(made.ancestry, made.judged, made.applies, addresses)
    if not found:
        raise UsageError(f"No commit ever declared {', '.join(addresses)}.", "`reconciler blame FILE` lists addresses.")
    run.tell(history_json, history_lines, found)
    return ExitCode.OK
