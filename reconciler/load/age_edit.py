"""Changing an age file: it is encrypted again for those who are listed beside it, unless it would hold the same.

The plain text never leaves this process; the caller writes the encrypted one in place of the old.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reconciler.load.age import Identity, encrypt, identity_of, parse_recipients
from reconciler.load.age_file import MOST_BYTES, AgeFile, decode, read_bytes
from reconciler.load.codes import CODES
from reconciler.load.secret_text import UnusableSecretError
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics
from reconciler.model.errors import DiagnosticsError
from reconciler.model.late import dataclass
from reconciler.model.secret import Secret
from reconciler.model.span import Span
from reconciler.model.text import neutral


@dataclass(frozen=True, slots=True)
class OpenedAge:
    """What an age file holds, who is listed to read it from now on, and as whom it was decrypted.

    ``file`` is None where there is none yet; ``identity`` is None only then.
    """

    path: str
    account: str
    recipients: tuple[str, ...]
    file: AgeFile | None
    identity: Identity | None

    @property
    def held(self) -> AgeFile:
        """What the file holds; nothing where there is none yet."""
        return self.file or AgeFile(self.account, self.path)

    @property
    def came(self) -> tuple[str, ...]:
        """Who is listed now and can't decrypt the file yet."""
        return tuple(one for one in self.recipients if one not in self.held.recipients)

    @property
    def gone(self) -> tuple[str, ...]:
        """Who can decrypt the file and isn't listed any more."""
        return tuple(one for one in self.held.recipients if one not in self.recipients)

    def resealed(self, secrets: Mapping[str, Secret]) -> bytes | None:
        """Return the file that holds ``secrets`` for those who are listed now; None where it does so already.

        Raises :class:`~reconciler.model.errors.DiagnosticsError` for more than a file may hold.
        """
        new = replace(self.held, recipients=self.recipients, secrets=secrets)
        if self.file is not None and new.encode() == self.file.encode():
            return None
        sealed = encrypt(new.encode(), new.recipients)
        if len(sealed) > MOST_BYTES:
            detail = "It would have more than 1 MiB."
            raise as_diagnostics(UnusableSecretError("secret-unreadable", detail, "Use a second file."), self.path)
        return sealed

    def locks_out(self, sealed: bytes) -> bool:
        """Tell whether the identity that is in use can't decrypt the new file."""
        try:
            return self.identity is not None and not self.identity.decrypt(sealed)
        except UnusableSecretError:
            return True


def open_age(folder: Path, path: str, environ: Mapping[str, str], account: str, *, new: bool) -> OpenedAge:
    """Return an age file, opened; with ``new`` it need not exist.

    Raises :class:`~reconciler.model.errors.DiagnosticsError` with everything that is in the way.
    """
    problems: list[Diagnostic] = []
    recipients = _recipients(folder, f"{path}.recipients", problems)
    file, identity = None, None
    try:
        if new and not (folder / path).is_symlink() and not (folder / path).exists():
            identity = _identity_if_any(environ)
        else:
            raw = read_bytes(folder, path)
            identity = identity_of(environ)
            file = decode(identity.decrypt(raw), account, path)
    except UnusableSecretError as error:
        problems.append(_diagnostic(error.code, str(error), error.help, Span(path, 1, 1)))
    if problems:
        raise DiagnosticsError(sort_diagnostics(problems))
    return OpenedAge(path, account, recipients, file, identity)


def as_diagnostics(error: UnusableSecretError, path: str) -> DiagnosticsError:
    """Return what is wrong with a secret for an age file as the user is told of it."""
    return DiagnosticsError([_diagnostic(error.code, str(error), error.help, Span(path, 1, 1))])


def _identity_if_any(environ: Mapping[str, str]) -> Identity | None:
    try:
        return identity_of(environ)
    except UnusableSecretError as error:
        if error.code == "age-identity-missing":
            return None
        raise


def _recipients(folder: Path, path: str, problems: list[Diagnostic]) -> tuple[str, ...]:
    """Return who may decrypt from now on; a line that can't be used is reported, never shown."""
    remedy = "Write one public key per line, such as `age1...`. `age-keygen -y FILE` shows the one of an identity."
    try:
        text = read_bytes(folder, path).decode("utf-8", "replace")
    except UnusableSecretError as error:
        code = "age-recipients-missing" if error.code == "secret-missing" else error.code
        problems.append(_diagnostic(code, str(error), remedy, Span(path, 1, 1)))
        return ()
    found, wrong = parse_recipients(text)
    for number, detail in wrong.items():
        problems.append(_diagnostic("age-recipient-unusable", detail, remedy, Span(path, number, 1)))
    if not found and not wrong:
        problems.append(_diagnostic("age-recipients-missing", f"`{path}` lists nobody.", remedy, Span(path, 1, 1)))
    return found


def _diagnostic(code: str, detail: str, help: str, span: Span) -> Diagnostic:
    return Diagnostic(code, CODES[code].summary, neutral(detail, 1000), span, neutral(help, 1000))
