"""The account's own passwords: the value is the reference itself, and only its version is compared."""

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, SecretVersion
from reconciler.model.meta import Meta
from reconciler.model.secret import SecretRef

KIND = KINDS["password"]
SERVICE = "password/service"
REFERENCE = {"secret": "env/SERVICE", "version": "3"}


def test_the_reference_itself_is_the_value() -> None:
    """Beside it only ``meta`` may stand."""
    found = KIND.declare(SERVICE, {**REFERENCE, "meta": {"owner": "erika"}})
    assert found.value == Fields.of({"password": SecretVersion(3)})
    assert found.secrets == {"password": SecretRef("env", "SERVICE", 3)}
    assert found.meta == Meta(owner="erika")


def test_there_are_two_of_them() -> None:
    """Any other name is refused."""
    assert [KIND.address((name,)) for name in ("service", "telephone")] == [SERVICE, "password/telephone"]
    with pytest.raises(PydanticCustomError, match="no such password"):
        KIND.address(("ftp",))


@pytest.mark.parametrize("data", ["hunter2", [], {}, {"secret": "env/X"}, {"secret": "hunter2", "version": "1"}])
def test_a_literal_or_half_a_reference_is_refused(data: object) -> None:
    """A password never stands in git."""
    with pytest.raises(ValidationError):
        KIND.declare(SERVICE, data)


def test_an_account_tells_only_whether_it_is_set() -> None:
    """A password that was never set has no version, so that declaring it sets it; one that is set takes ours."""
    new, used = KIND.parse(SERVICE, {}), KIND.parse(SERVICE, {"is_set": True, "password": "hunter2"})
    declared = KIND.declare(SERVICE, REFERENCE).value
    assert KIND.versions(KIND.with_versions(new, declared)) == {}
    assert KIND.versions(KIND.with_versions(used, declared)) == {"password": 3}
    assert KIND.readable(declared) == used
    assert KIND.readable(new) == new


def test_setting_one_is_about_access() -> None:
    """Forgetting it isn't."""
    value = KIND.declare(SERVICE, REFERENCE).value
    assert KIND.risk(Action.UPDATE, SERVICE, value, value) is Risk.ACCESS
    assert KIND.risk(Action.FORGET, SERVICE, value, None) is Risk.COSMETIC


def test_it_is_written_as_its_reference() -> None:
    """Without one there is nothing to write."""
    live = KIND.parse(SERVICE, {"is_set": True})
    assert KIND.to_yaml(SERVICE, live, {"password": REFERENCE}) == REFERENCE
    assert KIND.to_yaml(SERVICE, live) == {}
