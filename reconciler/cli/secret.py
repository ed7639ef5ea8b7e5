"""``reconciler secret``: keep secrets in files that age encrypts, beside the YAML that refers to them."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import account_folder, json_output
from reconciler.cli.run import Run
from reconciler.model.errors import RefusedError, UsageError
from reconciler.model.scalars import is_age_key, is_inside, split_age
from reconciler.model.secret import Secret

if TYPE_CHECKING:
    from reconciler.load.age_edit import OpenedAge
    from reconciler.model.address import Address
    from reconciler.model.span import Span
    from reconciler.model.state import Desired


@click.group()
@account_folder
def secret() -> None:
    """Keep secrets in age files.

    FILE ends in `.age`; its path counts from the account folder, as in the YAML after `file/`. Who may decrypt it is
    listed in FILE.recipients. You decrypt with RECONCILER_AGE_IDENTITY or RECONCILER_AGE_IDENTITY_FILE.
    """


@secret.command(name="set")
@click.argument("place", metavar="FILE#KEY")
@account_folder
@json_output
@click.pass_obj
def set_secret(run: Run, place: str) -> int:
    """Set one secret.

    It is read from standard input, or asked for without showing it.
    """
    from reconciler.report.age import use_lines

    path, key = _place(place)
    opened, desired = _opened(run, path, new=True)
    value = _value(path)
    written = _reseal(run, opened, place, {**opened.held.secrets, key: value}, "Set.", "It is that already.")
    if written and not run.json:
        run.show_all(use_lines(place, _uses(desired, place), key not in opened.held.secrets))
    return ExitCode.OK


@secret.command()
@click.argument("place", metavar="FILE#KEY")
@account_folder
@json_output
@click.pass_obj
def remove(run: Run, place: str) -> int:
    """Remove one secret that nothing refers to."""
    from reconciler.load.age_edit import as_diagnostics
    from reconciler.load.secret_text import UnusableSecretError

    path, key = _place(place)
    opened, desired = _opened(run, path)
    try:
        opened.held.secret(key)
    except UnusableSecretError as error:
        raise as_diagnostics(error, path) from None
    if uses := _uses(desired, place):
        raise RefusedError(
            f"{place} is still referred to: {', '.join(f'{span} ({address})' for span, address, _ in uses)}.",
            "Delete the references first.",
        )
    _reseal(run, opened, place, {k: v for k, v in opened.held.secrets.items() if k != key}, "Removed.", "")
    return ExitCode.OK


@secret.command(name="list")
@click.argument("file")
@account_folder
@json_output
@click.pass_obj
def list_keys(run: Run, file: str) -> int:
    """List the names of the secrets in FILE."""
    from reconciler.report.age import keys_json, keys_lines

    opened, _ = _opened(run, _file(file))
    keys = sorted(opened.held.secrets)
    if run.json:
        run.print_json(keys_json(file, keys, opened.held.recipients))
    else:
        run.show_all(keys_lines(file, keys, bool(opened.came or opened.gone)))
    return ExitCode.OK


@secret.command()
@click.argument("file")
@account_folder
@json_output
@click.pass_obj
def rekey(run: Run, file: str) -> int:
    """Encrypt FILE again for whoever is listed now."""
    opened, _ = _opened(run, _file(file))
    _reseal(run, opened, file, opened.held.secrets, "Encrypted again.", "It is encrypted for those already.")
    return ExitCode.OK


def _place(text: str) -> tuple[str, str]:
    """Return the path and the key of ``FILE#KEY``; raises ``UsageError``."""
    path, key = split_age(text) or ("", None)
    if key is None or not is_age_key(key):
        raise UsageError(
            f"{text} is not FILE.age#KEY.",
            "Write for example `secrets.age#MAIL_INFO`; a key has letters, digits and `_ . @ + -` only.",
        )
    return _file(path), key


def _file(path: str) -> str:
    if split_age(path) != (path, None) or not is_inside(path):
        raise UsageError(f"{path} is no age file of this account.", "Write its path from the account folder on.")
    return path


def _opened(run: Run, path: str, *, new: bool = False) -> "tuple[OpenedAge, Desired]":
    from reconciler.load.age_edit import open_age
    from reconciler.pipeline import planning

    desired = planning.validate(run.session())
    return open_age(run.folder, path, run.environ, desired.config.account, new=new), desired


def _value(path: str) -> Secret:
    """Return the secret that standard input or a person gives; never an argument, because others see those."""
    from reconciler.load.age_edit import as_diagnostics
    from reconciler.load.secret_text import MOST, UnusableSecretError, secret_text

    if sys.stdin is None:
        raise UsageError("There is no standard input to read the secret from.")
    if sys.stdin.isatty():
        raw = click.prompt("Secret", hide_input=True, confirmation_prompt=True, err=True).encode("utf-8", "replace")
    else:
        raw = sys.stdin.buffer.read(MOST + 1)
    try:
        return Secret(secret_text(raw, "What was given"))
    except UnusableSecretError as error:
        raise as_diagnostics(error, path) from None


def _reseal(run: Run, opened: "OpenedAge", place: str, secrets: Mapping[str, Secret], done: str, same: str) -> bool:
    """Write the file so that it holds ``secrets``, say so, and tell whether anything had to be written."""
    from reconciler.edit.files import replace_file
    from reconciler.report.age import sealed_json, sealed_lines, unchanged_line

    sealed = opened.resealed(secrets)
    if sealed is not None:
        replace_file(run.folder / opened.path, sealed)
    if run.json:
        run.print_json(sealed_json(place, sealed is not None, opened.recipients))
        return sealed is not None
    if sealed is None:
        run.show(unchanged_line(place, same))
        return False
    locked_out = opened.locks_out(sealed)
    run.show_all(sealed_lines(place, done, len(opened.recipients), opened.came, opened.gone, locked_out))
    return True


def _uses(desired: "Desired", place: str) -> "list[tuple[Span | None, Address, int]]":
    """Return where the YAML refers to a secret."""
    refs = sorted(desired.secrets.items())
    return [
        (desired.places.get(address), address, ref.version)
        for (address, _), ref in refs
        if str(ref) == f"file/{place}" and isinstance(ref.version, int)
    ]
