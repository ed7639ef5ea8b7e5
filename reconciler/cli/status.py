"""``reconciler status``: what was applied last, what waits, who holds the record and could rewrite it. Reads only."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run


@click.command()
@account_folder
@json_output
@click.pass_obj
def status(run: Run) -> int:
    """Show what is committed and not applied.

    Also what awaits a hand, what was applied last, an apply that is under way, and whether the record's remote would
    let somebody rewrite it. The live account is not asked: `plan` does that.
    """
    from reconciler.pipeline import auditing
    from reconciler.report.audit import status_json, status_lines

    made = auditing.timeline(run.session())
    last, newest = made.applies.last, made.chain[-1] if made.chain else None
    facts = last.facts if last else None
    pending = newest.facts if newest and not newest.is_outcome else None
    hands = made.applies.waiting
    if run.json:
        run.print_json(status_json(made.judged, facts, pending, made.check, made.stale, hands))
    else:
        run.show_all(status_lines(made.judged, facts, pending, made.check, made.stale, run.clock.now(), hands))
    return ExitCode.OK
