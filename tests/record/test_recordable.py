"""An apply begins only what it can record: what its outcome needs of the record is read before anything is written."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from anger.ground import forked
from hand_made import fields, plan_of
from inside import Inside
from program import Finished, Repository
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.store.account import Store
from record.world import ACCOUNT, REF, Folder, a, create, delete, desired, update
from remotes import path_remote

WWW = "www:\n  type: A\n  value: 192.0.2.1\n"
NEW = "new:\n  type: A\n  value: 192.0.2.2\n"
ZONES = ("a.test", "b.test")
TOUCHED, BESIDE = (f"applied/record/{zone}.json" for zone in ZONES)


def run(repo: Repository, *args: str) -> Finished:
    """Run the program with a cache."""
    return Inside(repo.path, {**repo.env, "RECONCILER_CACHE": str(repo.path.parent / "cache")})(*args)


@pytest.fixture
def account(repo: Repository) -> Repository:
    """An account with two zones that are applied, planned again, and so known to the cache."""
    repo.commit("Begin", {"account.yaml": ACCOUNT, **{f"zones/{zone}.yaml": WWW for zone in ZONES}})
    done = run(repo, "apply", "--auto-approve")
    assert done.code == 0, done.out + done.err
    assert run(repo, "plan").code == 0
    return repo


def refused(account: Repository, ref: str = REF) -> str:
    """Return the error of an apply of a new record set, which has left account and branch as they were."""
    account.commit("More", {"zones/a.test.yaml": WWW + NEW})
    assert run(account, "plan").code == 0
    before = account.git("rev-parse", ref), Store(account.path / "account.db").read()
    done = run(account, "apply", "--auto-approve")
    assert done.code == 1, done.out + done.err
    assert (account.git("rev-parse", ref), Store(account.path / "account.db").read()) == before
    return done.err


def goes_through(account: Repository) -> None:
    """Apply what was refused, and see that nothing is left."""
    done = run(account, "apply", "--auto-approve")
    assert done.code == 0, done.out + done.err
    assert "No changes" in run(account, "plan", "--full").out


def loose(repo: Repository, path: str) -> Path:
    """Return where git keeps a file of the record."""
    blob = repo.git("rev-parse", f"{REF}:{path}")
    stored = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    stored.chmod(0o644)
    return stored


def empty(path: Path) -> None:
    """Leave nothing in a file."""
    path.write_bytes(b"")


def spoil(path: Path) -> None:
    """Change a byte in the middle of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 16]) + data[len(data) // 2 + 1 :])


DAMAGE = [(TOUCHED, empty), (TOUCHED, spoil), (TOUCHED, Path.unlink), (BESIDE, empty), (BESIDE, Path.unlink)]


@pytest.mark.parametrize(("path", "damage"), DAMAGE)
def test_a_damaged_or_missing_file(account: Repository, path: str, damage: Callable[[Path], None]) -> None:
    """A file that will be rewritten, or that lies beside one in git's tree, is needed; mended, all goes through."""
    stored = loose(account, path)
    intact = stored.read_bytes()
    damage(stored)
    assert "git object" in refused(account) or "git repository" in refused(account)
    stored.write_bytes(intact)
    goes_through(account)


def test_a_file_that_a_partial_clone_left_behind(account: Repository, tmp_path: Path) -> None:
    """A clone without blobs whose cache knows the record asks nobody for them, and refuses before it writes."""
    remote = path_remote(account, tmp_path / "remote.git")
    remote.bare.git("config", "uploadpack.allowFilter", "true")
    account.git("push", "--quiet", "origin", REF)
    partial = Repository(tmp_path / "partial" / "account", account.env)
    partial.path.parent.mkdir()
    done = Repository(tmp_path, account.env).git(
        "clone", "--quiet", "--filter=blob:none", f"file://{remote.url}", str(partial.path)
    )
    assert done == ""
    (partial.path / "account.db").write_bytes((account.path / "account.db").read_bytes())
    tracked = REF.replace("heads", "remotes/origin")
    for name in account.git("ls-tree", "-r", "--name-only", REF).splitlines():
        if name != TOUCHED:
            bring(partial, f"{tracked}:{name}")
    packs = bring(partial, f"{tracked}:{TOUCHED}")
    assert run(partial, "plan").code == 0
    for pack in packs:
        pack.unlink()
    said = refused(partial, tracked)  # git older than 2.44 says it in its own words
    assert "is missing" in said or "could not fetch" in said
    bring(partial, f"{tracked}:{TOUCHED}")
    goes_through(partial)


def bring(partial: Repository, name: str) -> set[Path]:
    """Let git fetch a blob by itself, and return the files that came."""
    folder = partial.path / ".git" / "objects" / "pack"
    before = set(folder.iterdir())
    partial.git("cat-file", "blob", name)
    return set(folder.iterdir()) - before


def test_what_is_resumed(account: Repository) -> None:
    """Whoever goes on with an apply that died reads all of the record first, whatever the cache knows."""
    account.commit("More", {"zones/a.test.yaml": WWW + NEW})
    stored = loose(account, TOUCHED)
    intact = stored.read_bytes()
    one = Session(account.path, account.env, SystemClock())
    assert forked(lambda: bool(apply(one, plan(one, Options()), Approval(), lambda _: os._exit(9)))) == 9
    assert run(account, "plan").code == 0
    head = account.git("rev-parse", REF)
    stored.write_bytes(b"")
    done = run(account, "apply", "--resume")
    assert (done.code, account.git("rev-parse", REF)) == (1, head)
    stored.write_bytes(intact)
    done = run(account, "apply", "--resume")
    assert done.code == 0, done.err
    assert "No changes" in run(account, "plan", "--full").out


@pytest.mark.parametrize("failed", [False, True])
def test_nothing_is_read_twice(inside: Folder, monkeypatch: pytest.MonkeyPatch, failed: bool) -> None:
    """What was read before the intent is what the outcome goes by; git is asked for nothing of it again."""
    www, new = "record/example.org/www/A", "record/example.org/new/A"
    inside.apply(create(www, a("www")))
    changes = update(www, a("www"), a("www", "192.0.2.2")), create(new, a("new"))
    intent = inside.begin(plan_of(*changes))
    assert len(intent.in_hand) == 1
    asked: list[str] = []
    read = GitRepo.read_blobs

    def counted(repo: GitRepo, ids: Iterable[str]) -> dict[str, bytes]:
        found = read(repo, ids)
        asked.extend(found)
        return found

    monkeypatch.setattr(GitRepo, "read_blobs", counted)
    status = Status.FAILED if failed else Status.DONE
    inside.record.finish(intent, (), [Outcome(one, status) for one in changes], desired(), inside.clock)
    assert asked == []
    assert set(inside.record.read().applied.state) == ({www} if failed else {www, new})


def test_a_first_apply_needs_nothing(folder: Folder) -> None:
    """Where there is no record yet there is nothing to read."""
    assert folder.begin(plan_of(create("record/example.org/www/A", a("www")))).in_hand == {}


def test_a_zone_that_goes_takes_its_record_sets(inside: Folder) -> None:
    """All that goes with a zone leaves the record, so that its files are needed as well."""
    www = "record/example.org/www/A"
    inside.apply(create(www, a("www")), create("zone/example.org", fields()))
    intent = inside.begin(plan_of(delete("zone/example.org", fields())))
    assert b"www" in b"".join(intent.in_hand.values())
    assert len(intent.in_hand) == 2
