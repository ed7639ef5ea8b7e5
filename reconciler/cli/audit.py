"""``reconciler audit``: the verdict on each commit; ``verify`` proves the record, ``export`` lists every change."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run


@click.group(invoke_without_command=True)
@account_folder
@json_output
@click.pass_context
def audit(ctx: click.Context) -> int:
    """Show what became of each commit of the configuration.

    Applied (by which receipt), superseded, without effect, not loadable, refused, awaiting a hand, attested, or
    pending.
    """
    if ctx.invoked_subcommand is not None:
        return ExitCode.OK
    from reconciler.pipeline import auditing
    from reconciler.report.history import verdict_lines, verdicts_json

    run = ctx.ensure_object(Run)
    judged = auditing.timeline(run.session()).judged
    run.tell(verdicts_json, verdict_lines, judged)
    return ExitCode.OK


@audit.command()
@account_folder
@trusted_ref
@click.option("--head", metavar="ID", help="The record's commit that was noted outside, to hold it against.")
@json_output
@click.pass_obj
def verify(run: Run, head: str | None) -> int:
    """Prove the record, from this clone alone.

    Every receipt is held against the one before, the applied index, and the commit that it carried out. Says
    consistent, or untampered where --head names the newest commit or each is signed by somebody whom the file
    allowed_signers at the trusted ref names. Exit 1 names the first bad entry.
    """
    from reconciler.pipeline import auditing
    from reconciler.report.audit import proof_json, proof_lines

    proof = auditing.verify(run.session(), head)
    run.tell(proof_json, proof_lines, proof)
    return ExitCode.ERROR if proof.fault else ExitCode.OK


@audit.command()
@account_folder
@click.option("--csv", is_flag=True, help="Print CSV (RFC 4180) instead of JSON.")
@json_output
@click.pass_obj
def export(run: Run, csv: bool) -> int:
    """Print every change of every apply, one row each: when, who, commit, author, what, and how it ended."""
    from reconciler.audit.rows import rows
    from reconciler.pipeline import auditing
    from reconciler.report.audit import rows_csv, rows_json

    made = auditing.timeline(run.session())
    found = tuple(rows(made.ancestry, made.applies))
    if csv:
        run.print(rows_csv(found))
    else:
        run.print_json(rows_json(found))
    return ExitCode.OK
