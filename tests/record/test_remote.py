"""The record on a remote: every clone reads it there and moves it there, by compare-and-swap."""

import time
from pathlib import Path

import pytest

from hand_made import plan_of
from program import Repository
from reconciler.gitrepo.protection import RemoteCheck
from reconciler.model.errors import LockedError, RecordError, RemoteError
from reconciler.record.beat import Beat, beat_ref
from reconciler.record.order import Order
from reconciler.record.place import open_record
from reconciler.record.times import Times
from record.world import BRANCH, NUMBER, REF, Folder, a, config, create
from remotes import Remote, path_remote

WWW, MX, THIRD = (f"record/example.org/{name}/A" for name in ("www", "mx", "third"))


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
    with pytest.raises(RemoteError, match="can't be asked"):
        inside.record.look()
    with pytest.raises(RemoteError, match="The remote origin can't be written"):
        inside.record.home.swap(REF, repo.git("rev-parse", "HEAD"), None)


def test_looking_without_asking(inside: Folder, origin: Remote, tmp_path: Path) -> None:
    """What the clone knows may be looked at while the remote is away, and says so; nothing can be begun on it."""
    inside.apply(create(WWW, a("www")))
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    state = inside.record.look()
    assert set(state.applied.state) == {WWW}
    assert "The remote origin can't be asked" in state.applied.unasked
    with pytest.raises(RemoteError, match="can't be asked"):
        inside.record.demand_free(state, inside.clock.now())


def in_ci(origin: Remote, tmp_path: Path) -> Folder:
    """Return the account in a clone as CI makes it: one branch, one commit."""
    clone = Remote(f"file://{origin.url}", origin.bare).clone(tmp_path / "ci", "--depth=1")
    folder = Folder(clone.path)
    folder.clock.nonces = 500
    return folder


def test_from_a_clone_of_depth_1(inside: Folder, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """A clone with a single commit applies, orders and hands on; the remote's history stays whole."""
    inside.apply(create(WWW, a("www")))
    inside.apply(create(MX, a("mx")))
    last = [repo.commit("Next", {"mail.yaml": f"mail: {{}}  # {n}\n"}) for n in range(3)][-1]
    repo.git("push", "--quiet")
    folder = in_ci(origin, tmp_path)
    state = folder.record.read()
    assert (state.applied.number, set(state.applied.state)) == (2, {WWW, MX})
    assert folder.record.order(last, state.applied.config_commit) is Order.AHEAD
    assert folder.apply(create(THIRD, a("third"))).config_commit == last
    assert inside.record.read().applied.number == 3
    assert repo.git("rev-list", "--count", "--first-parent", f"origin/{BRANCH}") == "7"
    assert origin.bare.git("fsck", "--strict") == ""
    assert not (tmp_path / "origin.git" / "shallow").exists()


def test_an_older_checkout_of_depth_1(inside: Folder, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """A clone of depth 1 that is older than what was applied is superseded."""
    folder = in_ci(origin, tmp_path)
    repo.commit("Next", {"mail.yaml": "mail: {}  # next\n"})
    repo.git("push", "--quiet")
    inside.apply(create(WWW, a("www")))
    assert folder.record.is_superseded(folder.record.read().applied.config_commit)


def test_a_pending_intent_in_a_clone_of_depth_1(
    inside: Folder, repo: Repository, origin: Remote, tmp_path: Path
) -> None:
    """An apply that another machine began is read, and can be resumed from what a clone of depth 1 has or fetches."""
    first = inside.apply(create(WWW, a("www"))).config_commit
    begun = repo.commit("Next", {"mail.yaml": "mail: {}  # next\n"})
    repo.git("push", "--quiet")
    inside.begin(plan_of(create(MX, a("mx"))))
    repo.commit("Later", {"mail.yaml": "mail: {}  # later\n"})
    repo.git("push", "--quiet")
    folder = in_ci(origin, tmp_path)
    state = folder.record.read()
    assert state.pending is not None
    assert (state.pending.config_commit, state.applied.config_commit) == (begun, first)
    git, commit, below = folder.record.files_of(begun)
    assert "mail.yaml" in git.entries(commit, below)


def test_a_kept_clone_of_depth_1(inside: Folder, origin: Remote, tmp_path: Path) -> None:
    """A clone that CI keeps between its jobs follows the record, and notices when it was rewritten."""
    inside.apply(create(WWW, a("www")))
    folder = in_ci(origin, tmp_path)
    seen = folder.record.read().applied.head
    inside.apply(create(MX, a("mx")))
    assert folder.record.read().applied.number == 2
    origin.bare.git("update-ref", REF, f"{seen}~1")
    with pytest.raises(RecordError, match="was rewritten"):
        folder.record.read()


def test_a_detached_head(inside: Folder, repo: Repository, origin: Remote) -> None:
    """CI checks out commits, not branches: that is enough."""
    repo.git("checkout", "--quiet", "--detach")
    assert inside.apply(create(WWW, a("www"))).config_commit == repo.git("rev-parse", "HEAD")
    assert origin.ref(REF) == inside.record.read().applied.head


def test_a_foreign_branch_of_that_name(inside: Folder, repo: Repository, origin: Remote) -> None:
    """A branch on the remote that is no record stops everything, and stays."""
    repo.git("push", "--quiet", "origin", f"HEAD:{REF}")
    with pytest.raises(RecordError, match="something other than a record"):
        inside.apply(create(WWW, a("www")))
    assert origin.ref(REF) == repo.git("rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["E\x1b[31mve", "Eve\x07 \u202eevE", "<>"])
def test_names_with_control_characters(
    inside: Folder, repo: Repository, origin: Remote, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An author's name reaches the record spelt out, and never breaks a commit."""
    monkeypatch.setenv("GIT_COMMITTER_NAME", name)
    inside.apply(create(WWW, a("www")))
    assert origin.bare.git("fsck", "--strict") == ""
    told = origin.bare.git("log", "--first-parent", "--format=%an%cn", REF)
    assert told.replace("\n", "").isprintable()


def test_the_beat_on_a_protected_remote(inside: Folder, origin: Remote) -> None:
    """A holder's sign of life reaches a remote that lets nobody rewrite anything."""
    origin.bare.git("config", "receive.denyNonFastForwards", "true")
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    seen: set[str] = set()
    with Beat(inside.record.home, intent.receipt, intent.commit, inside.clock, Times(renewal=0.01)):
        for _ in range(200):
            seen.add(origin.ref(beat_ref(NUMBER)))
            if len(seen) > 3:
                break
            time.sleep(0.02)
    assert len(seen) > 3


def test_protection_of_a_folder(inside: Folder, origin: Remote) -> None:
    """What a remote in a folder allows is read from its settings, with the command that forbids the rest."""
    assert inside.record.home.protection() == RemoteCheck(
        "origin",
        rewrites=True,
        deletes=True,
        help=f"Run `git -C {origin.url} config receive.denyNonFastForwards true`; "
        f"`git -C {origin.url} config receive.denyDeletes true`.",
    )
    origin.bare.git("config", "receive.denyNonFastForwards", "true")
    origin.bare.git("config", "receive.denyDeletes", "true")
    assert inside.record.home.protection() == RemoteCheck("origin", rewrites=False, deletes=False, help="")


@pytest.mark.parametrize("url", ["https://git.example.org/x.git", "git@git.example.org:x.git", "/nowhere/x.git"])
def test_protection_is_never_guessed(inside: Folder, repo: Repository, origin: Remote, url: str) -> None:
    """Of any other remote it isn't known, and what to set at a forge is told; nothing is asked."""
    repo.git("remote", "set-url", "origin", url)
    check = inside.record.home.protection()
    assert (check.rewrites, check.deletes) == (None, None)
    assert "GitHub" in check.help and "GitLab" in check.help
