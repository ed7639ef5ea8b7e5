"""``reconciler drift``: was anything changed by hand? Reads only, unless a trace of the look is asked for."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.options import account_folder, full_read, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model.plan import Plan


@click.command()
@account_folder
@trusted_ref
@full_read
@click.option(
    "--fail-on",
    type=click.Choice(["drift", "unmanaged"]),
    default="drift",
    show_default=True,
    help="From what on to exit 2: what was changed by hand, or also what nobody declared.",
)
@click.option("--heartbeat", is_flag=True, help="Leave a trace of this look in git.")
@click.option("--log", is_flag=True, help="Show the traces of looks instead, and the gaps between them.")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@json_output
@click.pass_obj
def drift(run: Run, fail_on: str, heartbeat: bool, log: bool, markdown: bool) -> int:
    """Show what was changed by hand, and what isn't as `expect:` says.

    Exit 2 where the account differs from what was applied, or a fact from what is expected of it; 1 where that can't be
    judged. Only --heartbeat writes: one commit on the branch reconciler-drift/ACCOUNT, so that an auditor can see when
    nobody looked.
    """
    from reconciler.pipeline import looking

    if run.json and markdown:
        raise UsageError("--json and --markdown exclude each other.")
    if log and (heartbeat or markdown):
        raise UsageError("--log shows earlier looks; it takes neither --heartbeat nor --markdown.")
    if log:
        return _log(run)
    with_unmanaged = fail_on == "unmanaged"
    planned = looking.look(run.session(), heartbeat, lambda made: _show(run, made.plan, markdown, with_unmanaged))
    plan = planned.plan
    found = plan.drifted or plan.broken or plan.hands.overdue or (with_unmanaged and plan.undeclared)
    unjudged = ExitCode.ERROR if len(plan.unmet) > len(plan.broken) else ExitCode.OK
    return worst(ExitCode.PENDING if found else ExitCode.OK, unjudged)


def _show(run: Run, plan: "Plan", markdown: bool, with_unmanaged: bool) -> None:
    from reconciler.report.drift import drift_json, drift_lines, drift_markdown

    if run.json:
        run.print_json(drift_json(plan))
    elif markdown:
        run.print(drift_markdown(plan, with_unmanaged))
    else:
        run.show_all(drift_lines(plan, with_unmanaged))


def _log(run: Run) -> int:
    from reconciler.pipeline import looking
    from reconciler.report.looks import looks_json, looks_lines

    looks, now = looking.looks(run.session()), run.clock.now()
    run.tell(looks_json, looks_lines, looks, now)
    return ExitCode.OK
