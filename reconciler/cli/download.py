"""``reconciler download``: the files of invoices and documents. Writes them, and never over anything."""

from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="A folder, or the file for one ADDRESS.")
@account_folder
@trusted_ref
@json_output
@click.pass_obj
def download(run: Run, addresses: tuple[str, ...], out: Path | None) -> int:
    """Save invoices and documents as files.

    ADDRESS is `invoice/NUMBER` or `document/NAME`, or a glob such as 'invoice/*'. A file is kept only if it is a whole
    PDF and its SHA-256 is the one that the account tells. Nothing is ever overwritten.
    """
    from reconciler.pipeline import telling
    from reconciler.report.downloads import downloads_json, fetched_line

    for address in addresses:
        _demand_file(address)
    done = []
    for one in telling.download(run.session(), addresses, out):
        done.append(one)
        if not run.json:
            run.show(fetched_line(one))
    if run.json:
        run.print_json(downloads_json(done))
    return worst(ExitCode.OK, *(one.error.exit_code for one in done if one.error))


def _demand_file(address: str) -> None:
    """Raise ``UsageError`` for what can't be the address of anything that has a file."""
    from reconciler.facts import FACTS
    from reconciler.load.spelling import did_you_mean

    kind, _, name = address.partition("/")
    with_files = [sort.kind for sort in FACTS.values() if sort.has_file]
    if kind not in with_files or not name:
        remedy = did_you_mean(kind, with_files, "These have files") if kind not in with_files else ""
        raise UsageError(f"{address} is not the address of a file.", remedy or f"Write `{kind}/NAME` or '{kind}/*'.")
