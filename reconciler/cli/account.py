"""``reconciler account``: look at the embedded account and change it by hand, for trying out drift."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.store.account import Store


@click.group()
@account_folder
def account() -> None:
    """Look at the embedded account, or change it.

    Changes are made by hand, past the record, as in a portal.
    """


@account.command()
@click.argument("patterns", nargs=-1, metavar="[GLOB]...")
@account_folder
@json_output
@click.pass_obj
def show(run: Run, patterns: tuple[str, ...]) -> int:
    """Show what is live.

    Everything, or what a GLOB such as `mailbox/*` covers.
    """
    from reconciler.report.live import live_json, live_lines
    from reconciler.store import by_hand

    entries = by_hand.show(_store(run), patterns)
    if run.json:
        run.print_json(live_json(entries))
    else:
        run.show_all(live_lines(entries))
    return ExitCode.OK


@account.command(name="set")
@click.argument("address")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@account_folder
@click.pass_obj
def set_fields(run: Run, address: str, fields: tuple[str, ...]) -> int:
    """Change fields of ADDRESS, or create it.

    An empty VALUE means the default; several values of a field are separated by commas.
    """
    from reconciler.report.live import said_line
    from reconciler.store import by_hand

    pairs = [field.partition("=") for field in fields]
    if wrong := next((name for name, equals, _ in pairs if not name or not equals), None):
        raise UsageError(f"{wrong} is not FIELD=VALUE.", "Write for example `quota='5 GiB'`.")
    changed = by_hand.set_fields(_store(run), address, {name: value for name, _, value in pairs})
    run.show(said_line(changed, "changed by hand"))
    return ExitCode.OK


@account.command()
@click.argument("address")
@account_folder
@click.pass_obj
def delete(run: Run, address: str) -> int:
    """Delete ADDRESS from the account."""
    from reconciler.report.live import said_line
    from reconciler.store import by_hand

    run.show(said_line(by_hand.delete(_store(run), address), "deleted by hand"))
    return ExitCode.OK


def _store(run: Run) -> "Store":
    from reconciler import pipeline
    from reconciler.providers.embedded import open_store

    return open_store(pipeline.validate(run.session()).config, Path(run.folder))
