"""``reconciler init``: write a live account as YAML. The account is only read."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, ca_file, json_output, service_at, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model.account import AccountConfig

#: Stands for the number of an account that will say it itself.
_UNKNOWN = "K-0"


@click.command()
@account_folder
@trusted_ref
@click.option("--embedded", metavar="FILE", help="The file of the embedded account (account.db).")
@click.option("--url", metavar="URL", help="The address of an account service (https://account.example.net).")
@click.option("--token", metavar="PLACE", help="Where its token lies, such as `env/ACCOUNT_TOKEN`; never the token.")
@ca_file
@click.option("--account", metavar="NUMBER", help="The number of an account that doesn't exist yet.")
@click.option("--only", default="", metavar="SECTIONS", help="Only these, such as `dns,mail`.")
@click.option("--zone", "zones", multiple=True, metavar="ZONE", help="Only this zone of its DNS. Repeatable.")
@json_output
@click.pass_obj
def init(
    run: Run,
    embedded: str | None,
    url: str | None,
    token: str | None,
    ca_file: str | None,
    account: str | None,
    only: str,
    zones: tuple[str, ...],
) -> int:
    """Write a live account as YAML.

    The account is only read; the first plan over what was written is proven to be empty. Where an account.yaml exists
    it is kept, and its settings are used. A name server that can't list its zones is asked for each --zone.
    """
    from reconciler.edit.named_zones import zone_names
    from reconciler.pipeline import editing
    from reconciler.report.initialised import initialised_json, initialised_lines

    there = (run.folder / "account.yaml").exists()
    if there and (embedded or account or url or token or ca_file):
        raise UsageError("There is an account.yaml already.", "Its settings are used; name no other account.")
    config = None if there else _config(run, embedded, url, token, ca_file, account)
    session = run.session()
    done = editing.init(session, config, _sections(only), zone_names(zones))
    secrets = [(str(secret.ref), secret.address) for secret in done.written.secrets]
    view = (sorted(done.written.files), secrets, done.written.left_out, done.plan, session.requests_that_write)
    run.tell(initialised_json, initialised_lines, *view)
    return ExitCode.ERROR if done.plan.changes or done.plan.refusals else ExitCode.OK


def _sections(only: str) -> tuple[str, ...]:
    """Return the sections to write; raises ``UsageError`` for one that doesn't exist."""
    from reconciler.edit.init import SECTIONS

    named = tuple(section.strip() for section in only.split(",")) if only else tuple(SECTIONS)
    if unknown := next((section for section in named if section not in SECTIONS), None):
        raise UsageError(f"There is no section {unknown}.", f"Sections: {', '.join(SECTIONS)}.")
    return named


def _config(
    run: Run, embedded: str | None, url: str | None, token: str | None, ca_file: str | None, account: str | None
) -> "AccountConfig":
    """Return settings for the account that is named; raises ``UsageError`` where it isn't clear which one."""
    if url is None:
        if token or ca_file:
            raise UsageError("It isn't said where the account is.", "Say `--url URL`, too.")
        return _new_config(run, embedded or "account.db", account)
    if embedded or account:
        raise UsageError("An account service says itself which account it has.", "Say `--url` and `--token` alone.")
    return _service_config(url, token or "", ca_file)


def _service_config(url: str, token: str, ca_file: str | None) -> "AccountConfig":
    """Return settings for an account behind a service; raises ``UsageError`` for those that can't be."""
    from reconciler.model.account import AccountConfig, Providers

    settings = service_at(url, token, ca_file)
    return AccountConfig(version=1, account=_UNKNOWN, providers=Providers(default=settings))


def _new_config(run: Run, embedded: str, account: str | None) -> "AccountConfig":
    """Return settings for an embedded account; one that exists says its number itself."""
    from pydantic import ValidationError

    from reconciler.model.account import AccountConfig, Providers
    from reconciler.model.providers import EmbeddedProvider
    from reconciler.providers.embedded import account_path

    settings = EmbeddedProvider(type="embedded", path=embedded)
    try:
        config = AccountConfig(version=1, account=account or _UNKNOWN, providers=Providers(default=settings))
    except ValidationError:
        raise UsageError(f"{account} is not an account number.", "Write one such as `K-104711`.") from None
    exists = account_path(settings, run.folder).exists()
    if not exists and account is None:
        raise UsageError(f"There is no account in {embedded}.", "To begin a new one say `--account NUMBER`.")
    if exists and account is not None:
        raise UsageError(f"The account in {embedded} has a number already.", "Leave out `--account`.")
    return config
