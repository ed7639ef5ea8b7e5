"""Files are written all or none, whatever happens on the way."""

import os
from pathlib import Path

import pytest

from reconciler.edit.files import replace_files, written_files
from reconciler.model.errors import ReconcilerError, UsageError

OLD = {"a.yaml": "a: 1\n", "b.yaml": "b: 1\r\n", "zones/c.yaml": None}
NEW = {"a.yaml": "a: 2\n", "b.yaml": None, "zones/c.yaml": "c: 1\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files."""
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "b.yaml").write_bytes(b"b: 1\r\n")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file and its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_texts_are_replaced_made_and_taken_away(folder: Path) -> None:
    """Byte for byte, in folders that are made for them, with the permissions that a file had."""
    (folder / "a.yaml").chmod(0o640)
    replace_files(folder, OLD, NEW)
    assert contents(folder) == {"a.yaml": b"a: 2\n", "zones/c.yaml": b"c: 1\n"}
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640


def test_nothing_new_writes_nothing(folder: Path) -> None:
    """Not even where the old texts aren't there any more."""
    replace_files(folder, {"gone.yaml": "x"}, {})
    assert contents(folder) == {"a.yaml": b"a: 1\n", "b.yaml": b"b: 1\r\n"}


@pytest.mark.parametrize("name", ["a.yaml", "zones/c.yaml"])
def test_a_file_that_is_no_longer_as_it_was_read_stops_all(folder: Path, name: str) -> None:
    """One that changed, and one that came."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("by somebody else\n")
    before = contents(folder)
    with pytest.raises(ReconcilerError, match=f"{name} was changed in the meantime"):
        replace_files(folder, OLD, NEW)
    assert contents(folder) == before


def test_a_disk_that_gives_up_in_the_middle_leaves_everything_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first file was written already; it gets its old text back, and folders that were made go."""
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "c.yaml":
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    before = contents(folder)
    with pytest.raises(ReconcilerError, match="No space left"):
        replace_files(folder, OLD, NEW)
    assert contents(folder) == before
    assert not (folder / "zones").exists()


def test_new_files_go_again_when_what_is_done_with_them_fails(folder: Path) -> None:
    """And one that exists is never overwritten."""
    with pytest.raises(ReconcilerError, match="no plan"), written_files(folder, {"zones/c.yaml": "c: 1\n"}):
        assert (folder / "zones/c.yaml").exists()
        raise ReconcilerError("no plan")
    assert not (folder / "zones").exists()
    with pytest.raises(UsageError, match="exist already"), written_files(folder, {"a.yaml": "x"}):
        pass
