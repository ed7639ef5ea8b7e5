"""Age files: who may decrypt them, for which place they are, and what is said when they can't be used."""

import json
import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from age_keys import BY_AGE, ERIKA, ERIKA_PUBLIC, MAX, MAX_PUBLIC, SSH, SSH_LOCKED, SSH_PUBLIC
from reconciler.load.age import encrypt, identity_of, parse_identity, parse_recipients
from reconciler.load.age_file import MOST_BYTES, AgeFile, AgeFiles, decode
from reconciler.load.secret_text import UnusableSecretError
from reconciler.model.secret import Secret

ACCOUNT = "K-104711"
HELD = AgeFile(ACCOUNT, "secrets.age", (ERIKA_PUBLIC,), {"MAIL_INFO": Secret("hunter2")})
AS_ERIKA = {"RECONCILER_AGE_IDENTITY": ERIKA}


def refused(folder: Path, environ: dict[str, str], path: str = "secrets.age") -> UnusableSecretError:
    """Return why a file can't be used."""
    with pytest.raises(UnusableSecretError) as caught:
        AgeFiles(folder, environ, ACCOUNT).file(path)
    assert caught.value.help
    return caught.value


def plain(**data: object) -> bytes:
    """Return what an age file holds, with some of it changed."""
    return json.dumps(json.loads(HELD.encode()) | data).encode()


class TestInteroperation:
    @pytest.mark.parametrize("identity", [ERIKA, f"# made today\n{MAX}\n\n{ERIKA}\n", f"{ERIKA}\r\n", SSH])
    def test_a_file_of_the_program_age(self, identity: str, tmp_path: Path) -> None:
        """What ``age`` encrypted is read, with an X25519 or an SSH identity, in the form of an identity file."""
        (tmp_path / "secrets.age").write_bytes(BY_AGE)
        files = AgeFiles(tmp_path, {"RECONCILER_AGE_IDENTITY": identity}, ACCOUNT)
        assert files.file("secrets.age").secret("MAIL_INFO").reveal() == "grün"

    def test_windows_line_ends(self, tmp_path: Path) -> None:
        """A checkout that changed the line ends is read as well."""
        (tmp_path / "secrets.age").write_bytes(BY_AGE.replace(b"\n", b"\r\n"))
        assert AgeFiles(tmp_path, AS_ERIKA, ACCOUNT).file("secrets.age").secrets.keys() == {"MAIL_INFO"}

    @pytest.mark.parametrize(("recipient", "identity"), [(ERIKA_PUBLIC, ERIKA), (SSH_PUBLIC, SSH)])
    def test_what_is_encrypted_is_decrypted(self, recipient: str, identity: str) -> None:
        """Encrypted text is armored, so that git shows it as text, and only its recipients read it."""
        sealed = encrypt(b"hunter2", [recipient])
        assert sealed.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
        assert parse_identity(identity, "here").decrypt(sealed) == b"hunter2"
        with pytest.raises(UnusableSecretError, match="isn't one of those"):
            parse_identity(MAX, "here").decrypt(sealed)


class TestIdentity:
    def test_from_a_file(self, tmp_path: Path) -> None:
        """The identity may stand in a file, with comments, anywhere."""
        (tmp_path / "key.txt").write_text(f"# public key: {ERIKA_PUBLIC}\n{ERIKA}\n")
        identity = identity_of(
            {"RECONCILER_AGE_IDENTITY_FILE": str(tmp_path / "key.txt"), "RECONCILER_AGE_IDENTITY": ""}
        )
        assert identity.decrypt(encrypt(b"x", [ERIKA_PUBLIC])) == b"x"

    @pytest.mark.parametrize("environ", [{}, {"RECONCILER_AGE_IDENTITY": "", "RECONCILER_AGE_IDENTITY_FILE": ""}])
    def test_missing(self, environ: dict[str, str]) -> None:
        """An empty variable is one that isn't set."""
        with pytest.raises(UnusableSecretError) as caught:
            identity_of(environ)
        assert caught.value.code == "age-identity-missing"

    @pytest.mark.parametrize(
        ("environ", "said"),
        [
            ({"RECONCILER_AGE_IDENTITY": ERIKA, "RECONCILER_AGE_IDENTITY_FILE": "key.txt"}, "both set"),
            ({"RECONCILER_AGE_IDENTITY": "hunter2"}, "no identity in line 1"),
            ({"RECONCILER_AGE_IDENTITY": f"{ERIKA}\n{ERIKA[:-1]}"}, "no identity in line 2"),
            ({"RECONCILER_AGE_IDENTITY": "# only a comment"}, "holds no identity"),
            ({"RECONCILER_AGE_IDENTITY": SSH_LOCKED}, "a key that can't be used"),
            ({"RECONCILER_AGE_IDENTITY": SSH[:-80]}, "a key that can't be used"),
            ({"RECONCILER_AGE_IDENTITY": SSH.replace("OPENSSH ", "")}, "a key that can't be used"),
            ({"RECONCILER_AGE_IDENTITY": ERIKA_PUBLIC}, "no identity in line 1"),
            ({"RECONCILER_AGE_IDENTITY_FILE": ERIKA}, "holds an identity, not a path"),
            ({"RECONCILER_AGE_IDENTITY_FILE": "/hunter2"}, "No such file"),
            ({"RECONCILER_AGE_IDENTITY_FILE": "/"}, "can't be read"),
            ({"RECONCILER_AGE_IDENTITY_FILE": "hunter2\0"}, "malformed"),
            ({"RECONCILER_AGE_IDENTITY_FILE": "/dev/zero"}, "more than 64 KiB"),
        ],
    )
    def test_unusable(self, environ: dict[str, str], said: str) -> None:
        """What is wrong is said, and never what stands in the variables."""
        with pytest.raises(UnusableSecretError, match=said) as caught:
            identity_of(environ)
        assert caught.value.code == "age-identity-unusable"
        shown = f"{caught.value} {caught.value.help} {caught.value!r} {caught.value.__cause__}"
        assert not any(text[:30] in shown for text in (*environ.values(), ERIKA) if len(text) > 7)
        assert "hunter2" not in shown

    def test_never_shows_itself(self) -> None:
        """Neither printed nor serialised."""
        identity = identity_of(AS_ERIKA)
        assert ERIKA not in f"{identity} {identity!r}"
        with pytest.raises(TypeError):
            pickle.dumps(identity)


class TestRecipients:
    def test_as_age_reads_them(self) -> None:
        """A line each, comments and empty lines between, in any order, SSH keys without what stands after them."""
        text = f"# who\n\n{SSH_PUBLIC} erika@example.org\n  {ERIKA_PUBLIC}\r\n{ERIKA_PUBLIC}\n"
        assert parse_recipients(text) == (tuple(sorted((ERIKA_PUBLIC, SSH_PUBLIC))), {})

    @pytest.mark.parametrize(
        "line", ["erika", ERIKA_PUBLIC[:-1], "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2E=", ERIKA, SSH]
    )
    def test_what_is_no_recipient(self, line: str) -> None:
        """A mistyped key is an error, not one recipient less; a secret key is recognised."""
        found, problems = parse_recipients(f"{MAX_PUBLIC}\n{line}\n")
        assert found == (MAX_PUBLIC,)
        assert min(problems) == 2
        assert ("secret key" in problems[2]) == (line in (ERIKA, SSH))
        assert line not in str(problems)


class TestPlace:
    def test_round_trip(self) -> None:
        """What is encrypted is what was meant, and its length tells nothing of a short secret's."""
        assert decode(HELD.encode(), ACCOUNT, "secrets.age").encode() == HELD.encode()
        longer = AgeFile(ACCOUNT, "secrets.age", (ERIKA_PUBLIC,), {"MAIL_INFO": Secret("hunter2" * 10)})
        assert len(longer.encode()) == len(HELD.encode()) == 1024
        assert "hunter2" not in repr(HELD)

    @pytest.mark.parametrize(("account", "path"), [("K-2", "secrets.age"), (ACCOUNT, "other/secrets.age")])
    def test_a_foreign_file(self, account: str, path: str) -> None:
        """A file that was copied from another account, or renamed, is refused, and both places are named."""
        with pytest.raises(UnusableSecretError, match=r"written as `secrets.age` for the account K-104711") as caught:
            decode(HELD.encode(), account, path)
        assert caught.value.code == "age-file-misplaced"

    @pytest.mark.parametrize(
        "text",
        [
            *(b"", b"hunter2", b"[]", b"{}", b"[" * 100_000, b'{"format": "1"}', b"\xff", plain(format=2)),
            *(plain(recipients=None), plain(recipients=[1]), plain(secrets=[]), plain(secrets={"A": 1})),
            *(plain(secrets={"A": ""}), plain(secrets={"A": "\0"}), plain(secrets={"A": "\ud800"})),
            plain(secrets={"A": "x" * 65_537}),
        ],
    )
    def test_other_contents(self, text: bytes) -> None:
        """Whatever else somebody encrypted for us is refused in a sentence."""
        with pytest.raises(UnusableSecretError) as caught:
            decode(text, ACCOUNT, "secrets.age")
        assert caught.value.code == "age-file-damaged"
        assert "hunter2" not in str(caught.value)


class TestReading:
    def test_each_file_is_decrypted_once(self, tmp_path: Path) -> None:
        """However many secrets are asked for, a file is read and decrypted once, and so is the identity."""
        (tmp_path / "secrets.age").write_bytes(BY_AGE)
        environ = dict(AS_ERIKA)
        files = AgeFiles(tmp_path, environ, ACCOUNT)
        first = files.file("secrets.age")
        (tmp_path / "secrets.age").unlink()
        environ.clear()
        assert files.file("secrets.age") is first

    def test_a_missing_key(self, tmp_path: Path) -> None:
        """The nearest key is named, and the way to add one."""
        (tmp_path / "secrets.age").write_bytes(BY_AGE)
        with pytest.raises(UnusableSecretError) as caught:
            AgeFiles(tmp_path, AS_ERIKA, ACCOUNT).file("secrets.age").secret("MAIL_INOF")
        assert caught.value.code == "secret-missing"
        assert "Did you mean `MAIL_INFO`? `reconciler secret set secrets.age#MAIL_INOF` adds it." in caught.value.help

    def test_missing_and_wrong_identity(self, tmp_path: Path) -> None:
        """Without an identity, and with another's, nothing is decrypted."""
        (tmp_path / "secrets.age").write_bytes(BY_AGE)
        assert refused(tmp_path, {}).code == "age-identity-missing"
        assert refused(tmp_path, {"RECONCILER_AGE_IDENTITY": MAX}).code == "age-identity-wrong"

    def test_what_is_no_readable_file(self, tmp_path: Path) -> None:
        """Absent, a folder, a pipe, too large, or reached through a link: each is said, none is waited for."""
        assert refused(tmp_path, AS_ERIKA).code == "secret-missing"
        (tmp_path / "folder.age").mkdir()
        os.mkfifo(tmp_path / "pipe.age")
        (tmp_path / "big.age").write_bytes(b"x" * (MOST_BYTES + 1))
        (tmp_path / "real.age").write_bytes(BY_AGE)
        (tmp_path / "link.age").symlink_to("real.age")
        (tmp_path / "away").symlink_to(tmp_path)
        unreadable = {p: refused(tmp_path, AS_ERIKA, p) for p in ("folder.age", "big.age", "link.age", "away/real.age")}
        assert {error.code for error in unreadable.values()} == {"secret-unreadable"}
        assert "symbolic link" in str(unreadable["link.age"]) and "symbolic link" in str(unreadable["away/real.age"])
        assert refused(tmp_path, AS_ERIKA, "pipe.age").code == "age-file-damaged"

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, len(BY_AGE) - 1), st.binary(max_size=3), st.integers(0, 4))
    def test_damage_is_noticed(self, at: int, put: bytes, cut: int) -> None:
        """A file in which anything was changed is refused, or holds exactly what it did."""
        identity = parse_identity(ERIKA, "here")
        try:
            found = decode(identity.decrypt(BY_AGE[:at] + put + BY_AGE[at + cut :]), ACCOUNT, "secrets.age")
        except UnusableSecretError as error:
            assert error.code in ("age-file-damaged", "age-identity-wrong")
        else:
            assert found.secret("MAIL_INFO").reveal() == "grün"
