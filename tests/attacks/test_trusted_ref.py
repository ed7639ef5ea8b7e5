"""A branch can't decide the settings that rule it: they come from the trusted ref."""

from dataclasses import replace

import pytest

from attacks.branches import ACCOUNT, ALIAS, Branches, said
from program import Repository
from reconciler.load.distrust import no_ref
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address
from reconciler.model.errors import DiagnosticsError, RefusedError
from reconciler.model.plan import Plan
from reconciler.model.state import Desired
from reconciler.pipeline.planning import trusted_config
from reconciler.pipeline.trusting import under_trust

MOVED = "path: elsewhere.db"


def addresses(plan: Plan) -> set[Address]:
    return {change.address for change in plan.changes}


def test_nothing_differs(branches: Branches) -> None:
    """A branch that leaves the settings alone is planned as ever."""
    branches.change("mail.yaml", ALIAS, "")
    plan = branches.plan()
    assert plan.changes
    assert said(plan) == []
    assert plan.seals == branches.plan(trusted="").seals


def test_settings_alone(branches: Branches) -> None:
    """Settings that change alone are in force after the merge; until then the trusted ones hold, as the plan says."""
    before = branches.plan()
    branches.settings("policy: {unmanaged: {default: delete}, secrets: [env/MAIL_*]}\nrecord: {ref: mine}\n")
    plan = branches.plan()
    assert plan.seals == before.seals
    assert said(plan) == [
        "account.yaml:5:1: `policy.secrets`: +env/MAIL_*; `policy.unmanaged.default`: (not set) -> delete.",
        "account.yaml:6:1: `record.ref`: (not set) -> mine. There a new record begins: what was applied until then "
        "counts as unmanaged, or is taken over again.",
    ]


def test_settings_and_changes(branches: Branches) -> None:
    """Together with anything that changes the plan they are refused: which keys, where, and what to do."""
    branches.settings("policy: {drift: revert}\nrecord: {ref: mine}\n")
    branches.change("mail.yaml", ALIAS, "")
    with pytest.raises(RefusedError) as refused:
        branches.plan()
    assert refused.value.exit_code == 3
    assert str(refused.value).split("\n")[1:] == [
        "  account.yaml:5:1: `policy.drift`: hold -> revert",
        "  account.yaml:6:1: `record.ref`: (not set) -> mine",
    ]
    assert "Split it" in refused.value.help


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mail.yaml", "version: 1}\n      erika", "version: 2}\n      erika"),
        ("mail.yaml", "quota: 5 GiB\n", "quota: 5 GiB\n        meta: {protect: true}\n"),
        ("mail.yaml", "mail:\n", "removed: {mailbox/old@example.org: {reason: gone}}\nmail:\n"),
        ("mail.yaml", "env/MAIL_INFO", "env/MAIL_ERIKA"),
        ("mail.yaml", "      info:\n", "      info:\n        previously: office\n"),
        ("account.yaml", "version: 1\n", "version: 1\nwhitelist: {}\n"),
    ],
)
def test_what_counts_as_a_change(branches: Branches, name: str, old: str, new: str) -> None:
    """A version, a protection, a tombstone, another secret, a rename, an empty section: all count."""
    branches.settings("policy: {drift: revert}\n")
    branches.change(name, old, new)
    with pytest.raises(RefusedError, match="can't come together"):
        branches.plan()


def test_a_file_that_only_moves(branches: Branches) -> None:
    """Where something stands, in which order and with which comments, changes nothing."""
    branches.settings("# a comment\npolicy: {drift: revert}\n")
    branches.repo.git("mv", "contacts.yaml", "people.yaml")
    branches.repo.commit("Move")
    assert said(branches.plan()) == ["account.yaml:6:1: `policy.drift`: hold -> revert."]


def test_the_zone_folder_moves(branches: Branches) -> None:
    """A folder of zones can be renamed in one go: the files say the same under the new settings."""
    branches.settings("dns: {directory: dns}\n")
    branches.repo.git("mv", "zones", "dns")
    branches.repo.commit("Move")
    plan = branches.plan()
    assert "record/example.org/www/A" in addresses(plan)
    assert said(plan) == ["account.yaml:5:1: `dns.directory`: zones -> dns."]


def test_another_default_ttl(branches: Branches) -> None:
    """Other options for zones change nothing before they are merged, whatever they change then."""
    before = branches.plan()
    branches.settings("dns: {defaults: {default_ttl: 60}}\n")
    plan = branches.plan()
    assert plan.seals == before.seals
    assert said(plan) == ["account.yaml:5:1: `dns.defaults.default_ttl`: (not set) -> 60."]


def test_a_branch_that_is_behind(branches: Branches) -> None:
    """What main changed since a branch began is no change of the branch, and holds for it."""
    branches.repo.git("checkout", "--quiet", "main")
    branches.settings("policy: {unmanaged: {default: refuse}}\n")
    branches.repo.git("checkout", "--quiet", "change")
    branches.change("mail.yaml", ALIAS, "")
    planned = branches.planned()
    assert said(planned.plan) == []
    assert planned.desired.config.policy.for_unmanaged("record") == "refuse"


def test_the_same_on_both_sides(branches: Branches) -> None:
    """A setting that both sides changed in the same way is changed by neither."""
    branches.settings("policy: {drift: revert}\n")
    branches.repo.git("branch", "-f", "main", "change")
    branches.change("mail.yaml", ALIAS, "")
    assert said(branches.plan()) == []


def test_what_is_not_committed(branches: Branches) -> None:
    """On the trusted commit itself HEAD is trusted, and a file that isn't committed is not."""
    branches.repo.git("checkout", "--quiet", "main")
    assert said(branches.plan()) == []
    branches.repo.write({"account.yaml": ACCOUNT + "policy: {drift: revert}\n"})
    assert said(branches.plan()) == ["account.yaml:5:1: `policy.drift`: hold -> revert."]


def test_approvals_go_stale(branches: Branches) -> None:
    """Merged settings are part of what an approval depends on: the open ones no longer fit."""
    before = branches.plan()
    branches.settings("policy: {drift: revert}\n")
    assert branches.plan().seals.context == before.seals.context
    branches.repo.git("branch", "-f", "main", "change")
    after = branches.plan()
    assert after.seals.changes == before.seals.changes
    assert after.seals.context != before.seals.context


def test_an_account_below(repo: Repository) -> None:
    """An account in a folder of the repository is compared with the same folder of the trusted ref."""
    branches = Branches(repo, folder="accounts/one")
    branches.begin()
    branches.settings("policy: {drift: revert}\n")
    assert said(branches.plan()) == ["account.yaml:5:1: `policy.drift`: hold -> revert."]


def test_a_new_account(branches: Branches) -> None:
    """An account that the trusted ref doesn't have yet isn't opened."""
    branches.repo.git("checkout", "--quiet", "main")
    branches.repo.git("rm", "--quiet", "account.yaml")
    branches.repo.commit("None")
    branches.repo.git("checkout", "--quiet", "change")
    with pytest.raises(RefusedError, match="holds no account"):
        branches.plan()


def test_a_linked_account_file(branches: Branches) -> None:
    """A symbolic link on the trusted ref is no settings."""
    branches.repo.git("checkout", "--quiet", "main")
    (branches.path / "account.yaml").rename(branches.path / "real")
    (branches.path / "account.yaml").symlink_to("real")
    branches.repo.commit("Link")
    branches.repo.git("checkout", "--quiet", "change")
    with pytest.raises(RefusedError, match="holds no account"):
        branches.plan()


def test_a_broken_trusted_ref(branches: Branches) -> None:
    """Errors in the trusted settings are shown, and nothing is opened."""
    branches.repo.git("checkout", "--quiet", "main")
    branches.settings("policy: {drift: never}\n")
    branches.repo.git("checkout", "--quiet", "change")
    with pytest.raises(RefusedError) as refused:
        branches.plan()
    assert "account.yaml:5:17: `never` is not one of" in str(refused.value)


def test_no_repository(branches: Branches) -> None:
    """Outside of any repository a trusted ref can't be looked up."""
    (branches.path / ".git").rename(branches.path.parent / "git")
    with pytest.raises(RefusedError, match="no git repository"):
        branches.plan()


def test_option_and_variable(branches: Branches) -> None:
    """The environment names the trusted ref too, and no option says otherwise than it; an empty one says nothing."""
    branches.settings("policy: {drift: revert}\n")
    branches.environ["RECONCILER_TRUSTED_REF"] = "main"
    assert said(branches.plan(trusted="")) == said(branches.plan()) != []
    with pytest.raises(RefusedError, match="different refs"):
        branches.plan(trusted="change")
    branches.environ["RECONCILER_TRUSTED_REF"] = ""
    assert said(branches.plan(trusted="")) == []


@pytest.mark.parametrize("told", ["true", "1", "True"])
def test_ci(branches: Branches, told: str) -> None:
    """In CI a live account needs a trusted ref; one that lies in files doesn't."""
    branches.environ["CI"] = told
    assert branches.plan(trusted="").changes
    desired = branches.planned(trusted="").desired
    with pytest.raises(RefusedError) as refused:
        under_trust(branches.session(""), None, _live(desired))
    assert str(refused.value) == str(no_ref())
    assert "RECONCILER_TRUSTED_REF" in refused.value.help
    del branches.environ["CI"]
    assert under_trust(branches.session(""), None, _live(desired))


def _live(desired: Desired) -> Desired:
    """Return the same behind a provider of a type that has yet to come."""
    default = desired.config.providers.default.model_copy(update={"type": "kundencenter"})
    providers = desired.config.providers.model_copy(update={"default": default})
    config: AccountConfig = desired.config.model_copy(update={"providers": providers})
    return replace(desired, config=config)


def test_facts_are_read_by_trusted_settings(branches: Branches) -> None:
    """Whatever a branch changes or breaks, also its own settings; and by its own where nothing is trusted."""
    trusted = trusted_config(branches.session())
    branches.settings("policy: {links: [https://elsewhere.example]}\n")
    branches.change("account.yaml", "path: account.db", MOVED)
    branches.change("mail.yaml", "mail:", "mail: {")
    assert trusted_config(branches.session()) == trusted
    assert trusted_config(branches.session("")).policy.links == ("https://elsewhere.example",)
    branches.change("account.yaml", "version: 1", "version: {")
    assert trusted_config(branches.session()) == trusted
    with pytest.raises(DiagnosticsError):
        trusted_config(branches.session(""))


def test_facts_of_a_live_account_in_ci(branches: Branches) -> None:
    """They need a trusted ref as plans do, and two of them are refused."""
    live = "{type: kundencenter, url: https://a.example, token: {secret: env/TOKEN}}"
    branches.change("account.yaml", "{type: embedded, path: account.db}", live)
    branches.environ["CI"] = "true"
    with pytest.raises(RefusedError, match="none is set"):
        trusted_config(branches.session(""))
    branches.environ["RECONCILER_TRUSTED_REF"] = "main"
    with pytest.raises(RefusedError, match="different refs"):
        trusted_config(branches.session("change"))
    assert trusted_config(branches.session("")).providers.are_embedded
