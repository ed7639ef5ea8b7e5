"""A team at work on the corpus: branches, plans, approvals, merges, jobs in clones of depth 1, and hands in between.

Every step is the installed program or git as a process; the account is one file that all machines reach. What becomes
of each commit is reckoned here from octoDNS's reading of its files and from how the jobs ended; nothing of reconciler
is imported.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from itertools import count, cycle, pairwise
from pathlib import Path

import yaml

from program import Finished, Repository, environment, run

from .oracle import FOLDER, Data, Key, Oracle, difference, flat, git

ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {{type: embedded, path: {account}}}
dns: {{directory: hostedzones, exclude: [octodns.yaml], defaults: {{lenient: true}}}}
policy: {{guards: "off"}}
exclude: [config.yaml]
"""
PROVIDER_ALIAS = "Route53Provider/ALIAS"
MAIN = "refs/remotes/origin/main"


@dataclass
class Job:
    """How an apply ended: the commit it was for, and whether it carried out everything."""

    commit: str
    code: int


@dataclass
class Team:
    """The forge (a bare repository), the authors' clone, and every job's clone of its own."""

    place: Path
    corpus: Path
    zones: frozenset[str]
    seals: list[tuple[str, Path]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._env = environment(self.place / "home", GIT_TERMINAL_PROMPT="0", CI="true")
        self._number = count(1)
        self.account = self.place / "account.db"
        self.forge = Repository(self.place / "forge.git", self._env)
        self.author = Repository(self.place / "author", self._env)
        self._git(self.place, "init", "-q", "--bare", str(self.forge.path))
        self._git(self.place, "init", "-q", str(self.author.path))
        self.forge.git("symbolic-ref", "HEAD", "refs/heads/main")
        self.author.git("remote", "add", "origin", str(self.forge.path))

    def begin(self, commit: str) -> None:
        """Put the files of a commit of the corpus on the main branch, and apply them."""
        self.take(commit)
        self.author.commit("Begin", {"account.yaml": ACCOUNT.format(account=self.account)})
        self.author.git("push", "-q", "origin", "main")
        assert self.job("main", "apply", "--auto-approve").code == 0
        self.jobs.append(Job(self.main(), 0))

    def take(self, commit: str) -> None:
        """Make the author's folder hold the zones of a commit of the corpus."""
        shutil.rmtree(self.author.path / FOLDER, ignore_errors=True)
        (self.author.path / FOLDER).mkdir(parents=True)
        paths = [f"{FOLDER}/{zone}.yaml" for zone in self.zones]
        there = git(self.corpus, "ls-tree", "--name-only", commit, f"{FOLDER}/").split("\n")
        for path in set(paths) & set(there):
            (self.author.path / path).write_text(git(self.corpus, "cat-file", "blob", f"{commit}:{path}"))

    def main(self) -> str:
        """Return the commit that main is at."""
        return self.forge.git("rev-parse", "refs/heads/main")

    def branch(self) -> str:
        """Begin a branch on the newest main, and return its name."""
        branch = f"change-{next(self._number)}"
        self.author.git("fetch", "-q", "origin")
        self.author.git("switch", "-q", "-c", branch, "origin/main")
        return branch

    def push(self, branch: str, subject: str, files: dict[str, str] | None = None) -> None:
        """Commit what the author's folder holds, and push the branch."""
        self.author.commit(subject, files)
        self.author.git("push", "-q", "origin", branch)

    def plan(self, branch: str) -> Finished:
        """Plan a branch as a job does: a clone of depth 1, the trusted settings, the merge result, the seal list."""
        seals = self.place / f"{branch}.seals"
        done = self.job(branch, "plan", "--merge-into", "origin/main", "--json", "--seal-list", str(seals))
        if done.code == 0:
            self.seals.append((json.loads(done.out)["seal"], seals))
        return done

    def plan_from_outside(self, branch: str) -> Finished:
        """Plan a branch as a job without any right does: two commits, no account, no record."""
        folder = self._clone(branch, depth="2")
        return self._program(folder, "plan", "--offline", f"{MAIN}..HEAD", "--json")

    def merge(self, branch: str, how: str) -> str:
        """Merge a branch (``merge``, ``squash`` or ``fast-forward``) and return what main is at then."""
        self.author.git("switch", "-q", "main")
        self.author.git("merge", "-q", "--ff-only", "origin/main")
        if how == "squash":
            self.author.git("merge", "-q", "--squash", branch)
            self.author.git("commit", "-q", "--allow-empty", "-m", f"Squash {branch}")
        else:
            option = "--no-ff" if how == "merge" else "--ff-only"
            self.author.git("merge", "-q", option, *(("-m", f"Merge {branch}") if how == "merge" else ()), branch)
        self.author.git("push", "-q", "origin", "main")
        self.author.git("fetch", "-q", "origin")
        return self.main()

    def apply(self, *more: str) -> Finished:
        """Apply main as a job does, with every seal approved so far; what is done already says so."""
        approved = [part for seal, path in self.seals for part in ("--seal", seal, "--seal-list", str(path))]
        done = self.job("main", "apply", *approved, *more)
        self.jobs.append(Job(self.main(), done.code))
        return done

    def by_hand(self, address: str, *fields: str) -> None:
        """Change the live account as somebody in the portal would."""
        done = self._program(self.author.path, "account", "set", address, *fields)
        assert done.code == 0, done.err

    def audit(self) -> dict[str, str]:
        """Return what the program says became of each commit of the main line."""
        folder = self.place / "auditor"
        self._git(self.place, "clone", "-q", str(self.forge.path), str(folder))
        verified = self._program(folder, "audit", "verify")
        assert verified.code == 0, verified.out + verified.err
        told = json.loads(self._program(folder, "audit", "--json").out)
        return {one["commit"]["id"]: one["verdict"] for one in told["commits"]}

    def expected(self) -> dict[str, str]:
        """Return what must have become of each commit, reckoned from its files and how the jobs ended."""
        line = self.forge.git("rev-list", "--first-parent", "--reverse", "refs/heads/main").split()
        oracle, values, verdicts = Oracle(self.forge.path), dict[str, dict[Key, Data] | None](), dict[str, str]()
        for commit in line:
            try:
                values[commit] = flat(oracle.zones(commit))
            except yaml.YAMLError:
                values[commit] = None
        applied = [line.index(job.commit) for job in self.jobs if job.code == 0]
        changed: dict[str, set[Key]] = {}
        last: dict[Key, Data] = {}
        for commit in line:
            now = values[commit]
            if now is not None:
                changed[commit] = set(difference(last, now))
                last = now
        for at, commit in enumerate(line):
            verdicts[commit] = self._verdict(at, line, changed, applied)
        return verdicts

    def _verdict(self, at: int, line: list[str], changed: dict[str, set[Key]], applied: list[int]) -> str:
        if line[at] not in changed:
            return "not loadable"
        here = changed[line[at]]
        if not here:
            return "no effect"
        after = [job for job in applied if job >= at]
        if not after:
            return "pending"
        ends = {key: next((i for i in range(at + 1, len(line)) if key in changed.get(line[i], ())), 0) for key in here}
        if any(key[2] == PROVIDER_ALIAS and not ends[key] for key in here):
            return "refused"  # the account doesn't serve the type
        return "applied" if any(job < (ends[key] or len(line)) for key in here for job in after) else "superseded"

    def job(self, branch: str, *args: str) -> Finished:
        """Run the program on an empty machine: a clone of depth 1 of a branch, beside it main's newest commit."""
        return self._program(self._clone(branch, "1"), *args)

    def _clone(self, branch: str, depth: str) -> Path:
        folder = self.place / f"job-{next(self._number)}"
        url = f"file://{self.forge.path}"
        self._git(self.place, "clone", "-q", "--depth", depth, "--branch", branch, url, str(folder))
        self._git(folder, "fetch", "-q", "--depth", depth, "origin", f"+refs/heads/main:{MAIN}")
        return folder

    def _program(self, folder: Path, *args: str) -> Finished:
        return run(["reconciler", *args], folder, {**self._env, "RECONCILER_TRUSTED_REF": MAIN})

    def _git(self, folder: Path, *args: str) -> None:
        subprocess.run(["git", *args], cwd=folder, env=self._env, check=True, capture_output=True)


def work(team: Team, commits: list[str]) -> None:
    """Bring commit after commit of the corpus to the account, each in another way, with hands and accidents between.

    Each third job is cancelled, so that the next one carries out two approvals.
    """
    ways = cycle(("merge", "squash", "fast-forward"))
    for number, commit in enumerate(commits, 1):
        branch = team.branch()
        team.take(commit)
        team.push(branch, f"As in {commit[:12]}")
        outside, inside = (json.loads(plan(branch).out) for plan in (team.plan_from_outside, team.plan))
        if number % 3 != 1:  # otherwise what an earlier branch asked for and nobody applied lies between the two
            assert _asked(outside) == _asked(inside), commit
        team.merge(branch, next(ways))
        if number % 3:
            done = team.apply()
            assert done.code == 0, (commit, done.out, done.err)


def _asked(plan: dict[str, list[dict[str, str]]]) -> list[tuple[str, str]]:
    return sorted((change["address"], change["action"]) for change in plan["changes"] if change["origin"] == "asked")


def changing(corpus: Path, commits: list[str]) -> frozenset[str]:
    """Return the zones whose files differ between any two neighbours."""
    names = (
        Path(path).name
        for one, other in pairwise(commits)
        for path in git(corpus, "diff", "--name-only", one, other, "--", FOLDER).split()
    )
    return frozenset(name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and name != "octodns.yaml")
