"""What lies in a repository, in git's environment or beside the account is never run, imported or followed."""

import os
from pathlib import Path

import pytest

from attacks.branches import Branches
from gitrepo.test_hardening import TRAPS
from program import BIN, run
from reconciler.gitrepo.naming import trusted_commit
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RefusedError
from reconciler.model.plan import Options
from reconciler.pipeline.merging import plan_merge
from reconciler.pipeline.offline import plan_offline
from tiny import SECRETS

DRIVERS = "* filter=x diff=x merge=x text=auto eol=crlf ident\n"
PROGRAMS = (
    *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR"),
    *("GIT_ASKPASS", "SSH_ASKPASS", "GIT_PROXY_COMMAND", "GIT_TRACE2_EVENT", "PAGER", "EDITOR"),
)


def everything(branches: Branches) -> None:
    """Plan what is checked out, the merge, and offline."""
    branches.plan()
    plan_merge(branches.session(), "main", Options())
    plan_offline(branches.session(), "main...change", Options())


@pytest.mark.parametrize("lay", [TRAPS[0], TRAPS[2]])
def test_traps_of_a_repository(branches: Branches, trap: tuple[Path, Path], lay: object) -> None:
    """Hooks, filters, drivers, monitors, helpers and aliases don't run, whatever attributes ask for them."""
    script, trace = trap
    config = f'[core]\n\tfsmonitor = {script}\n\thooksPath = .\n[filter "x"]\n\tsmudge = {script}\n'
    config += f"[include]\n\tpath = {script}\n"
    branches.repo.commit("Lay", {".gitattributes": DRIVERS, ".gitconfig": config, "post-checkout": "#!/bin/sh\n"})
    branches.change("mail.yaml", "quota: 5 GiB", "quota: 6 GiB")
    lay(branches.repo, script)
    branches.repo.write({".git/info/attributes": DRIVERS})
    everything(branches)
    assert not trace.exists()


def test_a_hostile_environment(
    branches: Branches, trap: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables of git start nothing and lead nowhere else."""
    script, trace = trap
    branches.change("mail.yaml", "quota: 5 GiB", "quota: 6 GiB")
    expected = branches.plan().seals
    elsewhere = str(tmp_path / "elsewhere")
    for name in PROGRAMS:
        monkeypatch.setenv(name, str(script))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, elsewhere)
    for name in ("GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CEILING_DIRECTORIES", "GIT_TEMPLATE_DIR"):
        monkeypatch.setenv(name, elsewhere)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor={script}'")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext:file:https")
    assert branches.plan().seals == expected
    everything(branches)
    assert not trace.exists()
    assert not Path(elsewhere).exists()


@pytest.mark.parametrize(
    "name",
    [
        *(
            "--upload-pack=x",
            "-x",
            "@{-1}",
            "@",
            "HEAD",
            "refs/heads/../..",
            "main\n",
            "main~1",
            "main^{tree}",
            ":/Begin",
        ),
        *("HEAD:mail.yaml", "main..change", "main@{0}", "a b", "refs/heads/", "\ud800", "0" * 12, "main\0", "*", ""),
    ],
)
def test_odd_names(branches: Branches, name: str) -> None:
    """Only a branch, a tag or a whole id can be trusted; anything else is refused before git hears it."""
    repo = GitRepo.find(branches.path)
    assert repo
    with pytest.raises(RefusedError, match="can't be a trusted ref"):
        trusted_commit(repo, name)


def test_one_meaning(branches: Branches) -> None:
    """A tag or a branch that is named like the protected one doesn't stand in for it."""
    head, main = branches.repo.git("rev-parse", "change"), branches.repo.git("rev-parse", "main")
    branches.change("mail.yaml", "quota: 5 GiB", "quota: 6 GiB")
    branches.repo.git("update-ref", "refs/remotes/origin/main", main)
    repo = GitRepo.find(branches.path)
    assert repo
    assert trusted_commit(repo, "origin/main") == main
    for ref in ("refs/tags/origin/main", "refs/heads/origin/main"):
        branches.repo.git("update-ref", ref, "change")
        with pytest.raises(RefusedError, match="several meanings"):
            trusted_commit(repo, "origin/main")
        assert trusted_commit(repo, "refs/remotes/origin/main") == main
        branches.repo.git("update-ref", "-d", ref)
    branches.repo.git("tag", head, "change")
    assert trusted_commit(repo, head) == head


@pytest.mark.parametrize(
    ("name", "fetch"),
    [
        ("origin/main", "git fetch --depth=1 origin main:refs/remotes/origin/main"),
        ("refs/remotes/origin/main", "git fetch --depth=1 origin main:refs/remotes/origin/main"),
        ("v1", "git fetch --depth=1 origin v1"),
        ("1" * 40, f"git fetch --depth=1 origin {'1' * 40}"),
    ],
)
def test_a_missing_ref(branches: Branches, name: str, fetch: str) -> None:
    """A ref that this clone doesn't have is a refusal that says how to fetch it."""
    with pytest.raises(RefusedError) as refused:
        branches.plan(trusted=name)
    assert refused.value.exit_code == 3
    assert f"`{fetch}`" in refused.value.help


def test_python_beside_the_account(branches: Branches, trap: tuple[Path, Path]) -> None:
    """Python files in the account folder aren't imported by the program that runs there, and no secret is shown."""
    _, trace = trap
    evil = f"open({str(trace)!r}, 'w').close()\n"
    names = ("sitecustomize.py", "usercustomize.py", "reconciler/__init__.py", "click.py", "yaml.py", "git/__init__.py")
    branches.repo.commit("Lay", dict.fromkeys(names, evil) | {"pyproject.toml": "[project]\nname = 'evil'\n"})
    branches.change("mail.yaml", "env/MAIL_INFO", "env/CI_TOKEN")
    env = {**branches.repo.env, **SECRETS, "CI": "true", "CI_TOKEN": "canary-4711", "RECONCILER_TRUSTED_REF": "main"}
    for words in (("plan",), ("plan", "--json"), ("apply", "--auto-approve"), ("drift",)):
        done = run([str(BIN / "reconciler"), *words], branches.path, env)
        assert done.code == 3
        assert "env/CI_TOKEN" in done.err
        assert "canary-4711" not in done.out + done.err
    assert not trace.exists()
    assert not (branches.path / "account.db").exists()
    assert os.environ.get("CI_TOKEN") is None
