"""``reconciler serve``: an account over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_file, account_folder
from reconciler.cli.run import Run
from reconciler.model.errors import AccountError, UsageError

if TYPE_CHECKING:
    from reconciler.service.gate import Line
    from reconciler.service.settings import Settings

_OPTIONS = (
    click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen (127.0.0.1)."),
    click.option(
        "--port", type=click.IntRange(0, 65535), default=8080, metavar="PORT", help="Where to listen (8080); 0: any."
    ),
    click.option(
        "--trusted-proxy", "proxies", multiple=True, metavar="NETWORK", help="Believe its X-Forwarded-For. Repeatable."
    ),
    click.option(
        "--rate",
        type=click.FloatRange(0.001, 1e9),
        default=100.0,
        metavar="N",
        help="Requests a second of a token (100).",
    ),
    click.option(
        "--burst", type=click.IntRange(1, 10**9), default=400, metavar="N", help="Requests at once of a token (400)."
    ),
    click.option("--quiet", is_flag=True, help="Log no requests."),
    click.option(
        "--demo", is_flag=True, help="Make the account first, of a firm that doesn't exist, where there is none."
    ),
    click.option(
        "--size",
        type=click.IntRange(10, 100_000),
        default=200,
        metavar="N",
        help="How large that one is (200 resources).",
    ),
)


def _options(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@account_file
@_options
@account_folder
@click.pass_obj
def serve(
    run: Run,
    /,
    account_file: Path,
    host: str,
    port: int,
    proxies: tuple[str, ...],
    quiet: bool,
    demo: bool,
    **numbers: float,
) -> int:
    """Serve an account over HTTP.

    Prints where. Every request but that for /v1/health needs a token of `reconciler token make`, and the account's
    whitelist is enforced. SIGTERM and SIGINT end the service when what runs is finished. What --demo makes has a token
    for everything, which is printed, too.
    """
    _demand_extra()
    from reconciler.report.service import cleartext_line
    from reconciler.service.app import build_service
    from reconciler.service.running import listen, server_of, url_of
    from reconciler.store.account import Store

    path = run.folder / account_file
    token = _make_demo(path, int(numbers["size"])) if demo and not path.exists() else ""
    if Store(path).read() is None:
        raise AccountError(f"There is no account in {path}.", "Name the file of an account with --account-file.")
    with listen(host, port) as bound:
        settings = _settings(bound.getsockname()[0], proxies, numbers["rate"], int(numbers["burst"]))
        service = build_service(
            lambda: Store(path),
            settings,
            heard=(lambda _: None) if quiet else (lambda line: _log(run, line)),
            said=lambda text: run.warn(f"{text}\n"),
            failed=lambda error: _report(run, error),
        )
        if settings.is_bare:
            run.warn_all([cleartext_line(url_of(bound))])
        run.print(f"{url_of(bound)}\n")
        if token:
            run.print(
                f"export ACCOUNT_TOKEN={token}\nreconciler init --url {url_of(bound)} --token env/ACCOUNT_TOKEN\n"
            )
        server_of(service).run(sockets=[bound])
    return ExitCode.OK


def _make_demo(path: Path, size: int) -> str:
    """Make the demonstration account and return a token that may do everything there."""
    from reconciler.demo.filling import make_account
    from reconciler.demo.firm import Firm
    from reconciler.service.scopes import all_scopes
    from reconciler.store.account import Store

    make_account(path, Firm(size=size))
    return Store(path).make_token("demo", all_scopes())


def _demand_extra() -> None:
    """Raise ``UsageError`` unless the libraries of the extra are there."""
    from importlib.util import find_spec

    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise UsageError(
            f"The service needs {' and '.join(missing)}, which isn't installed.",
            "Install the extra: `pip install 'reconciler[service]'`.",
        )


def _settings(host: str, proxies: tuple[str, ...], rate: float, burst: int) -> "Settings":
    from reconciler.service.callers import is_public, plain_network
    from reconciler.service.settings import Limits, Settings

    try:
        networks = tuple(plain_network(text) for text in proxies)
    except ValueError as error:
        raise UsageError(f"--trusted-proxy: {error}.", "Name an address or a network such as `10.0.0.0/8`.") from None
    return Settings(networks, not is_public(host), Limits(rate=rate, burst=burst))


def _log(run: Run, line: "Line") -> None:
    from reconciler.report.service import request_line

    run.warn_all([request_line(run.clock.now(), line.caller, line.token, line.asked, line.status)])


def _report(run: Run, error: Exception) -> None:
    from reconciler.report.crash import crash_report

    run.warn(crash_report(error, ["serve"], run.clock.now()))
