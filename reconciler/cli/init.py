"""``reconciler init``: write a live account as YAML. The account is only read."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model.account import AccountConfig


@click.command()
@account_folder
@trusted_ref
@click.option("--embedded", metavar="FILE", help="The file of the embedded account (account.db).")
@click.option("--account", metavar="NUMBER", help="The number of an account that doesn't exist yet.")
@click.option("--only", default="", metavar="SECTIONS", help="Only these, such as `dns,mail`.")
@click.option("--zone", "zones", multiple=True, metavar="ZONE", help="Only this zone of its DNS. Repeatable.")
@json_output
@click.pass_obj
def init(run: Run, embedded: str | None, account: str | None, only: str, zones: tuple[str, ...]) -> int:
    """Write a live account as YAML.

    The account is only read; the first plan over what was written is proven to be empty. Where an account.yaml exists
    it is kept, and its settings are used. A name server that can't list its zones is asked for each --zone.
    """
    from reconciler.edit.named_zones import zone_names
    from reconciler.pipeline import editing
    from reconciler.report.initialised import initialised_json, initialised_lines

    there = (run.folder / "account.yaml").exists()
    if there and (embedded or account):
        raise UsageError("There is an account.yaml already.", "Say neither `--embedded` nor `--account`.")
    config = None if there else _new_config(run, embedded or "account.db", account)
    done = editing.init(run.session(), config, _sections(only), zone_names(zones))
    secrets = [(str(secret.ref), secret.address) for secret in done.written.secrets]
    view = (sorted(done.written.files), secrets, done.written.left_out, done.plan)
    if run.json:
        run.print_json(initialised_json(*view))
    else:
        run.show_all(initialised_lines(*view))
    return ExitCode.ERROR if done.plan.changes or done.plan.refusals else ExitCode.OK


def _sections(only: str) -> tuple[str, ...]:
    """Return the sections to write; raises ``UsageError`` for one that doesn't exist."""
    from reconciler.edit.init import SECTIONS

    named = tuple(section.strip() for section in only.split(",")) if only else tuple(SECTIONS)
    if unknown := next((section for section in named if section not in SECTIONS), None):
        raise UsageError(f"There is no section {unknown}.", f"Sections: {', '.join(SECTIONS)}.")
    return named


def _new_config(run: Run, embedded: str, account: str | None) -> "AccountConfig":
    """Return settings for an embedded account; one that exists says its number itself."""
    from pydantic import ValidationError

    from reconciler.model.account import AccountConfig, Providers
    from reconciler.model.providers import EmbeddedProvider
    from reconciler.providers.embedded import account_path

    settings = EmbeddedProvider(type="embedded", path=embedded)
    try:
        config = AccountConfig(version=1, account=account or "K-0", providers=Providers(default=settings))
    except ValidationError:
        raise UsageError(f"{account} is not an account number.", "Write one such as `K-104711`.") from None
    exists = account_path(settings, run.folder).exists()
    if not exists and account is None:
        raise UsageError(f"There is no account in {embedded}.", "To begin a new one say `--account NUMBER`.")
    if exists and account is not None:
        raise UsageError(f"The account in {embedded} has a number already.", "Leave out `--account`.")
    return config
