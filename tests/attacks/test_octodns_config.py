"""A branch can't decide what octoDNS imports, or where it sends secrets, when it is asked for its plan."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from attacks.branches import Branches
from attacks.watch import watched
from program import Repository
from providers import faulty
from reconciler.model.errors import ReconcilerError, RefusedError
from reconciler.model.shadow import Shadow
from reconciler.pipeline import shadowing

ACCOUNT = """\
version: 1
account: K-104711
providers: {default: {type: embedded, path: account.db}}
policy: {octodns_classes: [providers.faulty.*]}
"""
CONFIG = """\
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: %s, enforce_order: false}
  live: {class: providers.faulty.Listing, token: env/TOKEN}
zones: {example.org.: {sources: [config], targets: [live]}}
"""
#: What a branch writes over octoDNS's configuration, which itself is as harmless as the trusted one.
CHANGES: dict[str, Callable[[str], str]] = {
    "a class": lambda text: text.replace("providers.faulty.Listing", "evil_class.Provider"),
    "another admitted class": lambda text: text.replace("faulty.Listing", "faulty.Chatty"),
    "another variable": lambda text: text.replace("env/TOKEN", "env/OTHER"),
    "a comment": lambda text: text + "# hello\n",
}


@pytest.fixture
def shadowed(repo: Repository) -> Branches:
    """An account with octoDNS's configuration beside it, both on main."""
    faulty.HELD.clear()
    faulty.HELD["example.org."] = dict(faulty.NS)
    made = Branches(repo, {"TOKEN": "token-of-octodns", "OTHER": "another-secret"}, folder="account")
    repo.write({"octodns.yaml": CONFIG.replace("%s", str(repo.path / "account" / "zones"))})
    made.begin({"account.yaml": ACCOUNT, "zones/example.org.yaml": "www: {type: A, ttl: 60, value: 192.0.2.1}\n"})
    return made


def beside(branches: Branches, config: Path | None = None, trusted: str | None = None) -> Shadow:
    """Compare with octoDNS."""
    session = branches.session(trusted)
    return shadowing.shadow(session, branches.planned(trusted), config or branches.repo.path / "octodns.yaml")


def test_the_trusted_one(shadowed: Branches) -> None:
    """As it is at the trusted ref, the configuration is followed; what the branch changes in zone files counts."""
    assert (beside(shadowed).agreed, beside(shadowed).disagreements) == (1, ())


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_one(shadowed: Branches, change: str) -> None:
    """Whatever a branch changes in it, nothing is imported, and nothing is asked."""
    path = shadowed.repo.path / "octodns.yaml"
    shadowed.repo.commit("Change", {"octodns.yaml": CHANGES[change](path.read_text())})
    with watched() as seen, pytest.raises(RefusedError, match="isn't as the trusted ref main has it"):
        beside(shadowed)
    assert seen.sockets == []
    assert "evil_class" not in sys.modules


def test_a_new_one(shadowed: Branches) -> None:
    """A configuration that a branch brings along isn't trusted, nor is a link to one elsewhere."""
    text = (shadowed.repo.path / "octodns.yaml").read_text()
    shadowed.repo.commit("New", {"new.yaml": text})
    with pytest.raises(RefusedError):
        beside(shadowed, shadowed.repo.path / "new.yaml")
    link = shadowed.repo.path / "link.yaml"
    link.symlink_to(shadowed.repo.path / "octodns.yaml")
    with pytest.raises(RefusedError):
        beside(shadowed, link)


def test_outside_of_the_repository(shadowed: Branches, tmp_path: Path) -> None:
    """What whoever runs the program keeps elsewhere is theirs to answer for; policy still holds."""
    text = (shadowed.repo.path / "octodns.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text)
    assert beside(shadowed, tmp_path / "mine.yaml").agreed == 1
    (tmp_path / "mine.yaml").write_text(CHANGES["a class"](text))
    with pytest.raises(RefusedError, match="doesn't admit the class"):
        beside(shadowed, tmp_path / "mine.yaml")


def test_policy_of_the_branch(shadowed: Branches) -> None:
    """A list that the branch widens admits nothing."""
    path = shadowed.repo.path / "octodns.yaml"
    shadowed.repo.git("checkout", "--quiet", "main")
    shadowed.repo.commit("Evil", {"octodns.yaml": CHANGES["a class"](path.read_text())})
    shadowed.repo.git("checkout", "--quiet", "-B", "change")
    shadowed.change("account.yaml", "[providers.faulty.*]", "['*']")
    with pytest.raises(RefusedError, match="doesn't admit the class"):
        beside(shadowed)
    with pytest.raises(ReconcilerError, match="evil_class"):
        beside(shadowed, trusted="")  # without a trusted ref the files in front of us are all there is
