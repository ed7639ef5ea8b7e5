"""Secrets, resolved: from environment variables and files to text that never shows itself."""

from collections.abc import Mapping
from pathlib import Path

from reconciler.load.codes import CODES
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics
from reconciler.model.errors import DiagnosticsError
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.text import neutral

_MOST = 64 * 2**10


class _UnusableError(Exception):
    """A secret that can't be used: the code, why (never its text), and how to mend it."""

    def __init__(self, code: str, detail: str, help: str) -> None:
        super().__init__(detail)
        self.code = code
        self.help = help


def resolve_secrets(
    refs: Mapping[tuple[Address, str], SecretRef], folder: Path, environ: Mapping[str, str]
) -> dict[tuple[Address, str], Secret]:
    """Return the secret of each reference; file paths are relative to ``folder``.

    Raises :class:`~reconciler.model.errors.DiagnosticsError` with every secret that is missing, empty or unreadable.
    """
    found: dict[tuple[Address, str], Secret] = {}
    problems: list[Diagnostic] = []
    for (address, field), ref in refs.items():
        try:
            text = _variable(ref, environ) if ref.source == "env" else _file(ref, folder)
        except _UnusableError as error:
            detail = neutral(f"{address} needs `{ref}` for `{field}`. {error}", 1000)
            code = error.code
            problems.append(Diagnostic(code, CODES[code].summary, detail, help=neutral(error.help), address=address))
        else:
            found[address, field] = Secret(text)
    if problems:
        raise DiagnosticsError(sort_diagnostics(problems))
    return found


def _variable(ref: SecretRef, environ: Mapping[str, str]) -> str:
    if ref.name not in environ:
        remedy = f"Set the environment variable {ref.name} before you apply."
        raise _UnusableError("secret-missing", "The environment variable isn't set.", remedy)
    text = environ[ref.name]
    if not text:
        raise _UnusableError("secret-empty", "The environment variable is empty.", f"Set {ref.name} to the secret.")
    if "\0" in text or not _is_unicode(text):
        raise _UnusableError("secret-unreadable", "The environment variable isn't UTF-8 text.", f"Correct {ref.name}.")
    return text


def _file(ref: SecretRef, folder: Path) -> str:
    try:
        raw = _first_bytes(folder / ref.name)
    except FileNotFoundError:
        remedy = "The path counts from the account folder."
        raise _UnusableError("secret-missing", "The file doesn't exist.", remedy) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is malformed"
        raise _UnusableError("secret-unreadable", f"The file can't be read: {reason}.", "Correct the path.") from None
    if len(raw) > _MOST:
        raise _UnusableError("secret-unreadable", "The file has more than 64 KiB.", "Correct the path.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _UnusableError("secret-unreadable", "The file isn't UTF-8 text.", "Save it as UTF-8.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise _UnusableError("secret-empty", "The file is empty.", "Write the secret into it.")
    if "\0" in text:
        raise _UnusableError("secret-unreadable", "The file holds a NUL character.", "Write the secret as text.")
    return text


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST + 1)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
