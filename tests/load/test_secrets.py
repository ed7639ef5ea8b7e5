"""Secrets: resolved all at once, and never shown."""

import pickle
from pathlib import Path

import pytest

from reconciler.load.secrets import resolve_secrets
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.secret import SecretRef

KEY = ("mailbox/a@example.org", "password")


def problems(folder: Path, environ: dict[str, str], *refs: SecretRef) -> tuple[Diagnostic, ...]:
    """Return what is wrong with references."""
    with pytest.raises(DiagnosticsError) as caught:
        resolve_secrets({(f"mailbox/{n}@example.org", "password"): ref for n, ref in enumerate(refs)}, folder, environ)
    return caught.value.diagnostics


@pytest.mark.parametrize("text", ["hunter2", "grün", " padded ", "two\nlines", "trailing\\n"])
def test_a_variable(text: str, tmp_path: Path) -> None:
    """A variable's text is taken as it is."""
    assert resolve_secrets({KEY: SecretRef("env", "P")}, tmp_path, {"P": text})[KEY].reveal() == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"x", "x"), (b"x\n", "x"), (b"x\r\n", "x"), (b"x\n\n", "x\n"), (b" x ", " x "), (b"a\nb\n", "a\nb")],
)
def test_a_file_without_its_last_line_end(raw: bytes, text: str, tmp_path: Path) -> None:
    """Editors end a file with a line end, which is no part of the secret."""
    (tmp_path / "s").mkdir()
    (tmp_path / "s/p").write_bytes(raw)
    assert resolve_secrets({KEY: SecretRef("file", "s/p")}, tmp_path, {})[KEY].reveal() == text


def test_an_absolute_path(tmp_path: Path) -> None:
    """Where a runner mounts its secrets, the path is absolute."""
    (tmp_path / "p").write_text("x")
    ref = SecretRef("file", str(tmp_path / "p"))
    assert resolve_secrets({KEY: ref}, Path("/nonexistent"), {})[KEY].reveal() == "x"


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
    assert "hunter2" not in repr(found)


def test_a_secret_never_shows_itself(tmp_path: Path) -> None:
    """Neither printed nor serialised."""
    secret = resolve_secrets({KEY: SecretRef("env", "P")}, tmp_path, {"P": "hunter2"})[KEY]
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
