"""Secrets: resolved all at once, and never shown."""

import os
import pickle
from pathlib import Path

import pytest

from age_keys import BY_AGE, ERIKA, MAX
from reconciler.load.secrets import resolve_secrets
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.secret import SecretRef

ACCOUNT = "K-104711"
KEY = ("mailbox/a@example.org", "password")


def problems(folder: Path, environ: dict[str, str], *refs: SecretRef) -> tuple[Diagnostic, ...]:
    """Return what is wrong with references."""
    with pytest.raises(DiagnosticsError) as caught:
        resolve_secrets(
            {(f"mailbox/{n}@example.org", "password"): ref for n, ref in enumerate(refs)}, folder, environ, ACCOUNT
        )
    return caught.value.diagnostics


@pytest.mark.parametrize("text", ["hunter2", "grün", " padded ", "two\nlines", "trailing\\n"])
def test_a_variable(text: str, tmp_path: Path) -> None:
    """A variable's text is taken as it is."""
    assert resolve_secrets({KEY: SecretRef("env", "P")}, tmp_path, {"P": text}, ACCOUNT)[KEY].reveal() == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"x", "x"), (b"x\n", "x"), (b"x\r\n", "x"), (b"x\n\n", "x\n"), (b" x ", " x "), (b"a\nb\n", "a\nb")],
)
def test_a_file_without_its_last_line_end(raw: bytes, text: str, tmp_path: Path) -> None:
    """Editors end a file with a line end, which is no part of the secret."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s/p").write_bytes(raw)
    assert resolve_secrets({KEY: SecretRef("file", "s/p")}, tmp_path, {}, ACCOUNT)[KEY].reveal() == text


def test_an_absolute_path(tmp_path: Path) -> None:
    """Where a runner mounts its secrets, the path is absolute."""
    (tmp_path / "p").write_text("x")
    ref = SecretRef("file", str(tmp_path / "p"))
    assert resolve_secrets({KEY: ref}, Path("/nonexistent"), {}, ACCOUNT)[KEY].reveal() == "x"


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    """A pipe into which nobody writes is empty; one with a writer, as a shell makes it, is read to its end."""
    os.mkfifo(tmp_path / "p")
    with pytest.raises(DiagnosticsError) as refused:
        resolve_secrets({KEY: SecretRef("file", "p")}, tmp_path, {}, ACCOUNT)
    assert [one.code for one in refused.value.diagnostics] == ["secret-empty"]
    reading, writing = os.pipe()
    os.write(writing, b"hunter2\n")
    os.close(writing)
    ref = SecretRef("file", f"/dev/fd/{reading}")
    assert resolve_secrets({KEY: ref}, tmp_path, {}, ACCOUNT)[KEY].reveal() == "hunter2"
    os.close(reading)


def test_devices_end(tmp_path: Path) -> None:
    """A device that never ends is read as far as a secret may be long."""
    with pytest.raises(DiagnosticsError) as refused:
        resolve_secrets({KEY: SecretRef("file", "/dev/zero")}, tmp_path, {}, ACCOUNT)
    assert [one.code for one in refused.value.diagnostics] == ["secret-unreadable"]


def test_all_problems_at_once(tmp_path: Path) -> None:
    """Every secret that can't be used is named with its reference, address and field."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes("grün".encode("latin-1"))
    (tmp_path / "nul").write_bytes(b"hunter2\0")
    (tmp_path / "big").write_bytes(b"hunter2" * 10_000)
    (tmp_path / "folder").mkdir()
    names = ["none", "empty", "latin", "nul", "big", "folder", "x" * 300]
    found = problems(
        *(tmp_path, {"E": "", "N": "hunter2\0", "S": "hunter2\udcff"}),
        *(SecretRef("env", name) for name in ("X", "E", "N", "S")),
        *(SecretRef("file", name) for name in names),
    )
    by_address = {d.address: d for d in found}
    assert [by_address[f"mailbox/{n}@example.org"].code for n in range(11)] == [
        "secret-missing",
        "secret-empty",
        *["secret-unreadable"] * 2,
        "secret-missing",
        "secret-empty",
        *["secret-unreadable"] * 5,
    ]
    assert "mailbox/0@example.org needs `env/X` for `password`." in by_address["mailbox/0@example.org"].detail
    assert all(d.help for d in found)
    assert by_address["mailbox/0@example.org"].help == "Set the environment variable X."
    assert "hunter2" not in repr(found)


def test_secrets_in_age_files(tmp_path: Path) -> None:
    """A file that ends in `.age` holds several secrets; the identity comes from the environment."""
    (tmp_path / "secrets.age").write_bytes(BY_AGE)
    refs = {KEY: SecretRef("file", "secrets.age#MAIL_INFO")}
    assert resolve_secrets(refs, tmp_path, {"RECONCILER_AGE_IDENTITY": ERIKA}, ACCOUNT)[KEY].reveal() == "grün"


def test_what_is_wrong_for_many_is_said_once(tmp_path: Path) -> None:
    """Without an identity no file can be decrypted: that is one problem, beside those of other secrets."""
    (tmp_path / "a.age").write_bytes(BY_AGE)
    (tmp_path / "b.age").write_bytes(BY_AGE)
    refs = (SecretRef("file", name) for name in ("a.age#A", "a.age#B", "b.age#A", "none.age#A"))
    found = problems(tmp_path, {}, *refs, SecretRef("env", "X"))
    assert sorted(one.code for one in found) == ["age-identity-missing", "secret-missing", "secret-missing"]
    (identity,) = (one for one in found if one.code == "age-identity-missing")
    assert "needs `file/a.age#A` for `password`." in identity.detail
    assert identity.detail.endswith("2 other secrets can't be read for the same reason.")


def test_each_problem_of_age_files_at_once(tmp_path: Path) -> None:
    """A foreign file and a missing key have their own diagnostics; a wrong identity is said of each file."""
    (tmp_path / "secrets.age").write_bytes(BY_AGE)
    (tmp_path / "copied.age").write_bytes(BY_AGE)
    refs = [SecretRef("file", name) for name in ("secrets.age#MAIL_INOF", "copied.age#MAIL_INFO")]
    found = problems(tmp_path, {"RECONCILER_AGE_IDENTITY": ERIKA}, *refs)
    assert sorted(one.code for one in found) == ["age-file-misplaced", "secret-missing"]
    wrong = problems(tmp_path, {"RECONCILER_AGE_IDENTITY": MAX}, *refs)
    assert [one.code for one in wrong] == ["age-identity-wrong"] * 2
    assert "grün" not in repr((found, wrong)) and MAX not in repr(wrong)


def test_a_number_sign_elsewhere_is_part_of_the_path(tmp_path: Path) -> None:
    """Only `.age` files have keys; where such a file is missing, that is said."""
    (tmp_path / "a#b").write_text("x")
    assert resolve_secrets({KEY: SecretRef("file", "a#b")}, tmp_path, {}, ACCOUNT)[KEY].reveal() == "x"
    (found,) = problems(tmp_path, {}, SecretRef("file", "secrets.txt#KEY"))
    assert "A `#KEY` belongs to files that end in `.age`" in found.help


@pytest.mark.parametrize("raw", [BY_AGE, b"age-encryption.org/v1\n-> X25519 x\n"])
def test_encrypted_text_is_no_secret(raw: bytes, tmp_path: Path) -> None:
    """An encrypted file under another name is never taken for the secret itself."""
    (tmp_path / "secrets.txt").write_bytes(raw)
    (found,) = problems(tmp_path, {}, SecretRef("file", "secrets.txt"))
    assert (found.code, "`.age`" in found.detail) == ("secret-unreadable", True)


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    """Neither printed nor serialised."""
    secret = resolve_secrets({KEY: SecretRef("env", "P")}, tmp_path, {"P": "hunter2"}, ACCOUNT)[KEY]
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_an_iban_is_checked_before_anything_is_written(tmp_path: Path) -> None:
    """Beside what is missing, and without showing what stands there."""
    refs = {
        ("billing", "pay.iban"): SecretRef("env", "IBAN"),
        ("mailbox/info@example.org", "password"): SecretRef("env", "GONE"),
    }
    with pytest.raises(DiagnosticsError) as caught:
        resolve_secrets(refs, tmp_path, {"IBAN": "DE89370400440532013001"}, ACCOUNT)
    found = {d.code: d for d in caught.value.diagnostics}
    assert found.keys() == {"secret-unfit", "secret-missing"}
    assert found["secret-unfit"].address == "billing"
    assert "check digits" in found["secret-unfit"].detail
    assert "53201300" not in str(found)


def test_a_fit_iban_is_what_it_is(tmp_path: Path) -> None:
    """With or without spaces."""
    place = ("billing", "pay.iban")
    text = "DE89 3704 0044 0532 0130 00"
    found = resolve_secrets({place: SecretRef("env", "IBAN")}, tmp_path, {"IBAN": text}, ACCOUNT)
    assert found[place].reveal() == text
