"""``reconciler show``: what the account says of itself, as a table, JSON or CSV. Reads only."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output, trusted_ref
from reconciler.cli.run import Run
from reconciler.model.errors import AccountError, UsageError

if TYPE_CHECKING:
    from reconciler.model.facts import Facts

#: What can be shown: each kind of fact as customers call several of them, and requests.
WHAT = (
    "packages",
    "domains",
    "servers",
    "products",
    "invoices",
    "bookings",
    "balance",
    "documents",
    "prices",
    "log",
    "requests",
)


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.option("--server", metavar="NAME", help="Of invoices, only those of one server.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV (RFC 4180) that no spreadsheet takes for formulas.")
@account_folder
@trusted_ref
@json_output
@click.pass_obj
def show(run: Run, what: str, server: str | None, as_csv: bool) -> int:
    """Show what the account says of itself.

    Packages, domains, servers, invoices and the like can't be declared, only read. Links are shown where `policy:
    {links: [...]}` in account.yaml names their origin.
    """
    if run.json and as_csv:
        raise UsageError("--json and --csv exclude each other.")
    if server is not None and what != "invoices":
        raise UsageError("--server chooses among invoices only.", "Write `reconciler show invoices --server NAME`.")
    return _requests(run, as_csv) if what == "requests" else _facts(run, what, server, as_csv)


def _facts(run: Run, what: str, server: str | None, as_csv: bool) -> int:
    from reconciler.facts import FACTS
    from reconciler.pipeline import telling
    from reconciler.report.facts import facts_csv, facts_json, facts_lines

    sort = next(sort for sort in FACTS.values() if sort.plural == what)
    facts, config = telling.tell(run.session(), frozenset({sort.kind} | ({"server"} if server else set())))
    if server is not None:
        _demand_server(facts, server)
    found = [fact for fact in facts.all(sort) if server is None or getattr(fact, "server", None) == server]
    if as_csv:
        run.print(facts_csv(sort, found, config.policy.admits_link))
    else:
        run.tell(facts_json, facts_lines, sort, found, config.policy.admits_link)
    return ExitCode.OK


def _demand_server(facts: "Facts", name: str) -> None:
    from reconciler.load.spelling import did_you_mean

    if name not in facts.kinds["server"]:
        remedy = did_you_mean(name, facts.kinds["server"], "Its servers")
        raise AccountError(f"The account has no server {name}.", remedy or "`reconciler show servers` lists them.")


def _requests(run: Run, as_csv: bool) -> int:
    from reconciler.pipeline import telling
    from reconciler.report.requests import requests_csv, requests_json, requests_lines

    live = telling.requests(run.session())
    if as_csv:
        run.print(requests_csv(live.requests))
    else:
        run.tell(requests_json, requests_lines, live.requests)
    return ExitCode.OK
