"""``reconciler token``: the tokens with which an account may be reached over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_file, account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.store.account import Store

_MOST = 100


@click.group()
@account_folder
def token() -> None:
    """Make, list and revoke the tokens of an account.

    Whoever has a token reaches the account through `reconciler serve`.
    """


@token.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, metavar="SCOPE", help="What it may do. Repeatable.")
@account_file
@account_folder
@json_output
@click.pass_obj
def make(run: Run, name: str, scopes: tuple[str, ...], account_file: Path) -> int:
    """Make a token and print it, this once.

    The scopes are `read`, `write:SECTION` such as `write:dns`, and `submit:KIND` such as `submit:order`; `write:*` and
    `submit:*` are all of these. The change log names what was done by NAME.
    """
    from reconciler.report.service import FORMAT_VERSION
    from reconciler.service.scopes import expanded

    if not name.isprintable() or not name.strip() or len(name) > _MOST:
        raise UsageError("A token's name is what the change log says.", "Choose a short name such as `ci`.")
    text = _store(run, account_file).make_token(name, expanded(scopes))
    if run.json:
        run.print_json({"format_version": FORMAT_VERSION, "name": name, "token": text})
    else:
        run.print(f"{text}\n")
    return ExitCode.OK


@token.command(name="list")
@account_file
@account_folder
@json_output
@click.pass_obj
def list_tokens(run: Run, account_file: Path) -> int:
    """List the tokens with what they may do, also the revoked ones."""
    from reconciler.report.service import FORMAT_VERSION, token_json, token_lines

    found = _store(run, account_file).tokens()
    if run.json:
        tokens = [token_json(one.name, one.scopes, one.made, one.revoked) for one in found]
        run.print_json({"format_version": FORMAT_VERSION, "tokens": tokens})
    else:
        for one in found:
            run.show_all(token_lines(one.name, one.scopes, one.made, one.revoked))
    return ExitCode.OK


@token.command()
@click.argument("name")
@account_file
@account_folder
@json_output
@click.pass_obj
def revoke(run: Run, name: str, account_file: Path) -> int:
    """Revoke a token, for ever and at once."""
    from reconciler.report.service import FORMAT_VERSION, revoked_line

    _store(run, account_file).revoke_token(name)
    if run.json:
        run.print_json({"format_version": FORMAT_VERSION, "name": name, "done": "revoked"})
    else:
        run.show(revoked_line(name))
    return ExitCode.OK


def _store(run: Run, account_file: Path) -> "Store":
    from reconciler.store.account import Store

    return Store(run.folder / account_file)
