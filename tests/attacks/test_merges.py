"""A pull request, planned as what it would be after the merge, follows the trusted settings as well."""

import pytest

from attacks.branches import ALIAS, Branches, said
from reconciler.model.errors import RefusedError
from reconciler.model.plan import Options
from reconciler.pipeline.merging import plan_merge
from reconciler.pipeline.session import Planned


def merged(branches: Branches) -> Planned:
    """Return the plan of a merge into main, which is trusted."""
    return plan_merge(branches.session(), "main", Options())


def test_settings_alone(branches: Branches) -> None:
    """Settings alone are in force after the merge, also where main went on since."""
    branches.settings("policy: {unmanaged: {default: delete}}\n")
    branches.repo.git("checkout", "--quiet", "main")
    branches.change("mail.yaml", ALIAS, "")
    branches.repo.git("checkout", "--quiet", "change")
    planned = merged(branches)
    assert said(planned.plan) == ["account.yaml:5:1: `policy.unmanaged.default`: (not set) -> delete."]
    assert planned.plan.changes == ()
    assert planned.desired.config.policy.for_unmanaged("record") == "report"


def test_settings_and_changes(branches: Branches) -> None:
    """Together with other changes they are refused."""
    branches.settings("record: {ref: mine}\n")
    branches.change("mail.yaml", ALIAS, "")
    with pytest.raises(RefusedError, match="can't come together"):
        merged(branches)


def test_foreign_secrets(branches: Branches) -> None:
    """A secret that the trusted policy doesn't admit is refused."""
    branches.change("mail.yaml", "env/MAIL_INFO", "env/CI_TOKEN")
    with pytest.raises(RefusedError, match="may only add secrets"):
        merged(branches)


def test_another_base(branches: Branches) -> None:
    """What the base of the merge changes against the trusted ref is the base's affair, and rules nothing either."""
    branches.settings("policy: {unmanaged: {default: delete}}\n")
    branches.repo.git("branch", "develop")
    branches.change("mail.yaml", ALIAS, "")
    planned = plan_merge(branches.session(), "develop", Options())
    assert planned.plan.pending
    assert planned.desired.config.policy.for_unmanaged("record") == "report"


def test_a_base_of_their_own(branches: Branches) -> None:
    """A pull request into a branch that isn't trusted gets no secret from what stands there."""
    branches.change("mail.yaml", "env/MAIL_INFO", "env/CI_TOKEN")
    branches.repo.git("branch", "develop")
    branches.change("mail.yaml", ALIAS, "")
    with pytest.raises(RefusedError, match="may only add secrets"):
        plan_merge(branches.session(), "develop", Options())
