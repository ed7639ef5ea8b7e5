"""The room of the cache: it tells what was kept, or nothing; what was damaged or exchanged or isn't ours, never."""

import os
import resource
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cache import cache as room
from reconciler.cache import files, index
from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.kinds.record import record_value
from reconciler.model.errors import CacheLostError

TODAY = 740_000
RECORDS = {
    "record/example.org/www/A": record_value("A", 300, [b"\x01\x02\x03\x04"]),
    "record/example.org/-/TXT": record_value("TXT", 60, [b"\x01a", b"\x01b"]),
    "record/example.org/odd/ALIAS": record_value("ALIAS", 60, ["www.example.org."]),
}


def filled(folder: Path, day: int = TODAY) -> str:
    """Keep an entry and a group in a folder, and return the name of the group's blob."""
    cache = Cache(folder)
    group = cache.keep_group(RECORDS)
    cache.keep("zone", "example.org", (7, group.id, len(group)))
    cache.write(day)
    return group.id


def damage(folder: Path, which: int, at: int, bit: int | None) -> None:
    """Flip a bit of one of the files, or cut it off there."""
    path = sorted(folder.iterdir())[which]
    data = bytearray(path.read_bytes())
    at %= len(data)
    if bit is None:
        del data[at:]
    else:
        data[at] ^= 1 << bit
    path.write_bytes(data)


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """Another run finds the entry, and in it the group, which it makes only when somebody looks."""
    name = filled(tmp_path / "c")
    later = Cache(tmp_path / "c")
    assert later.find("zone", "example.org") == (7, name, 3)
    assert later.find("zone", "example.com") is None
    group = later.group("record/example.org", name, 3)
    assert (len(group), group.is_loaded) == (3, False)
    assert dict(group) == RECORDS


def test_a_full_run_finds_nothing_and_keeps_all(tmp_path: Path) -> None:
    """What isn't believed is read anew, and what is kept then is found by the next run."""
    filled(tmp_path / "c")
    full = Cache(tmp_path / "c", believed=False)
    assert full.find("zone", "example.org") is None
    full.keep("zone", "example.org", (8,))
    assert full.find("zone", "example.org") == (8,)
    full.write(TODAY)
    assert Cache(tmp_path / "c").find("zone", "example.org") == (8,)


def test_nothing_is_kept_without_a_place(tmp_path: Path) -> None:
    """Where there is no folder nothing is found again, not even within the same process."""
    NO_CACHE.keep("zone", "example.org", (7,))
    NO_CACHE.write(TODAY)
    assert NO_CACHE.find("zone", "example.org") is None
    assert NO_CACHE.keep_group(RECORDS).id == ""


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"HOME": "/h"}, "/h/.cache/reconciler"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/x"}, "/x/reconciler"),
        ({"HOME": "/h", "RECONCILER_CACHE": "/c"}, "/c/reconciler"),
        ({"HOME": "/h", "RECONCILER_CACHE": "/h"}, "/h/reconciler"),
        ({"HOME": "/h", "RECONCILER_CACHE": "off"}, None),
        ({"HOME": "/h", "XDG_CACHE_HOME": "x"}, None),
        ({}, None),
    ],
)
def test_where_it_is(environ: dict[str, str], where: str | None, tmp_path: Path) -> None:
    """It is where the environment says, a folder for each account folder; nowhere if that isn't a whole path."""
    found = files.folder_of(tmp_path, environ)
    assert (found and str(found.parent)) == where
    assert found is None or found != files.folder_of(tmp_path / "other", environ)


@given(which=st.integers(0, 1), at=st.integers(0, 10_000), bit=st.none() | st.integers(0, 7))
def test_damage_is_never_told(tmp_path_factory: pytest.TempPathFactory, which: int, at: int, bit: int | None) -> None:
    """Whatever bit is flipped, wherever a file is cut: it is as if it weren't there, and is written anew."""
    folder = tmp_path_factory.mktemp("damaged") / "c"
    name = filled(folder)
    damage(folder, which, at, bit)
    later = Cache(folder)
    if later.find("zone", "example.org") is not None:
        assert later.find("zone", "example.org") == (7, name, 3)
        with pytest.raises(CacheLostError):
            dict(later.group("record/example.org", name, 3))
    assert filled(folder) == name
    assert dict(Cache(folder).group("record/example.org", name, 3)) == RECORDS


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Folder and files are private, whatever the umask is; above it only what is new is."""
    before = os.umask(0)
    try:
        filled(tmp_path / "new" / "c")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "new" / "c").iterdir()}
    assert ((tmp_path / "new" / "c").stat().st_mode & 0o777, modes) == (0o700, {0o600})


def test_what_is_open_to_others_is_not_believed(tmp_path: Path) -> None:
    """A file that others may write isn't read; a folder that was open to them is closed, and our files in it go."""
    name = filled(tmp_path / "c")
    (tmp_path / "c" / "index").chmod(0o620)
    assert Cache(tmp_path / "c").find("zone", "example.org") is None
    (tmp_path / "c" / "index").chmod(0o600)
    (tmp_path / "c").chmod(0o755)
    assert Cache(tmp_path / "c").find("zone", "example.org") is None
    with pytest.raises(CacheLostError):
        Cache(tmp_path / "c").blob(name)
    for planted in ("e" * 64, "planted"):
        (tmp_path / "c" / planted).write_text("x")
    filled(tmp_path / "c")
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o700
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"index", name, "planted"}


def test_what_is_somebody_elses_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To another user, as whom this one can read anything, the folder is neither read nor written."""
    filled(tmp_path / "c")
    before = (tmp_path / "c" / "index").read_bytes()
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    cache = Cache(tmp_path / "c")
    assert cache.find("zone", "example.org") is None
    cache.keep("zone", "example.org", (8,))
    cache.write(TODAY + 1)
    assert (tmp_path / "c" / "index").read_bytes() == before


@pytest.mark.parametrize("what", ["folder", "index"])
def test_links_are_not_followed(tmp_path: Path, what: str) -> None:
    """A symbolic link in place of the folder or of a file leads nowhere; nothing behind it is changed."""
    filled(tmp_path / "c")
    place = tmp_path / "c" if what == "folder" else tmp_path / "c" / "index"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert Cache(tmp_path / "c").find("zone", "example.org") is None
    there = (tmp_path / "elsewhere").read_bytes() if what == "index" else None
    filled(tmp_path / "c", TODAY + 1)
    if what == "index":
        assert (tmp_path / "elsewhere").read_bytes() == there
        assert Cache(tmp_path / "c").find("zone", "example.org") is not None  # it was replaced
    else:
        assert Cache(tmp_path / "c").find("zone", "example.org") is None


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in place of the index tells nothing, and nobody waits for its other end; a folder there isn't replaced."""
    filled(tmp_path / "c")
    (tmp_path / "c" / "index").unlink()
    os.mkfifo(tmp_path / "c" / "index", 0o600)
    assert Cache(tmp_path / "c").find("zone", "example.org") is None
    (tmp_path / "c" / "index").unlink()
    (tmp_path / "c" / "index").mkdir(mode=0o700)
    filled(tmp_path / "c")
    assert Cache(tmp_path / "c").find("zone", "example.org") is None


def test_another_program_believes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program kept isn't found, nor what was kept for another folder."""
    filled(tmp_path / "c")
    (tmp_path / "c").rename(tmp_path / "d")
    assert Cache(tmp_path / "d").find("zone", "example.org") is None
    (tmp_path / "d").rename(tmp_path / "c")
    assert Cache(tmp_path / "c").find("zone", "example.org") is not None
    monkeypatch.setattr(room, "program", lambda: b"another")
    assert Cache(tmp_path / "c").find("zone", "example.org") is None


def test_a_full_disk_keeps_what_was_there(tmp_path: Path) -> None:
    """Where a blob can't be written the index isn't either: earlier entries stay, and no half of a file."""
    name = filled(tmp_path / "c")
    pipe = get_context("fork").SimpleQueue()
    process = get_context("fork").Process(target=_write_on_a_full_disk, args=(tmp_path / "c", pipe))
    process.start()
    process.join()
    assert (process.exitcode, pipe.get()) == (0, True)
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"index", name}
    assert Cache(tmp_path / "c").find("zone", "example.org") == (7, name, 3)


def _write_on_a_full_disk(folder: Path, pipe: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    cache = Cache(folder)
    cache.keep("zone", "example.org", (8, cache.keep_blob(b"x" * 10_000)))
    cache.write(TODAY)
    pipe.put(True)


@pytest.mark.parametrize(("size", "files"), [(0, 1), (4096, 1), (4097, 2)])
def test_few_bytes_have_no_file_of_their_own(tmp_path: Path, size: int, files: int) -> None:
    """Bytes that are kept are found again as they were; few of them stand in the index."""
    cache = Cache(tmp_path / "c")
    cache.keep("zone", "example.org", (8, cache.keep_bytes(b"x" * size)))
    cache.write(TODAY)
    found = Cache(tmp_path / "c")
    entry = found.find("zone", "example.org")
    assert entry is not None and found.blob(entry[1]) == b"x" * size
    assert len(list((tmp_path / "c").iterdir())) == files


def test_nowhere_to_write(tmp_path: Path) -> None:
    """A home that can't be written, or that isn't a folder, keeps nothing, and stops nothing."""
    (tmp_path / "file").write_text("")
    filled(tmp_path / "file" / "c")
    filled(Path("/proc/nowhere/c"))
    assert Cache(tmp_path / "file" / "c").find("zone", "example.org") is None


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    """A run that ends later keeps what an earlier one wrote in the meantime, and replaces only what it has anew."""
    one, other = Cache(tmp_path / "c"), Cache(tmp_path / "c")
    assert one.find("zone", "a") is other.find("zone", "a") is None
    one.keep("zone", "a", (1, one.keep_blob(b"of one")))
    other.keep("zone", "b", (2, other.keep_blob(b"of the other")))
    one.write(TODAY)
    other.write(TODAY)
    found = Cache(tmp_path / "c")
    for key, data in (("a", b"of one"), ("b", b"of the other")):
        assert found.blob(found.find("zone", key)[1]) == data


def test_once_disbelieved_nothing_old_is_found(tmp_path: Path) -> None:
    """A run that found something lost finds nothing any more, and what it kept until then isn't written."""
    filled(tmp_path / "c")
    cache = Cache(tmp_path / "c")
    cache.keep("zone", "of.it", (1,))
    cache.disbelieve()
    assert cache.find("zone", "example.org") is cache.find("zone", "of.it") is None
    cache.write(TODAY)
    assert Cache(tmp_path / "c").find("zone", "of.it") is None
    cache.forget()
    assert Cache(tmp_path / "c").find("zone", "example.org") is None


def test_what_is_dropped_is_gone(tmp_path: Path) -> None:
    """An entry that is known to be over is found neither by this run nor by a later one, and its blob goes with it."""
    filled(tmp_path / "c")
    cache = Cache(tmp_path / "c")
    assert cache.find("zone", "example.org") is not None
    cache.drop("zone", "example.org")
    assert cache.find("zone", "example.org") is None
    cache.write(TODAY)
    assert Cache(tmp_path / "c").find("zone", "example.org") is None
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["index"]
    cache.keep("zone", "example.org", (9,))
    cache.write(TODAY)
    assert Cache(tmp_path / "c").find("zone", "example.org") == (9,)


def test_what_no_run_uses_goes(tmp_path: Path) -> None:
    """What is used stays; what wasn't for a month goes with its blob. Days by a clock that went wrong are mended."""
    name = filled(tmp_path / "c")
    used = Cache(tmp_path / "c")
    used.keep("zone", "other", (used.keep_blob(b"other"),))
    used.write(TODAY)
    for day in (TODAY + 20, TODAY + 500, TODAY + 40):
        run = Cache(tmp_path / "c")
        assert run.find("zone", "example.org") is not None
        run.write(day)
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"index", name}
    found = index.decode((tmp_path / "c" / "index").read_bytes(), Cache(tmp_path / "c")._made_by)
    assert {key: entry.day for key, entry in found.items()} == {("zone", "example.org"): TODAY + 40}


def test_a_run_without_news_writes_nothing(tmp_path: Path) -> None:
    """What was found and kept just as before leaves every file as it is, until the next day."""
    name = filled(tmp_path / "c")
    before = (tmp_path / "c" / "index").stat().st_ino
    cache = Cache(tmp_path / "c")
    assert cache.find("zone", "example.org") == (7, name, 3)
    cache.keep("zone", "example.org", (7, name, 3))
    cache.write(TODAY)
    assert (tmp_path / "c" / "index").stat().st_ino == before
    cache.write(TODAY + 1)
    assert (tmp_path / "c" / "index").stat().st_ino != before


def test_what_was_left_half_done_goes(tmp_path: Path) -> None:
    """Files that no entry names and nobody can be writing any more are swept; those of today are another run's."""
    name = filled(tmp_path / "c")
    for file, days in ((f"{'a' * 16}.new", 2), (f"{'c' * 16}.new", 0), ("e" * 64, 3), ("f" * 64, -9), ("x.new", 9)):
        (tmp_path / "c" / file).write_text("x")
        at = (tmp_path / "c" / file).stat().st_mtime - days * 86_400
        os.utime(tmp_path / "c" / file, (at, at))
    filled(tmp_path / "c", TODAY + 1)
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"index", name, f"{'c' * 16}.new", "x.new"}


def test_folders_that_nobody_uses_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With each new account folder, the caches of account folders go that were used longest ago; nothing else does."""
    monkeypatch.setattr(room, "_MOST_FOLDERS", 2)
    (tmp_path / "other.txt").write_text("x")
    for at, name in enumerate("abcd"):
        filled(tmp_path / (name * 16))
        os.utime(tmp_path / (name * 16), (2e9 + at, 2e9 + at))
    assert sorted(path.name[0] for path in tmp_path.iterdir()) == ["b", "c", "d", "o"]
    os.utime(tmp_path / ("c" * 16), (0, 0))
    filled(tmp_path / ("e" * 16))
    assert sorted(path.name[0] for path in tmp_path.iterdir()) == ["b", "d", "e", "o"]


@pytest.mark.parametrize(
    ("folder", "held"),
    [
        ("gnome-calculator", ("index",)),  # 16 characters
        ("0123456789abcdef", ("index", "e" * 64, "history.db")),
        ("fedcba9876543210", ("E" * 64,)),
        ("00000000000000aa", ("notes.new", f"{'a' * 16}.new.new")),
        ("00000000000000bb", ()),
    ],
)
def test_what_strangers_keep_beside_is_not_touched(
    folder: str, held: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However old it is, and as private as ours: a cache has a cache's name, and nothing in it that isn't of one."""
    monkeypatch.setattr(room, "_MOST_FOLDERS", 0)
    (tmp_path / folder).mkdir(mode=0o700)
    for name in held:
        (tmp_path / folder / name).write_text("theirs")
        os.utime(tmp_path / folder / name, (0, 0))
    os.utime(tmp_path / folder, (0, 0))
    filled(tmp_path / ("a" * 16))
    filled(tmp_path / ("b" * 16))
    assert {path.name for path in tmp_path.iterdir()} == {folder, "b" * 16}
    assert {path.name: path.read_text() for path in (tmp_path / folder).iterdir()} == dict.fromkeys(held, "theirs")


def test_what_somebody_else_keeps_among_our_files_is_not_touched(tmp_path: Path) -> None:
    """Neither what is old, nor what was there when the folder was open to others, nor a folder in it."""
    cache = tmp_path / ("a" * 16)
    filled(cache)
    theirs = ("notes.txt", "index.old", "E" * 64, "e" * 63)
    for name in theirs:
        (cache / name).write_text("theirs")
        os.utime(cache / name, (0, 0))
    (cache / ("f" * 64)).mkdir()
    cache.chmod(0o755)
    filled(cache, TODAY + 1)
    filled(cache, TODAY + 2)
    assert {path.name for path in cache.iterdir()} >= {*theirs, "f" * 64, "index"}


def test_no_text_of_an_entry_names_a_file_elsewhere(tmp_path: Path) -> None:
    """Blobs go with the entries that name them; a path that is as long as such a name isn't one."""
    name = f"../{'x' * 61}"
    (tmp_path / name[3:]).write_text("theirs")
    cache = Cache(tmp_path / "c")
    cache.keep("file", "zones/x.yaml", (name,))
    cache.write(TODAY)
    later = Cache(tmp_path / "c")
    later.drop("file", "zones/x.yaml")
    later.write(TODAY)
    assert (len(name), (tmp_path / name[3:]).read_text()) == (64, "theirs")
