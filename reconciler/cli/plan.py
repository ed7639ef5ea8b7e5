"""``reconciler plan``: what an apply would do, and why. Writes nothing but the file of ``--out``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.options import account_folder, json_output, options_of, plan_options, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import RemoteError, UsageError

if TYPE_CHECKING:
    from reconciler.model.plan import Options, Plan
    from reconciler.model.shadow import Shadow


@click.command()
@account_folder
@trusted_ref
@plan_options
@click.option("--merge-into", metavar="REF", help="Plan what HEAD would be, merged into this.")
@click.option("--offline", metavar="BASE..HEAD", help="Compare two commits, without network or secrets.")
@click.option(
    "--compare-octodns",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="CONFIG",
    help="Show where octoDNS would do something else.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the plan for apply.")
@click.option(
    "--seal-list", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the seal list."
)
@click.option("--markdown", is_flag=True, help="Print a comment for the pull request.")
@click.option("--pull-request", default="", metavar="NAME", help="With --markdown: what it is called.")
@click.option("--timestamp", is_flag=True, help="With --markdown: say when the account was read.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="With --markdown: the most characters (GitHub's 65536)."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 for changes, or disagreements with octoDNS.")
@json_output
@click.pass_obj
def plan(
    run: Run,
    /,
    out: Path | None,
    seal_list: Path | None,
    markdown: bool,
    detailed_exitcode: bool,
    **given: Any,
) -> int:
    """Show what an apply would do, and why.

    Every change comes with its fields, cause, risk and place. Only the files of --out and --seal-list are written.
    """
    if run.json and markdown:
        raise UsageError("--json and --markdown exclude each other.")
    if not markdown and (given["pull_request"] or given["timestamp"] or given["limit"]):
        raise UsageError("--pull-request, --timestamp and --limit belong to --markdown.")
    if given["offline"] is not None and (out or seal_list or given["merge_into"]):
        raise UsageError("--offline compares two commits: it has nothing to save, and merges nothing.")
    config: Path | None = given["compare_octodns"]
    if config is not None and (markdown or given["merge_into"] or given["offline"] is not None):
        raise UsageError("--compare-octodns goes with the plan of what is checked out, as text or --json.")
    made, shadow = _made(run, given["merge_into"], given["offline"], config, options_of(given))
    if made.unsealed and (out or seal_list):
        raise RemoteError(made.unsealed, "A plan over what may be an old record has no seal, and isn't saved.")
    if out is not None:
        from reconciler.report.saved import saved_text

        out.write_text(saved_text(made), encoding="utf-8")
    if seal_list is not None:
        seal_list.write_bytes(made.seals.to_bytes())
    if markdown:
        _comment(run, made, given)
    else:
        _show(run, made, out, seal_list, (shadow, str(config)) if shadow else None)
    refused = ExitCode.REFUSED if made.refusals or made.refused else ExitCode.OK
    pending = (
        ExitCode.PENDING if detailed_exitcode and (made.changes or (shadow and shadow.disagreements)) else ExitCode.OK
    )
    return worst(refused, pending)


def _made(
    run: Run, merge_into: str | None, offline: str | None, octodns: Path | None, options: "Options"
) -> "tuple[Plan, Shadow | None]":
    """Return the plan of what is checked out, or of a merge, or between two commits; and what octoDNS says to it."""
    session = run.session()
    if offline is not None:
        from reconciler.pipeline.offline import plan_offline

        return plan_offline(session, offline, options), None
    if merge_into is not None:
        from reconciler.pipeline import merging

        return merging.plan_merge(session, merge_into, options).plan, None
    from reconciler.pipeline import planning

    planned = planning.plan(session, options)
    if octodns is None:
        return planned.plan, None
    from reconciler.pipeline.shadowing import shadow

    return planned.plan, shadow(session, planned, octodns)


def _comment(run: Run, made: "Plan", given: dict[str, Any]) -> None:
    from reconciler.report.markdown import LIMIT, Heading, plan_markdown

    read_at = run.clock.now().isoformat(" ", "minutes") if given["timestamp"] else ""
    run.print(plan_markdown(made, Heading(given["pull_request"], read_at), given["limit"] or LIMIT))


def _show(
    run: Run, made: "Plan", out: Path | None, seal_list: Path | None, beside: "tuple[Shadow, str] | None"
) -> None:
    if run.json:
        from reconciler.report.plan_json import plan_json
        from reconciler.report.shadow import shadow_json

        run.print_json(plan_json(made) | ({"octodns": shadow_json(*beside)} if beside else {}))
        return
    from reconciler.report.terminal import plan_lines

    run.show_all(plan_lines(made, saved_as=str(out or ""), sealed_as=str(seal_list or "")))
    if beside:
        from reconciler.report.shadow import shadow_lines

        run.show_all(shadow_lines(*beside))
