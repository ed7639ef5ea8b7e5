"""A file is put in place of another at once, and nothing that lies in the way is followed."""

from pathlib import Path

import pytest

from reconciler.edit.files import replace_file


def test_permissions_stay(tmp_path: Path) -> None:
    """The new bytes have the permissions of the old file, and nothing else is left."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file(tmp_path: Path) -> None:
    """Where there is no file one is made, and what an interrupted run left is taken away."""
    (tmp_path / ".a.new").write_bytes(b"half")
    replace_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link that somebody laid under the name of the new file leads nowhere."""
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / ".a.new").symlink_to("mine")
    replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert not (tmp_path / "a").is_symlink()


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """When the new file can't be put there, the old one stays, alone."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "inside").write_bytes(b"")
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
