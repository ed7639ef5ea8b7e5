"""Where git is told to sign, every commit of the record is signed, or nothing is recorded."""

import subprocess
from pathlib import Path

import pytest

from hand_made import plan_of
from program import Repository, run
from reconciler.model.errors import PartialError, RecordError
from record.world import REF, Folder, a, create, desired

WWW, MX = "record/example.org/www/A", "record/example.org/mx/A"


@pytest.fixture
def key(repo: Repository, tmp_path: Path) -> Path:
    """An ssh key with which git is told to sign, and the list of those who may."""
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    signers = tmp_path / "signers"
    signers.write_text(f'erika@example.org namespaces="git" {path.with_suffix(".pub").read_text()}')
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingKey", str(path)),
        ("gpg.ssh.allowedSignersFile", str(signers)),
        ("commit.gpgSign", "true"),
    ):
        repo.git("config", name, value)
    return path


def signatures(repo: Repository) -> str:
    """Return git's verdict on each commit of the record, newest first."""
    return repo.git("log", "--first-parent", "--format=%G?", REF).replace("\n", "")


def test_signed_with_an_ssh_key(inside: Folder, repo: Repository, key: Path) -> None:
    """Root, intents and outcomes carry a good signature, and the snapshot too; the record reads as ever."""
    inside.write(mail_yaml="mail: {example.org: {}}\n")
    applied = inside.apply(create(WWW, a("www")))
    assert signatures(repo) == "GGG"
    assert repo.git("log", "-1", "--format=%G?", applied.config_commit) == "G"
    assert set(inside.record.read().applied.state) == {WWW}
    assert repo.git("fsck", "--strict", "--no-dangling") == ""


def test_not_asked_to_sign(inside: Folder, repo: Repository, key: Path) -> None:
    """Without ``commit.gpgSign`` nothing is signed, whatever keys there are."""
    repo.git("config", "commit.gpgSign", "false")
    inside.apply(create(WWW, a("www")))
    assert signatures(repo) == "NNN"


def test_a_signature_that_fails(inside: Folder, repo: Repository, key: Path) -> None:
    """Nothing unsigned is recorded instead, and no lock is left."""
    key.unlink()
    with pytest.raises(RecordError, match="can't be signed"):
        inside.apply(create(WWW, a("www")))
    assert repo.git("for-each-ref", REF) == ""


def test_a_key_that_is_gone_after_the_intent(inside: Folder, repo: Repository, key: Path) -> None:
    """Then the outcome isn't recorded, and the intent stays to be resumed."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    key.unlink()
    with pytest.raises(PartialError, match="can't be signed"):
        inside.record.finish(intent, (), (), desired(), inside.clock)
    assert repo.git("rev-parse", REF) == intent.commit


def test_a_program_in_the_repository(inside: Folder, repo: Repository, key: Path, tmp_path: Path) -> None:
    """A program that the repository's own configuration names is refused by name and doesn't run."""
    trace = tmp_path / "ran"
    script = tmp_path / "signs"
    script.write_text(f"#!/bin/sh\ntouch {trace}\n")
    script.chmod(0o755)
    for name in ("gpg.ssh.program", "gpg.program", "gpg.ssh.defaultKeyCommand"):
        repo.git("config", name, str(script))
        with pytest.raises(RecordError, match="names a program that signs"):
            inside.apply(create(WWW, a("www")))
        repo.git("config", "--unset", name)
    assert not trace.exists()


def test_signed_with_gpg(inside: Folder, repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenPGP works as well, with a key that is only in the user's own key ring."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    env = {**repo.env, "GNUPGHOME": str(home)}
    quick = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-gen-key", "Erika <erika@example.org>", "ed25519"]
    assert run([*quick, "sign", "never"], tmp_path, env).code == 0
    monkeypatch.setenv("GNUPGHOME", str(home))
    repo.git("config", "commit.gpgSign", "true")
    repo.git("config", "user.signingKey", "erika@example.org")
    try:
        inside.apply(create(WWW, a("www")))
        verdicts = run(["git", "log", "--first-parent", "--format=%G?", REF], repo.path, env).out.split()
    finally:
        run(["gpgconf", "--kill", "all"], tmp_path, env)
    assert verdicts == ["U", "U", "U"] or verdicts == ["G", "G", "G"]
