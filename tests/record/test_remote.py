"""The record on a remote: every clone reads it there and moves it there, by compare-and-swap."""

from pathlib import Path

import pytest

from hand_made import plan_of
from program import Repository
from reconciler.model.errors import LockedError, RecordError, RemoteError
from reconciler.record.place import open_record
from record.world import BRANCH, REF, Folder, a, config, create
from remotes import Remote, path_remote

WWW, MX = "record/example.org/www/A", "record/example.org/mx/A"


@pytest.fixture
def origin(inside: Folder, repo: Repository, tmp_path: Path) -> Remote:
    """The remote of the account's repository, without any record yet."""
    return path_remote(repo, tmp_path / "origin.git")


def second(origin: Remote, tmp_path: Path, *options: str) -> Folder:
    """Return the account in another clone, whose nonces are its own."""
    folder = Folder(origin.clone(tmp_path / "second", *options).path)
    folder.clock.nonces = 99
    return folder


def test_it_stands_on_the_remote(inside: Folder, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """What one clone applied, another one reads; no local branch appears in either."""
    inside.apply(create(WWW, a("www")))
    assert origin.ref(REF) == inside.record.read().applied.head
    other = second(origin, tmp_path)
    assert set(other.record.read().applied.state) == {WWW}
    assert other.apply(create(MX, a("mx"))).number == 2
    assert set(inside.record.read().applied.state) == {WWW, MX}
    assert repo.git("for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main"
    assert repo.git("rev-list", "--count", "--first-parent", f"origin/{BRANCH}") == "5"


def test_of_two_one_wins(inside: Folder, origin: Remote, tmp_path: Path) -> None:
    """Two clones that saw the same record: the second is told who holds it, and has written nothing."""
    inside.apply(create(WWW, a("www")))
    other = second(origin, tmp_path)
    seen = other.record.read()
    inside.begin(plan_of(create(MX, a("mx"))))
    held = origin.ref(REF)
    assert other.record.home.swap(REF, str(seen.applied.config_commit), seen.applied.head) is False
    with pytest.raises(LockedError, match="has begun and not ended"):
        other.apply(create(MX, a("mx")))
    assert origin.ref(REF) == held


def test_a_local_record_moves_once(inside: Folder, repo: Repository, tmp_path: Path) -> None:
    """A record from before there was a remote is read where it is; the next apply moves it there."""
    inside.apply(create(WWW, a("www")))
    origin = path_remote(repo, tmp_path / "origin.git")
    assert set(inside.record.read().applied.state) == {WWW}
    assert origin.ref(REF) == ""
    assert inside.apply(create(MX, a("mx"))).number == 2
    assert set(second(origin, tmp_path).record.read().applied.state) == {WWW, MX}
    assert repo.git("for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main"


def test_two_records(inside: Folder, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """A local record beside another one on the remote: neither is believed."""
    second(origin, tmp_path).apply(create(MX, a("mx")))
    alone = Folder(repo.path)
    repo.git("remote", "rename", "origin", "away")
    alone.apply(create(WWW, a("www")))
    repo.git("remote", "rename", "away", "origin")
    with pytest.raises(RecordError, match="There are two records"):
        alone.record.read()


def test_a_rewritten_record(inside: Folder, origin: Remote) -> None:
    """A record that no longer holds what this clone saw is refused, with the way back."""
    inside.apply(create(WWW, a("www")))
    seen = inside.record.read().applied.head
    origin.bare.git("update-ref", REF, f"{seen}~2")
    with pytest.raises(RecordError, match="was rewritten") as caught:
        inside.record.read()
    assert f"git push origin {str(seen)[:12]}:{REF}" in caught.value.help
    origin.bare.git("update-ref", "-d", REF)
    with pytest.raises(RecordError, match="is gone"):
        inside.record.read()


def test_kept_local(inside: Folder, repo: Repository, origin: Remote) -> None:
    """``remote: .`` keeps the record in this repository although there is an origin."""
    record = open_record(inside.path, config(remote="."))
    assert record.home.remote is None
    assert record.home.swap(REF, repo.git("rev-parse", "HEAD"), None)
    assert origin.ref(REF) == ""


def test_a_remote_that_does_not_exist(inside: Folder) -> None:
    """A name that git doesn't know is an error; nothing is guessed, and no path is taken for a name."""
    with pytest.raises(RecordError, match="no remote upstream"):
        open_record(inside.path, config(remote="upstream"))


def test_unreachable(inside: Folder, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """A remote that can't be asked is no empty record, and nothing is written."""
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    with pytest.raises(RemoteError, match="The remote origin can't be asked"):
        inside.record.read()
    with pytest.raises(RemoteError, match="The remote origin can't be written"):
        inside.record.home.swap(REF, repo.git("rev-parse", "HEAD"), None)
