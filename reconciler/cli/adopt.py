"""``reconciler adopt``: write what is live into the files. The account is only read."""

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


@click.command()
@click.argument("patterns", nargs=-1, metavar="[ADDRESS|GLOB]...")
@account_folder
@trusted_ref
@click.option("--all", "everything", is_flag=True, help="All drift and all that is unmanaged.")
@click.option("--drift", is_flag=True, help="What was applied and then changed by hand.")
@click.option("--unmanaged", is_flag=True, help="What nobody declared.")
@click.option("--dry-run", is_flag=True, help="Show the edits, write nothing.")
@json_output
@click.pass_obj
def adopt(run: Run, patterns: tuple[str, ...], everything: bool, drift: bool, unmanaged: bool, dry_run: bool) -> int:
    """Write what is live into the files.

    Changes made by hand, and resources that nobody declared, become edits of the lines concerned. The account is only
    read; that nothing is left to do is proven before anything is written. Exit 1 where something was left out.
    """
    from reconciler.edit.masking import difference
    from reconciler.model.plan import Choice
    from reconciler.pipeline import editing
    from reconciler.report.adopted import adopted_json, adopted_lines

    if not (patterns or everything or drift or unmanaged):
        raise UsageError("Say what to adopt.", "Name addresses, or `--drift`, `--unmanaged` or `--all`.")
    choice = Choice(patterns, drift or everything, unmanaged or everything)
    done = editing.adopt(run.session(), choice, write=not dry_run)
    texts = [text for file in sorted(done.new) for text in difference(file, done.old[file], done.new[file])]
    secrets = [(str(secret.ref), secret.address) for secret in done.secrets]
    view = (done.adopted, texts, secrets, done.left_out, not dry_run and bool(done.new))
    run.tell(adopted_json, adopted_lines, *view)
    return ExitCode.ERROR if done.left_out else ExitCode.OK
