"""Secrets, resolved: from environment variables and files to text that never shows itself."""

import os
from collections.abc import Mapping
from pathlib import Path

from reconciler.kinds import KINDS
from reconciler.load.age import BEGINNINGS
from reconciler.load.age_file import AgeFiles
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.secret_text import MOST, UnusableSecretError, secret_text
from reconciler.model.address import Address, kind_of
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics
from reconciler.model.errors import DiagnosticsError
from reconciler.model.scalars import split_age
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.text import neutral

Place = tuple[Address, str]


def resolve_secrets(
    refs: Mapping[Place, SecretRef], folder: Path, environ: Mapping[str, str], account: str
) -> dict[Place, Secret]:
    """Return the secret of each reference; file paths are relative to ``folder``.

    Raises :class:`~reconciler.model.errors.DiagnosticsError` with every secret that is missing, empty, unreadable or
    not what its kind can use.
    """
    found, problems = _resolved(refs, folder, environ, account)
    problems += [problem for place, secret in found.items() if (problem := _unfit(place, refs[place], secret))]
    if problems:
        raise DiagnosticsError(sort_diagnostics(problems))
    return found


def resolve_credentials(
    refs: Mapping[str, SecretRef], folder: Path, environ: Mapping[str, str], account: str
) -> dict[str, Secret]:
    """Return what a provider is opened with, by where it is referred to in account.yaml (``providers.dns.tsig.key``).

    Raises :class:`~reconciler.model.errors.DiagnosticsError` with every one that is missing, empty or unreadable.
    """
    found, problems = _resolved({(ACCOUNT_FILE, where): ref for where, ref in refs.items()}, folder, environ, account)
    if problems:
        raise DiagnosticsError(sort_diagnostics(problems))
    return {where: secret for (_, where), secret in found.items()}


def _resolved(
    refs: Mapping[Place, SecretRef], folder: Path, environ: Mapping[str, str], account: str
) -> tuple[dict[Place, Secret], list[Diagnostic]]:
    """Return the secrets that can be read, and what is wrong with the others."""
    age = AgeFiles(folder, environ, account)
    found: dict[Place, Secret] = {}
    failed: dict[UnusableSecretError, list[Place]] = {}
    for place, ref in refs.items():
        try:
            found[place] = _secret(ref, folder, environ, age)
        except UnusableSecretError as error:
            failed.setdefault(error, []).append(place)
    return found, [_problem(error, places, refs[places[0]]) for error, places in failed.items()]


def _secret(ref: SecretRef, folder: Path, environ: Mapping[str, str], age: AgeFiles) -> Secret:
    if ref.given is not None:
        return ref.given
    if ref.source == "env":
        return Secret(_variable(ref, environ))
    path, key = split_age(ref.name) or ("", None)
    return Secret(_file(ref, folder)) if key is None else age.file(path).secret(key)


def _problem(error: UnusableSecretError, places: list[Place], ref: SecretRef) -> Diagnostic:
    """Return what is wrong, said once, however many secrets fail because of it."""
    from reconciler.load.codes import CODES

    address, field = places[0]
    others = len(places) - 1
    more = f" {others} other secret{'' if others == 1 else 's'} can't be read for the same reason." if others else ""
    detail = neutral(f"{address} needs `{ref}` for `{field}`. {error}{more}", 1000)
    return Diagnostic(error.code, CODES[error.code].summary, detail, help=neutral(error.help), address=address)


def _unfit(place: Place, ref: SecretRef, secret: Secret) -> Diagnostic | None:
    """Return why a secret's text can't be what its kind needs, if it can't."""
    address, field = place
    why = KINDS[kind_of(address)].check_secret(field, secret.reveal())
    if not why:
        return None
    from reconciler.load.codes import CODES

    detail = neutral(f"{address} needs `{ref}` for `{field}`. {why}", 1000)
    remedy = f"Correct what {ref} holds; nothing was written."
    return Diagnostic("secret-unfit", CODES["secret-unfit"].summary, detail, help=neutral(remedy), address=address)


def _variable(ref: SecretRef, environ: Mapping[str, str]) -> str:
    if ref.name not in environ:
        remedy = f"Set the environment variable {ref.name}."
        raise UnusableSecretError("secret-missing", "The environment variable isn't set.", remedy)
    text = environ[ref.name]
    if not text:
        remedy = f"Set {ref.name} to the secret."
        raise UnusableSecretError("secret-empty", "The environment variable is empty.", remedy)
    if "\0" in text or not _is_unicode(text):
        remedy = f"Correct {ref.name}."
        raise UnusableSecretError("secret-unreadable", "The environment variable isn't UTF-8 text.", remedy)
    return text


def _file(ref: SecretRef, folder: Path) -> str:
    try:
        _demand_openly(ref.name, folder)
        raw = _first_bytes(folder / ref.name)
    except FileNotFoundError:
        remedy = "The path counts from the account folder."
        if "#" in ref.name:
            remedy += " A `#KEY` belongs to files that end in `.age`; in any other path it is part of the name."
        raise UnusableSecretError("secret-missing", "The file doesn't exist.", remedy) from None
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: symbolic links in a circle
        reason = getattr(error, "strerror", None) or "the path is malformed"
        detail = f"The file can't be read: {reason}."
        raise UnusableSecretError("secret-unreadable", detail, "Correct the path.") from None
    if raw.startswith(BEGINNINGS):
        remedy = "Name it `NAME.age`, and a secret in it `{secret: file/NAME.age#KEY, version: 1}`."
        raise UnusableSecretError("secret-unreadable", "The file is encrypted, but doesn't end in `.age`.", remedy)
    return secret_text(raw, "The file")


def _demand_openly(name: str, folder: Path) -> None:
    """Raise :class:`UnusableSecretError` where a path that looks harmless leads out of the account folder.

    An absolute path says openly where it points; links in the folder and ``..`` are what a branch could bring along.
    """
    if not name.startswith("/") and (folder / name).resolve() != folder.resolve() / name:
        detail = "The path isn't straight: it leads through `..` or a symbolic link."
        remedy = "Put the file itself into the account folder, or write its absolute path."
        raise UnusableSecretError("secret-unreadable", detail, remedy)


def _first_bytes(path: Path) -> bytes:
    # opened without waiting: a pipe into which nobody writes is empty
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
        os.set_blocking(file.fileno(), True)
        return file.read(MOST + 1)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
