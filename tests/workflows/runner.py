"""Runs the jobs of workflow files as a runner would: steps with bash, expressions from a table, clones of depth 1."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from program import Finished, run

ROOT = Path(__file__).resolve().parents[2]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def read(path: Path) -> Any:
    """Return a workflow; YAML 1.1 reads the key `on` as true, which nobody here asks for."""
    return yaml.safe_load(path.read_text("utf-8"))


@dataclass
class Job:
    """One job: where it runs, its environment, what expressions mean, and what its steps gave."""

    place: Path
    remote: Path
    env: Mapping[str, str]
    table: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    log: str = ""

    def run_steps(self, steps: list[Any], env: Mapping[str, str]) -> int:
        """Run steps in order and return the first code that isn't 0; after it only those run that say `always()`."""
        failed = 0
        for step in steps:
            condition = step.get("if", "")
            if failed and "always()" not in condition:
                continue
            if condition and not self._holds(condition):
                continue
            failed = self._run_step(step, {**env, **self._filled(step.get("env", {}))}) or failed
        return failed

    def _holds(self, condition: str) -> bool:
        """Judge the one form of condition that our steps have: an output that isn't empty."""
        found = re.fullmatch(r"always\(\) && (steps\.\w+\.outputs\.\w+) != ''", condition)
        assert found, condition
        return self.table.get(found[1], "") != ""

    def _filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: EXPRESSION.sub(lambda m: self._value(m[1]), str(value)) for name, value in values.items()}

    def _value(self, expression: str) -> str:
        if expression.startswith(("steps.", "inputs.")):
            return self.table.get(expression, "")
        return self.table[expression]

    def _run_step(self, step: Mapping[str, Any], env: Mapping[str, str]) -> int:
        uses, given = step.get("uses", ""), self._filled(step.get("with", {}))
        if uses.startswith("actions/checkout@"):
            self._check_out(given)
            return 0
        if uses.startswith("actions/setup-python@"):
            return 0
        if uses:
            return self._run_action(uses, given, env, step.get("id", ""))
        done = self._bash(step["run"], env)
        self._take(f"steps.{step.get('id', '')}.outputs.")
        self.log += done.out + done.err
        return done.code

    def _run_action(self, uses: str, given: Mapping[str, str], env: Mapping[str, str], id: str) -> int:
        action = read(self.place / uses / "action.yml")
        assert given.keys() <= action["inputs"].keys()
        for name, about in action["inputs"].items():
            assert name in given or "default" in about
            self.table[f"inputs.{name}"] = given.get(name, about.get("default", ""))
        code = self.run_steps(action["runs"]["steps"], env)
        for name, value in self._filled({n: o["value"] for n, o in action["outputs"].items()}).items():
            self.table[f"steps.{id}.outputs.{name}"] = value
        return code

    def _check_out(self, given: Mapping[str, str]) -> None:
        folder, ref = self.place / given.get("path", "."), given.get("ref", "main")
        folder.mkdir(exist_ok=True)
        depth = [] if given.get("fetch-depth") == "0" else ["--depth=1"]
        to = f"+{ref}:refs/remotes/origin/{'pinned' if len(ref) == 40 else ref}"
        for command in (
            ["init", "-q", "-b", "main"],
            ["remote", "add", "origin", self.remote.as_uri()],
            ["fetch", "-q", "--no-tags", *depth, "origin", to],
            ["checkout", "-q", "--detach" if len(ref) == 40 else "-Bmain", to.partition(":")[2]],
        ):
            done = run(["git", *command], folder, self.env)
            assert done.code == 0, done.err

    def _bash(self, script: str, env: Mapping[str, str]) -> Finished:
        temp = self.place.parent / "temp"
        temp.mkdir(exist_ok=True)
        for name in ("output", "summary", "env"):
            (temp / name).touch()
        files = {f"GITHUB_{n.upper()}": str(temp / n) for n in ("output", "env")}
        files |= {"GITHUB_STEP_SUMMARY": str(temp / "summary"), "RUNNER_TEMP": str(temp)}
        (temp / "script.sh").write_text(script)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(temp / "script.sh")]
        return run(command, self.place, {**self.env, **env, **files})

    def _take(self, prefix: str) -> None:
        temp = self.place.parent / "temp"
        for line in (temp / "output").read_text().splitlines():
            name, _, value = line.partition("=")
            self.table[prefix + name] = value
        (temp / "output").write_text("")
        self.summary = (temp / "summary").read_text()


def run_script(lines: list[str], place: Path, env: Mapping[str, str]) -> Finished:
    """Run the lines of a GitLab job, which are one script, as its runner does: ending at the first that fails."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=place, env=dict(env), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Finished(done.returncode, done.stdout, done.stderr)


def machine(home: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a runner on which `python` has what our lock names, so that nothing is downloaded."""
    import sys
    import sysconfig

    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "python")], check=True)
    (site,) = (home / "python" / "lib").glob("python*/site-packages")
    (site / "workshop.pth").write_text(sysconfig.get_path("purelib") + "\n")
    path = os.pathsep.join((str(home / "python" / "bin"), env["PATH"]))
    return {**env, "PATH": path, "CI": "true", "PIP_NO_INDEX": "1"}
