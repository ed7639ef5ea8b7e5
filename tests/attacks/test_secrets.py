"""A branch reaches no secret that the trusted policy doesn't give it, wherever on the runner it lies."""

from pathlib import Path

import pytest

from attacks.branches import Branches, said
from reconciler.load.secrets import resolve_secrets
from reconciler.model.account import Policy
from reconciler.model.errors import DiagnosticsError, RefusedError
from reconciler.model.secret import SecretRef

KEY = ("mailbox/info@example.org", "password")
POLICY = "policy: {secrets: [env/MAIL_*, file/run/*, 'file/secrets.age#*', file//run/secrets/mail/*]}\n"


@pytest.fixture
def admitting(branches: Branches) -> Branches:
    """The small account, with a policy on main that admits some secrets."""
    branches.repo.git("checkout", "--quiet", "main")
    branches.settings(POLICY)
    branches.repo.git("checkout", "--quiet", "-B", "change")
    return branches


@pytest.mark.parametrize("place", ["env/MAIL_NEW", "file/run/x", "file/secrets.age#NEW", "file//run/secrets/mail/x"])
def test_admitted(admitting: Branches, place: str) -> None:
    """What a glob of the trusted policy covers may be added."""
    admitting.change("mail.yaml", "env/MAIL_INFO", place)
    assert admitting.plan().changes


@pytest.mark.parametrize(
    "place",
    [
        *("env/CI_TOKEN", "env/RECONCILER_AGE_IDENTITY", "env/mail_info", "file/run/deeper/x", "file/run.txt"),
        *("file/other.age#NEW", "file//etc/shadow", "file//proc/self/environ", "file/../../etc/shadow"),
        *("file//run/secrets/mail/../token", "file/run/../token", "file/.git/config", "file/run/.."),
    ],
)
def test_foreign(admitting: Branches, place: str) -> None:
    """Anything else is refused: file, line, the secret's name, what to change."""
    admitting.change("mail.yaml", "env/MAIL_INFO", place)
    with pytest.raises(RefusedError) as refused:
        admitting.plan()
    assert refused.value.exit_code == 3
    assert refused.value.lines[1:] == (f"  mail.yaml:4:7: mailbox/info@example.org needs `{place}` for `password`",)
    assert "policy: {secrets: [GLOB]}" in refused.value.help


def test_a_policy_of_its_own(admitting: Branches) -> None:
    """A branch that admits itself is refused: for the settings that come along, not only for the secret."""
    admitting.change("account.yaml", "env/MAIL_*", "env/*")
    admitting.change("mail.yaml", "env/MAIL_INFO", "env/CI_TOKEN")
    with pytest.raises(RefusedError, match="can't come together"):
        admitting.plan()


def test_what_stands_in_the_trusted_files(branches: Branches) -> None:
    """What the trusted files refer to stays allowed, also at another address, without any policy."""
    branches.change("mail.yaml", "      sales: [info", "      all: [erika]\n      sales: [info")
    assert branches.plan().changes
    branches.change("mail.yaml", "env/MAIL_ERIKA", "env/MAIL_INFO")
    assert branches.plan().changes
    branches.change("mail.yaml", "env/MAIL_INFO", "env/MAIL_NEW")
    with pytest.raises(RefusedError, match="may only add secrets"):
        branches.plan()


def test_hashes_are_no_secrets(branches: Branches) -> None:
    """A hash lies in the file itself, so there is nothing to admit."""
    digest = '{hash: "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"}'
    branches.change("mail.yaml", "{secret: env/MAIL_INFO, version: 1}", digest)
    assert branches.plan().changes


def test_without_a_trusted_ref(admitting: Branches) -> None:
    """Without a trusted ref nothing tells a branch from its base, so another secret is a warning."""
    admitting.change("mail.yaml", "env/MAIL_INFO", "env/CI_TOKEN")
    (finding,) = said(admitting.plan(trusted=""), "secret-outside-policy")
    assert "needs `env/CI_TOKEN`" in finding


def test_globs() -> None:
    """A star is one part of a path, and never the way up; what is written out is meant."""
    policy = Policy(secrets=("env/A*", "file/*/x", "file/../y"))
    assert policy.admits("env/AB")
    assert policy.admits("file/run/x")
    assert policy.admits("file/../y")
    for secret in ("env/B", "file/../x", "file//x/x", "file/a/b/x", "file/../../y", "env/A/B"):
        assert not policy.admits(secret), secret


@pytest.mark.parametrize("how", ["up", "file", "folder", "circle", "dangling"])
def test_ways_out_of_the_folder(tmp_path: Path, how: str) -> None:
    """``..`` and symbolic links don't lead to another file of the runner, whoever admitted them."""
    outside, folder = tmp_path / "outside", tmp_path / "account"
    (outside / "run").mkdir(parents=True)
    (outside / "run" / "token").write_text("canary")
    folder.mkdir()
    name = "run/token"
    if how == "up":
        name = "../outside/run/token"
    elif how == "folder":
        (folder / "run").symlink_to(outside / "run")
    else:
        (folder / "run").mkdir()
        ends = {"file": outside / "run" / "token", "circle": folder / "run" / "token", "dangling": outside / "no"}
        (folder / "run" / "token").symlink_to(ends[how])
    with pytest.raises(DiagnosticsError) as refused:
        resolve_secrets({KEY: SecretRef("file", name)}, folder, {}, "K-1")
    (problem,) = refused.value.diagnostics
    assert problem.code == "secret-unreadable"
    assert "canary" not in repr(problem)


def test_openly(tmp_path: Path) -> None:
    """A file below the folder and an absolute path are read, also where the folder itself is reached by a link."""
    (tmp_path / "real" / "run").mkdir(parents=True)
    (tmp_path / "real" / "run" / "x").write_text("text\n")
    (tmp_path / "link").symlink_to("real")
    for name in ("run/x", "./run/x", str(tmp_path / "link" / "run" / "x")):
        refs = {KEY: SecretRef("file", name)}
        assert resolve_secrets(refs, tmp_path / "link", {}, "K-1")[KEY].reveal() == "text"
