"""Settings are judged without pydantic exactly as pydantic's model of the same fields judges them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from model.judged import ODD, changed, judge_both, plain, ways
from reconciler.kinds.zone import ZoneModel
from reconciler.model.account import AccountConfig, ApprovalRule, Dns, Policy
from reconciler.model.meta import Meta
from reconciler.model.written import Written

WHOLE: dict[str, Any] = {
    "version": "1",
    "account": "K-104711",
    "providers": {
        "default": {"type": "embedded", "path": "account.db"},
        "dns": {
            "type": "rfc2136",
            "server": "192.0.2.53",
            "port": "5353",
            "tsig": {"name": "ours.", "key": {"secret": "env/KEY"}},
            "zones": {"primary": "ns1.example.net.", "addresses": ["192.0.2.1"], "rndc": {"directory": "/var/named"}},
        },
        "mail": {"type": "powerdns", "url": "https://ns1.example.net:8081", "api_key": {"secret": "file/key"}},
        "contacts": {
            "type": "kundencenter",
            "url": "http://127.0.0.1:8080",
            "token": {"secret": "file/s.age#token"},
            "managed_by": "infra",
        },
        "billing": {"type": "manual", "portal": "Meine Daten", "max_age": "90d"},
        "address": {
            "type": "octodns",
            "class": "octodns_bind.Rfc2136Provider",
            "options": {"host": "192.0.2.1", "key": {"secret": "env/T"}, "list": ["a", {"b": "c"}]},
        },
    },
    "policy": {
        "unmanaged": {"default": "report", "mailbox": "ignore"},
        "ignore": [{"match": "record/*", "reason": "theirs", "until": "2026-12-31"}],
        "silence": [{"match": "*", "reason": "known", "code": "mx-to-cname"}],
        "drift": "hold",
        "secrets": ["env/MAIL_*"],
        "approvals": {"default": {"count": "2", "from": ["acme/ops"], "not": "author"}},
        "links": ["https://servercon.example.com"],
        "octodns_classes": ["octodns_bind.*"],
    },
    "dns": {
        "directory": "zones",
        "templates": "true",
        "defaults": {"default_ttl": "3600", "lenient": "false"},
        "verify": {"servers": {"default": ["192.0.2.53", "[2001:db8::53]:5353"]}, "deadline": "2min"},
    },
    "record": {"ref": "reconciler/K-1", "remote": "origin"},
    "exclude": ["*.md"],
}


def test_whole_settings_are_judged_without_pydantic() -> None:
    """Every provider and every key of the file is known both ways."""
    found = AccountConfig.judged(WHOLE)
    assert plain(found) == plain(TypeAdapter(AccountConfig).validate_python(WHOLE))
    assert found.policy.approvals is not None and found.policy.approvals.of("money") == ApprovalRule(
        count=2, from_=("acme/ops",), not_="author"
    )
    assert found.providers.sections.keys() == WHOLE["providers"].keys() - {"default"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_ischanged_in_them_bothways_come_to_the_same(data: st.DataObject) -> None:
    """One or two changes anywhere: what one way takes the other takes, as the same, and what it refuses it refuses."""
    found = WHOLE
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(ways(found) if isinstance(found, dict) else [()]))
        found = changed(found, way, data.draw(st.sampled_from(["replace", "drop", "add"])), data.draw(ODD))
    judge_both(AccountConfig, found)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["reason", "until", "protect", "ignore", "use", "meta", "records", "default_ttl", "x"]),
        ODD | st.just("2026-12-31"),
        max_size=3,
    )
)
def test_small_mappings_are_judged_alike(data: dict[str, Any]) -> None:
    """What stands in `meta:` and at a zone."""
    judge_both(Meta, data)
    judge_both(ZoneModel, data)
    judge_both(Dns, data)


def test_what_is_wrong_is_said_at_its_place() -> None:
    """Everything that is wrong is said at once, each with the way to it."""
    wrong = changed(changed(WHOLE, ("providers", "dns", "port"), "replace", "x"), ("policy", "drift"), "replace", "y")
    with pytest.raises(ValidationError) as caught:
        AccountConfig.model_validate(wrong)
    assert [one["loc"] for one in caught.value.errors()] == [
        ("providers", "dns", "rfc2136", "port"),
        ("policy", "drift"),
    ]


def test_settings_are_frozen_and_compare_by_what_they_say() -> None:
    """Two that say the same are equal, one place for each set; nobody changes one."""
    one, other = Policy(drift="revert"), Policy.model_validate({"drift": "revert"})
    assert one == other != Policy()
    assert hash(Meta(owner="a")) == hash(Meta(owner="a"))
    with pytest.raises(AttributeError):
        one.drift = "hold"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Policy(drift="x")  # type: ignore[arg-type]
    assert one.model_copy({"guards": "off"}).guards == "off"


@pytest.mark.parametrize("how", [{}, {"exclude_none": True}, {"exclude_defaults": True}, {"by_alias": True}])
def test_settings_are_written_as_pydantic_writes_them(how: dict[str, bool]) -> None:
    """As JSON types, by the same keys in the same order."""
    for cls, data in (
        (AccountConfig, {**WHOLE, "providers": {"default": WHOLE["providers"]["default"]}}),
        (Policy, {}),
    ):
        ours = cls.model_validate(data)
        theirs = _model_all_the_way(ours)
        assert json.dumps(ours.model_dump(**how)) == json.dumps(theirs.model_dump(mode="json", **how))


def _model_all_the_way(one: Written) -> Any:
    """Return pydantic's model of settings with the models of all that is in them."""
    made = {name: _inside(value) for name, value in one}
    return one.model().model_construct(**made)


def _inside(value: Any) -> Any:
    if isinstance(value, Written):
        return _model_all_the_way(value)
    if isinstance(value, dict):
        return {key: _inside(inner) for key, inner in value.items()}
    return tuple(map(_inside, value)) if type(value) is tuple else value
