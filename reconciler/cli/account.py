"""``reconciler account``: look at the embedded account and change it by hand, for trying out drift."""

from collections.abc import Mapping
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

    entries = by_hand.show(_stores(run), patterns)
    run.tell(live_json, live_lines, entries)
    return ExitCode.OK


@account.command(name="set")
@click.argument("address")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@account_folder
@json_output
@click.pass_obj
def set_fields(run: Run, address: str, fields: tuple[str, ...]) -> int:
    """Change fields of ADDRESS, or create it.

    An empty VALUE means the default; several values of a field are separated by commas.
    """
    from reconciler.store import by_hand

    pairs = [field.partition("=") for field in fields]
    if wrong := next((name for name, equals, _ in pairs if not name or not equals), None):
        raise UsageError(f"{wrong} is not FIELD=VALUE.", "Write for example `quota='5 GiB'`.")
    changed = by_hand.set_fields(_store(run, address), address, {name: value for name, _, value in pairs})
    return _say(run, changed, "changed by hand")


@account.command()
@click.argument("address")
@account_folder
@json_output
@click.pass_obj
def delete(run: Run, address: str) -> int:
    """Delete ADDRESS from the account."""
    from reconciler.store import by_hand

    return _say(run, by_hand.delete(_store(run, address), address), "deleted by hand")


@account.command()
@click.argument("address")
@click.argument("status")
@click.option("--note", default="", metavar="TEXT", help="What the company says of it.")
@account_folder
@json_output
@click.pass_obj
def answer(run: Run, address: str, status: str, note: str) -> int:
    """Answer the request ADDRESS as the company would.

    STATUS is `accepted`, `rejected`, `completed` or `needs signature`; what was ordered is booked once it is accepted.
    """
    from reconciler.store import by_hand

    return _say(run, by_hand.answer(_store(run, address), address, status, note), status)


def _say(run: Run, address: str, what: str) -> int:
    from reconciler.report.live import said_json, said_line

    if run.json:
        run.print_json(said_json(address, what))
    else:
        run.show(said_line(address, what))
    return ExitCode.OK


def _stores(run: Run) -> "Mapping[str, Store]":
    """Return the embedded account of each kind that lies in one; where account.yaml splits it, these are several."""
    from reconciler.kinds import KINDS
    from reconciler.pipeline import planning
    from reconciler.providers.embedded import open_store

    providers = planning.trusted(run.session()).config.providers
    held = {kind.name: providers.of(kind.section) for kind in KINDS.values()}
    of = {kind: settings for kind, settings in held.items() if settings.type == "embedded"}
    stores = {settings: open_store(settings, run.folder) for settings in dict.fromkeys(of.values())}
    return {kind: stores[settings] for kind, settings in of.items()}


def _store(run: Run, address: str) -> "Store":
    """Return the embedded account that holds an address; that of any kind for what is no address: it says so."""
    from reconciler.kinds import KINDS

    stores, kind = _stores(run), address.partition("/")[0]
    if kind in stores or (kind not in KINDS and stores):
        return stores.get(kind) or next(iter(stores.values()))
    raise UsageError("No embedded account holds this.", "Change it where its provider under `providers` keeps it.")
