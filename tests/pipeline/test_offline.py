"""Two commits compared offline: the same asked changes as a plan on an account to which the first was applied."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipeline.test_table import SECRET, Walk
from program import BIN, Repository
from reconciler.gitrepo.ranges import two_commits
from reconciler.kinds import KINDS
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.change import Origin
from reconciler.model.errors import DiagnosticsError, ReconcilerError, RecordError, RefusedError, UsageError
from reconciler.model.plan import Options, Plan
from reconciler.pipeline import planning
from reconciler.pipeline.offline import plan_offline
from reconciler.pipeline.session import Session
from reconciler.report.plan_json import plan_json
from reconciler.report.terminal import plan_lines
from table import ROWS, reading
from ticking import standing
from tiny import FILES

IBAN = "DE89370400440532013000"
ROOT = Path(__file__).parents[2]
ASKED = [name for name, row in ROWS.items() if row.live == row.applied and (row.live or row.desired)]


def asked(plan: Plan) -> list[dict[str, Any]]:
    """Return what git asks for in a plan, without seals and commits."""
    shown = plan_json(plan)
    parts = [one for name in ("changes", "refused") for one in shown[name] if one["origin"] == Origin.ASKED.value]
    return [{**one, "seal": "", "cause": None} for one in parts]


def both(walk: Walk, repo: Repository) -> tuple[Plan, Plan]:
    """Apply one side, write the other, and return the plan on the account and the offline one."""
    walk.write("applied")
    base = repo.commit("Applied")
    walk.apply()
    walk.write("desired")
    head = repo.commit("Desired")
    online = walk.plan()
    (walk.folder / "account.db").unlink()
    return online, plan_offline(Session(walk.folder, {}, standing()), f"{base}..{head}", Options())


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.is_request])
def test_the_same_as_on_the_account(kind: str, repo: Repository) -> None:
    """Each kind, created, updated and deleted: addresses, actions, before and after, refusals are the same."""
    rows = {row: index for index, row in enumerate(ASKED) if (came := reading(kind, row)) and not came.incomplete}
    online, offline = both(Walk(kind, rows, repo.path), repo)
    assert asked(offline) == asked(online)
    assert asked(offline)
    assert not offline.drift
    assert not offline.notes
    assert [refusal.code for refusal in offline.refusals] == [refusal.code for refusal in online.refusals]


def test_a_whole_account(repo: Repository) -> None:
    """A whole account, edited in many places, comes to the same as online."""
    _agency(repo, after=False)
    refs = load_desired(WorkTree(repo.path)).secrets.values()
    walk = Walk("alias", {}, repo.path)
    walk.session = Session(
        repo.path, {ref.name: IBAN if "IBAN" in ref.name else "a-secret-4711" for ref in refs}, standing()
    )
    walk.write = lambda side: _agency(repo, after=side == "desired")
    online, offline = both(walk, repo)
    assert asked(offline) == asked(online)
    assert {change.action.value for change in offline.changes} == {"create", "update"}


def _agency(repo: Repository, after: bool) -> None:
    shutil.copytree(ROOT / "examples" / "agency", repo.path, dirs_exist_ok=True)
    if not after:
        return
    for path in sorted(repo.path.rglob("*.yaml")):
        text = path.read_text()
        path.write_text(text.replace("3600", "7200").replace("version: 1}", "version: 2}"))
    zones = sorted((repo.path / "zones").glob("*.yaml"))
    zones[0].write_text(zones[0].read_text() + "added:\n  type: A\n  value: 203.0.113.77\n")


def compared(repo: Repository, text: str) -> Plan:
    return plan_offline(Session(repo.path, SECRET, standing()), text, Options())


@pytest.fixture
def two(repo: Repository) -> Repository:
    """A repository with a branch that changes an alias."""
    repo.commit("Begin", FILES)
    repo.git("checkout", "--quiet", "-b", "change")
    repo.commit("Change", {"mail.yaml": FILES["mail.yaml"].replace("partner@example.net", "erika")})
    return repo


def test_what_it_says(two: Repository) -> None:
    """It has no seal, no change of it has one, and every format says that nothing was looked at."""
    plan = compared(two, "main..change")
    shown = plan_json(plan)
    assert shown["seal"] is None
    assert shown["offline"] == {"base": two.git("rev-parse", "main"), "head": two.git("rev-parse", "change")}
    assert [change["seal"] for change in shown["changes"]] == [""]
    assert "offline" in [finding["code"] for finding in shown["findings"]]
    words = "\n".join("".join(part if isinstance(part, str) else part[0] for part in row) for row in plan_lines(plan))
    assert "There is no seal, and nothing to apply" in words
    assert not list(two.path.glob("account.db*"))


@pytest.mark.parametrize("text", ["main..change", "main..", "main..HEAD", "change~1..change", "main...change", "@~..@"])
def test_ranges(two: Repository, text: str) -> None:
    """Two commits are named as in git; an empty side is HEAD."""
    assert [change.address for change in compared(two, text).changes] == ["alias/sales@example.org"]


def test_dots(two: Repository) -> None:
    """Two dots compare with the base as it is, three with where the branch left it."""
    two.git("checkout", "--quiet", "main")
    two.commit("Elsewhere", {"contacts.yaml": FILES["contacts.yaml"].replace("Mustermann", "Muster")})
    assert len(compared(two, "main..change").changes) == 2
    assert len(compared(two, "main...change").changes) == 1
    assert not compared(two, "change..change").changes


@pytest.mark.parametrize("text", ["", "main", "a..b..c", "a....b", "main.change", "refs/heads/../....x"])
def test_no_range(two: Repository, text: str) -> None:
    """Anything else isn't a range."""
    with pytest.raises(UsageError, match="doesn't name two commits"):
        two_commits(two.path, text)


@pytest.mark.parametrize("name", ["gone", "--upload-pack=x", "-x", "@{-9}", "a\nb", "ü", "0" * 40])
def test_missing_commits(two: Repository, name: str) -> None:
    """A commit that isn't here is named, with the way to fetch it; nothing is fetched."""
    with pytest.raises(RecordError) as refused:
        two_commits(two.path, f"{name}..HEAD")
    assert "There is no commit" in str(refused.value)
    assert "git fetch --depth=1 origin" in refused.value.help
    assert "\n" not in str(refused.value)


def test_a_shallow_clone(two: Repository, tmp_path: Path) -> None:
    """Where history ends before the two parted, that is said, with the commit at which it ends; two dots work."""
    two.git("checkout", "--quiet", "main")
    two.commit("Elsewhere", {"note.txt": "x"})
    clone = Repository(tmp_path / "clone", two.env)
    two.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{two.path}", str(clone.path))
    with pytest.raises(RecordError) as refused:
        compared(clone, "origin/main...origin/change")
    assert "This clone is shallow" in str(refused.value)
    assert two.git("rev-parse", "main")[:12] in str(refused.value)
    assert "git fetch --unshallow" in refused.value.help
    assert len(compared(clone, "origin/main..origin/change").changes) == 1


def test_nothing_in_common(two: Repository) -> None:
    """Two histories without a common commit have no third one to begin at."""
    two.git("checkout", "--quiet", "--orphan", "other")
    two.commit("Other")
    with pytest.raises(RecordError, match="no history in common"):
        compared(two, "main...other")


def test_what_a_branch_may_not(two: Repository) -> None:
    """The base rules the branch as a trusted ref does."""
    two.commit("Point elsewhere", {"account.yaml": FILES["account.yaml"].replace("account.db", "/etc/passwd")})
    with pytest.raises(RefusedError, match="can't come together"):
        compared(two, "main..change")
    plan = compared(two, "change~1..change")
    assert {"offline", "in-force-after-merge"} <= {finding.code for finding in plan.findings}


def test_errors_on_both_sides(two: Repository) -> None:
    """Errors of the branch are shown; a base that has some can't be compared with."""
    two.commit("Break", {"mail.yaml": "mail: 1\n"})
    with pytest.raises(DiagnosticsError):
        compared(two, "main..change")
    two.commit("Mend", {"mail.yaml": FILES["mail.yaml"]})
    with pytest.raises(ReconcilerError, match="have errors, so nothing can be compared"):
        compared(two, "change~1..change")


def test_an_empty_environment(two: Repository) -> None:
    """It runs with nothing in the environment, not even in CI, and in a network without any interface."""
    command = [str(BIN / "reconciler"), "plan", "--json", "--offline", "main..change"]
    unshared = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*unshared, "true"], capture_output=True, check=False).returncode == 0:
        command = [*unshared, "env", "-i", *command]
    done = subprocess.run(command, cwd=two.path, env={}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [change["address"] for change in json.loads(done.stdout)["changes"]] == ["alias/sales@example.org"]
    planned = planning.plan(Session(two.path, {}, standing()), Options()).plan
    assert planned.offline is None
