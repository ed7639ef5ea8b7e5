"""``reconciler verify``: do the authoritative name servers answer what git says? Reads only."""

import click

from reconciler.cli.exit_codes import of_verified
from reconciler.cli.options import account_folder, deadline_option, json_output, trusted_ref
from reconciler.cli.run import Run


@click.command()
@click.argument("zones", nargs=-1, metavar="[ZONE]...")
@account_folder
@trusted_ref
@deadline_option
@json_output
@click.pass_obj
def verify(run: Run, zones: tuple[str, ...], deadline: int | None) -> int:
    """Ask the name servers whether they answer what the files say.

    Each authoritative server of each zone (by the zone's NS records, or as listed under `dns.verify.servers`) is asked
    for every record set, again and again until all is as declared or the time is over. Exit 2 where a server lags or
    answers otherwise, 1 where one can't be asked.
    """
    from reconciler.pipeline import verifying
    from reconciler.report.verified import verified_json, verified_lines

    verified = verifying.verify(run.session(), zones, deadline)
    run.tell(verified_json, verified_lines, verified)
    return of_verified(verified)
