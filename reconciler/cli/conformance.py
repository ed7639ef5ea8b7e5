"""``reconciler conformance``: does a service keep the contract? Writes to its account, which is one for trying."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, ca_file, json_output, service_at
from reconciler.cli.run import Run

if TYPE_CHECKING:
    from reconciler.conformance.service import Service
    from reconciler.model.providers import KundencenterProvider


@click.command()
@click.argument("url")
@click.option("--token", required=True, metavar="PLACE", help="Where the token lies, such as `env/ACCOUNT_TOKEN`.")
@ca_file
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

    service = _service(run, service_at(url, token, ca_file))
    try:
        found = tell(service, beside=beside)
    except BrokenError as error:
        raise AccountError(str(error), "Nothing can be tried in an account that isn't told.") from None
    finally:
        service.server.close()
    rows = [(one.chapter, one.step, one.holds, one.tried, one.broken) for one in found]
    run.tell(conformance_json, conformance_lines, rows)
    return ExitCode.ERROR if any(one.broken for one in found) else ExitCode.OK


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
