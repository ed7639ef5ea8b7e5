"""Signatures of commits, checked against signers that the caller gives; the repository's own word never counts."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.gitrepo.objects import full_id
from reconciler.gitrepo.repo import GitRepo

#: Programs that the repository's configuration may name are never run; SSH signatures are checked by ``ssh-keygen``.
_PROGRAMS = tuple(
    part for name in ("gpg.program", "gpg.openpgp.program", "gpg.x509.program") for part in ("-c", f"{name}=false")
)


def unsigned(repo: GitRepo, commits: Iterable[str], allowed_signers: bytes) -> dict[str, str]:
    """Return those of ``commits`` that nobody of ``allowed_signers`` (see ssh-keygen(1)) has signed, each with why."""
    found = {}
    with TemporaryDirectory() as folder:
        signers, revoked = Path(folder, "allowed_signers"), Path(folder, "revoked")
        signers.write_bytes(allowed_signers)
        revoked.touch()
        ours = ("gpg.ssh.program=ssh-keygen", f"gpg.ssh.allowedSignersFile={signers}", "gpg.ssh.revocationFile=")
        settings = (*_PROGRAMS, *(part for setting in ours for part in ("-c", setting)))
        for commit in commits:
            answer = repo.attempt(*settings, "verify-commit", "--raw", full_id(commit))
            if answer.status != 0:
                lines = [line for line in answer.err.splitlines() if line.strip()]
                found[commit] = lines[-1].strip().rstrip(".") if lines else "it isn't signed"
    return found
