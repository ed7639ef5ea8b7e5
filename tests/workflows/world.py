"""A customer's repository with its remote, the workflows in it, the account that they share, and a forge."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

from program import Cli, Finished, Repository
from tiny import FILES, SECRETS
from workflows.runner import ROOT, Job, machine, read, run_script
from workflows.standin import TOKEN, Forge


@dataclass
class World:
    """Everything that a pull request meets on its way into the account."""

    repo: Repository
    remote: Path
    place: Path
    forge: Forge
    cli: Cli
    jobs: int = 0

    @classmethod
    def begin(cls, repo: Repository, place: Path, forge: Forge, cli: Cli) -> "World":
        """Return a repository whose first commit is pushed, and applied by a person."""
        world = cls(repo, place / "remote.git", place, forge, cli)
        wheels = list((ROOT / "dist").glob("reconciler-*.whl"))
        assert wheels, "`make .venv/.wheel` builds what is installed here"
        program, action = repo.path / "ci" / "reconciler", repo.path / ".github" / "actions" / "reconciler"
        for folder in (program, action):
            folder.mkdir(parents=True)
        for path in [*(ROOT / "examples" / "shell").glob("*"), *wheels]:
            copy(path, program)
        copy(ROOT / "requirements" / "run.txt", program / "requirements.txt")
        copy(ROOT / ".github" / "actions" / "reconciler" / "action.yml", action)
        account = FILES["account.yaml"].replace("account.db", str(place / "account.db"))
        repo.commit("Begin", {**FILES, "account.yaml": account + "exclude: ['ci/**']\n"})
        repo.git("init", "-q", "--bare", str(world.remote))
        repo.git("-C", str(world.remote), "config", "uploadpack.allowAnySHA1InWant", "true")
        repo.git("remote", "add", "origin", world.remote.as_uri())
        repo.git("push", "-q", "origin", "main")
        assert world.run("apply", "--auto-approve").code == 0
        return world

    def run(self, *args: str) -> Finished:  # Finished
        """Run the program as a person does, in the repository."""
        return self.cli(*args, cwd=self.repo.path, env=SECRETS)

    @property
    def machine(self) -> dict[str, str]:
        """A fresh runner."""
        self.jobs += 1
        home = self.place / f"job{self.jobs}"
        home.mkdir()
        return machine(home, self.repo.env) | self.forge.environment

    def _job(self, env: Mapping[str, str], table: dict[str, str]) -> Job:
        place = self.place / f"job{self.jobs}" / "work"
        place.mkdir()
        return Job(place, self.remote, env, table)

    def branch(self, old: str, new: str) -> str:
        """Push a branch on which one text of mail.yaml is another, and return its commit."""
        self.repo.git("checkout", "-q", "-B", "change")
        head = self.repo.commit("A change", {"mail.yaml": (self.repo.path / "mail.yaml").read_text().replace(old, new)})
        self.repo.git("push", "-q", "origin", "+change")
        return head

    def merge(self, way: str = "merge") -> str:
        """Merge or ``squash`` the branch on the remote, and return the commit."""
        self.repo.git("checkout", "-q", "main")
        if way == "squash":
            self.repo.git("merge", "-q", "--squash", "change")
            self.repo.git("commit", "-q", "-m", "A change (#3)")
        else:
            self.repo.git("merge", "-q", "--no-ff", "change", "-m", "Merge change")
        self.repo.git("push", "-q", "origin", "main")
        return self.repo.git("rev-parse", "HEAD")

    def github(self, file: str, job: str, **table: str) -> tuple[int, Job]:
        """Run a job of a workflow of ours; ``__`` in a name of the table is a dot."""
        about = read(ROOT / "examples" / "github" / file)["jobs"][job]
        env = self.machine
        known = {name.replace("__", "."): value for name, value in table.items()}
        known |= {"github.server_url": self.forge.url, "github.repository": "erika/account", "github.run_id": "9"}
        known |= {"github.token": TOKEN, **{f"secrets.{name}": value for name, value in SECRETS.items()}}
        made = self._job(env, known)
        code = made.run_steps(about["steps"], {})
        made.outputs = made._filled(about.get("outputs", {}))
        return code, made

    def gitlab(self, job: str, ref: str, **given: str) -> tuple[int, Path, str]:
        """Run a GitLab job on a commit or branch of the remote; return its code, its folder and its log."""
        file = read(ROOT / "examples" / "gitlab" / ".gitlab-ci.yml")
        env = self.machine
        made = self._job(env, {})
        made._check_out({"ref": ref, "path": "build"})
        place = made.place / "build"
        known: dict[str, str] = {
            "CI_PROJECT_DIR": str(place), "CI_DEFAULT_BRANCH": "main", "CI_JOB_URL": "https://ci.example/9",
            "CI_SERVER_HOST": "gitlab.example", "CI_PROJECT_PATH": "erika/account", **given,
        }  # fmt: skip
        variables = {name: _expanded(str(value), known) for name, value in file["variables"].items()}
        lines = file["default"]["before_script"] + file[job]["script"]
        config = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{self.remote.as_uri()}.insteadOf"}
        config["GIT_CONFIG_VALUE_0"] = f"https://reconciler:{TOKEN}@gitlab.example/erika/account.git"
        done = run_script(lines, place, {**env, **known, **variables, **SECRETS, **config})
        return done.code, place, done.out + done.err


def _expanded(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"${name}", value)
    return text
