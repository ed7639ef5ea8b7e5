"""``reconciler conformance``: does a service keep the contract? Writes to its account, which is one for trying."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.conformance.service import Service
    from reconciler.model.providers import KundencenterProvider


@click.command()
@click.argument("url")
@click.option("--token", required=True, metavar="PLACE", help="Where the token lies, such as `env/ACCOUNT_TOKEN`.")
@click.option("--ca-file", metavar="FILE", help="The certificates that are trusted there, in place of the system's.")
@click.option("--beside", is_flag=True, help="Also in an account that holds other things.")
@account_folder
@json_output
@click.pass_obj
def conformance(run: Run, url: str, token: str, ca_file: str | None, beside: bool) -> int:
    """Try whether a service keeps the contract.

    URL is the address of an account service. Things are made, changed and deleted in the account, which has to be made
    for it: an account that holds anything else is refused. A support request stays behind, as requests can't be taken
    back.
    """
    from reconciler.conformance.service import BrokenError
    from reconciler.conformance.suite import run as tell
    from reconciler.model.errors import AccountError
    from reconciler.report.conformance import conformance_json, conformance_lines

    service = _service(run, _settings(url, token, ca_file))
    try:
        found = tell(service, beside=beside)
    except BrokenError as error:
        raise AccountError(str(error), "Nothing can be tried in an account that isn't told.") from None
    finally:
        service.server.close()
    rows = [(one.chapter, one.step, one.holds, one.tried, one.broken) for one in found]
    if run.json:
        run.print_json(conformance_json(rows))
    else:
        run.show_all(conformance_lines(rows))
    return ExitCode.ERROR if any(one.broken for one in found) else ExitCode.OK


def _settings(url: str, token: str, ca_file: str | None) -> "KundencenterProvider":
    """Return how the service is reached; raises ``UsageError`` for what can't be."""
    from pydantic import ValidationError

    from reconciler.model.providers import CredentialField, KundencenterProvider

    if not token.startswith(("env/", "file/")):
        # What was written may be the token itself, so it isn't repeated.
        raise UsageError(
            "A token is never written into a command line.",
            "Put it into the environment and say `--token env/ACCOUNT_TOKEN`.",
        )
    try:
        return KundencenterProvider(type="kundencenter", url=url, token=CredentialField(secret=token), ca_file=ca_file)
    except ValidationError as error:
        found = error.errors()[0]
        raise UsageError(found["msg"], str(found.get("ctx", {}).get("help", ""))) from None


def _service(run: Run, settings: "KundencenterProvider") -> "Service":
    from reconciler.conformance.service import Service
    from reconciler.load.secrets import resolve_credentials
    from reconciler.model.secret import SecretRef
    from reconciler.web.connection import Connection, Site

    source, _, name = settings.token.secret.partition("/")
    refs = {"token": SecretRef(source, name)}
    token = resolve_credentials(refs, folder=run.folder, environ=run.environ, account="")["token"].reveal()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    trusted = str(run.folder / settings.ca_file) if settings.ca_file else None
    return Service(Connection(Site(settings.url, headers, ca_file=trusted)), run.clock.nonce()[:12])
