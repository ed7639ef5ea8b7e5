"""`reconciler secret`: secrets in age files, from setting one to an apply that uses it."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from age_keys import ERIKA, ERIKA_PUBLIC, MAX, MAX_PUBLIC, SSH, SSH_PUBLIC
from program import BIN, Cli, Finished, environment
from reconciler.load.age_file import AgeFiles

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
MAIL = "mail:\n  example.org:\n    mailboxes:\n      info:\n        password: {secret: file/s.age#INFO, version: 1}\n"


class Folder:
    """An account folder in which ERIKA may decrypt ``s.age``; calling it runs ``reconciler secret`` as her."""

    def __init__(self, cli: Cli, path: Path) -> None:
        self._cli, self.path = cli, path
        self.file = path / "s.age"
        path.mkdir()
        self.write({"account.yaml": ACCOUNT, "mail.yaml": MAIL, "s.age.recipients": f"# who\n{ERIKA_PUBLIC}\n"})

    def __call__(self, *args: str, stdin: str = "", identity: str | None = ERIKA) -> Finished:
        env = {"RECONCILER_AGE_IDENTITY": identity} if identity else {}
        return self._cli(*args, cwd=self.path, stdin=stdin, env=env)

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            (self.path / name).write_text(text, "utf-8")

    def held(self, identity: str = ERIKA) -> dict[str, str]:
        """Return the secrets that the file holds for who has an identity."""
        found = AgeFiles(self.path, {"RECONCILER_AGE_IDENTITY": identity}, "K-104711").file("s.age")
        return {key: secret.reveal() for key, secret in found.secrets.items()}


@pytest.fixture
def folder(cli: Cli, tmp_path: Path) -> Folder:
    """A folder without any secret yet."""
    return Folder(cli, tmp_path / "account")


@pytest.fixture
def filled(folder: Folder) -> Folder:
    """The same with two secrets."""
    for key in ("INFO", "OTHER"):
        assert folder("secret", "set", f"s.age#{key}", stdin=f"hunter2-{key}\n").code == 0
    return folder


class TestSet:
    def test_from_nothing(self, folder: Folder) -> None:
        """The first secret makes the file, for whoever is listed, and says how the YAML learns of it."""
        done = folder("secret", "set", "s.age#INFO", stdin="grün & 'more'\n")
        assert (done.code, done.err) == (0, "")
        assert done.out == (
            f"s.age#INFO: Set. The file is encrypted for 1 recipient.\n  + {ERIKA_PUBLIC}\n"
            "An apply writes it where its version is new:\n"
            "  mail.yaml:4:7: mailbox/info@example.org has version 1.\n"
        )
        assert folder.held() == {"INFO": "grün & 'more'"}
        assert folder("secret", "set", "s.age#NEW", stdin="x").out.endswith(
            "Refer to it as `{secret: file/s.age#NEW, version: 1}`.\n"
        )

    def test_then_an_apply_uses_it(self, filled: Folder) -> None:
        """A plan needs no identity; an apply decrypts what it writes; a new version writes the new secret."""
        assert filled("plan", identity=None).code == 0
        refused = filled("apply", "--auto-approve", identity=None)
        assert (refused.code, "error[age-identity-missing]" in refused.err) == (1, True)
        assert not (filled.path / "account.db").exists()
        assert filled("apply", "--auto-approve").code == 0
        told = filled("secret", "set", "s.age#INFO", stdin="hunter3")
        assert "  mail.yaml:4:7: mailbox/info@example.org has version 1; write 2.\n" in told.out
        assert filled("plan", "--detailed-exitcode", identity=None).code == 0
        filled.write({"mail.yaml": MAIL.replace("version: 1", "version: 2")})
        assert "mailbox/info@example.org: updated" in filled("apply", "--auto-approve").out

    def test_the_same_again_changes_nothing(self, filled: Folder) -> None:
        """A secret that is that already leaves the file byte for byte as it was."""
        before = filled.file.read_bytes()
        done = filled("secret", "set", "s.age#INFO", stdin="hunter2-INFO")
        assert (done.code, done.out) == (0, "s.age#INFO: It is that already. The file stays as it is.\n")
        assert filled.file.read_bytes() == before

    def test_permissions_and_other_secrets_stay(self, filled: Folder) -> None:
        """Only the one secret changes, nothing lies beside the file afterwards."""
        filled.file.chmod(0o600)
        names = {path.name for path in filled.path.iterdir()}
        assert filled("secret", "set", "s.age#INFO", stdin="new").code == 0
        assert filled.held() == {"INFO": "new", "OTHER": "hunter2-OTHER"}
        assert filled.file.stat().st_mode & 0o777 == 0o600
        assert {path.name for path in filled.path.iterdir()} == names

    def test_on_a_terminal_nothing_is_shown(self, folder: Folder) -> None:
        """A person is asked twice, and what they type isn't echoed."""
        ours, theirs = pty.openpty()
        env = environment(folder.path.parent / "home", NO_COLOR="1")
        command = [str(BIN / "reconciler"), "secret", "set", "s.age#INFO"]
        process = subprocess.Popen(
            command, cwd=folder.path, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        said = b""
        for question in (b"Secret: ", b"Repeat for confirmation: "):
            while question not in said:
                said += os.read(ours, 1024)
            os.write(ours, b"hunter2\n")
        try:
            while piece := os.read(ours, 1024):
                said += piece
        except OSError:
            os.close(ours)
        assert (process.wait(), b"hunter2" in said) == (0, False)
        assert folder.held() == {"INFO": "hunter2"}

    @pytest.mark.parametrize(
        ("stdin", "code"),
        [
            ("", "secret-empty"),
            ("\n", "secret-empty"),
            ("a\0", "secret-unreadable"),
            ("x" * 65_537, "secret-unreadable"),
        ],
    )
    def test_what_is_no_secret(self, folder: Folder, stdin: str, code: str) -> None:
        """Nothing, too much and NUL are refused, and no file is made."""
        done = folder("secret", "set", "s.age#INFO", stdin=stdin)
        assert (done.code, f"error[{code}]" in done.err) == (1, True)
        assert not folder.file.exists()

    def test_a_file_has_a_limit(self, folder: Folder) -> None:
        """What couldn't be read again isn't written."""
        for number in range(11):
            assert folder("secret", "set", f"s.age#K{number}", stdin="x" * 65_000).code == 0
        before = folder.file.read_bytes()
        done = folder("secret", "set", "s.age#K11", stdin="x" * 65_000)
        assert (done.code, "more than 1 MiB" in done.err) == (1, True)
        assert folder.file.read_bytes() == before

    @pytest.mark.parametrize(
        "place", ["s.age", "s.age#", "s.txt#A", "s.age#a b", "../s.age#A", "/tmp/s.age#A", "hunter2"]
    )
    def test_wrong_places(self, folder: Folder, place: str) -> None:
        """What names no secret of this account is wrong usage."""
        assert folder("secret", "set", place, stdin="x").code == 64


class TestOthers:
    def test_list_shows_names_only(self, filled: Folder) -> None:
        """The names of the secrets, never the secrets."""
        assert filled("secret", "list", "s.age").out == "INFO\nOTHER\n"
        found = json.loads(filled("secret", "list", "s.age", "--json").out)
        assert found == {"format_version": 1, "file": "s.age", "keys": ["INFO", "OTHER"], "recipients": [ERIKA_PUBLIC]}

    def test_remove(self, filled: Folder) -> None:
        """A secret that nothing refers to is removed; one that is referred to, or absent, isn't."""
        assert filled("secret", "remove", "s.age#OTHER").code == 0
        assert filled.held() == {"INFO": "hunter2-INFO"}
        used = filled("secret", "remove", "s.age#INFO")
        assert (used.code, "mail.yaml:4:7 (mailbox/info@example.org)" in used.err) == (3, True)
        absent = filled("secret", "remove", "s.age#INOF")
        assert (absent.code, "Did you mean `INFO`?" in absent.err) == (1, True)
        filled.write({"mail.yaml": "mail: {}\n"})
        assert filled("secret", "remove", "s.age#INFO").code == 0
        assert filled("secret", "list", "s.age").out == "s.age holds no secrets.\n"

    def test_rekey(self, filled: Folder) -> None:
        """Who comes can decrypt the file afterwards, who leaves can't, and both are named."""
        before = filled.file.read_bytes()
        assert "The file stays as it is." in filled("secret", "rekey", "s.age").out
        assert filled.file.read_bytes() == before
        filled.write({"s.age.recipients": f"{SSH_PUBLIC} max@example.org\n{ERIKA_PUBLIC}\n"})
        assert "`reconciler secret rekey s.age`" in filled("secret", "list", "s.age").out
        done = filled("secret", "rekey", "s.age")
        assert (done.code, f"  + {SSH_PUBLIC}\n" in done.out) == (0, True)
        assert filled.held(SSH) == filled.held() == {"INFO": "hunter2-INFO", "OTHER": "hunter2-OTHER"}
        filled.write({"s.age.recipients": f"{MAX_PUBLIC}\n"})
        handed_over = filled("secret", "rekey", "s.age").out
        assert "change its secrets, too" in handed_over
        assert "your own identity isn't among the recipients" in handed_over
        assert filled("secret", "list", "s.age").code == 1
        assert filled.held(MAX).keys() == {"INFO", "OTHER"}

    def test_recipients_are_demanded_first(self, filled: Folder) -> None:
        """Nothing is encrypted for a list in which a line is wrong; each wrong line is named, and never shown."""
        before = filled.file.read_bytes()
        filled.write({"s.age.recipients": f"{ERIKA_PUBLIC}\nhunter2\n{MAX}\n"})
        done = filled("secret", "set", "s.age#INFO", stdin="new", identity=MAX)
        assert done.code == 1
        assert done.err.count("error[age-recipient-unusable]") == 2
        assert "s.age.recipients:2:1" in done.err and "s.age.recipients:3:1" in done.err
        assert "error[age-identity-wrong]" in done.err
        assert "hunter2" not in done.err and MAX not in done.err
        assert filled.file.read_bytes() == before

    @pytest.mark.parametrize("text", [None, "", "# nobody\n"])
    def test_nobody_to_encrypt_for(self, folder: Folder, text: str | None) -> None:
        """Without recipients there is no file."""
        (folder.path / "s.age.recipients").unlink()
        folder.write({"s.age.recipients": text} if text is not None else {})
        done = folder("secret", "set", "s.age#INFO", stdin="x")
        assert (done.code, "error[age-recipients-missing]" in done.err) == (1, True)
        assert not folder.file.exists()

    def test_a_file_that_was_renamed(self, filled: Folder) -> None:
        """The list of recipients may follow, the file doesn't."""
        filled.file.rename(filled.path / "t.age")
        filled.write({"t.age.recipients": f"{ERIKA_PUBLIC}\n"})
        done = filled("secret", "list", "t.age")
        assert (done.code, "error[age-file-misplaced]" in done.err) == (1, True)

    def test_links_are_refused(self, folder: Folder, tmp_path: Path) -> None:
        """Nothing is written through a link, also where it leads to no file."""
        folder.file.symlink_to(tmp_path / "elsewhere")
        done = folder("secret", "set", "s.age#INFO", stdin="x")
        assert (done.code, "symbolic link" in done.err) == (1, True)
        assert not (tmp_path / "elsewhere").exists()

    def test_a_new_file_needs_no_identity(self, folder: Folder) -> None:
        """Whoever knows the public keys can begin a file; to change it one must be able to read it."""
        assert folder("secret", "set", "s.age#INFO", stdin="x", identity=None).code == 0
        done = folder("secret", "set", "s.age#INFO", stdin="y", identity=None)
        assert (done.code, "error[age-identity-missing]" in done.err) == (1, True)
