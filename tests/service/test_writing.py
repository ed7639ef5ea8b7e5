"""Writing over HTTP: what it expects is said, all that is wrong is said, and the same key has one effect."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds import KINDS
from service.serving import Served, serving

NEW = {"if_none_match": "*"}
BOX = {"value": {"name": "Information"}, "secrets": {"password": {"text": "a-long-password-1"}}}


def test_a_setting_is_made_changed_and_deleted(served: Served) -> None:
    """Each answer tells the version that the next write expects."""
    path = "/v1/settings/mailbox/info@example.org"
    made = served.put(path, BOX, **NEW)
    assert made.status_code == 201
    assert made.headers["location"] == "/v1/settings/mailbox/info%40example.org"
    assert made.json()["value"]["name"] == "Information"
    changed = served.put(path, {"value": {"name": "Desk"}}, if_match=made.headers["etag"])
    assert (changed.status_code, changed.json()["value"]["name"]) == (200, "Desk")
    assert served.delete(path, if_match=changed.headers["etag"]).status_code == 204
    assert served.get(path).status_code == 404


def test_what_has_no_name_of_its_own_is_named_by_the_account(served: Served) -> None:
    """A contact goes by the account's id, which its answer tells."""
    body = {"value": {"name": "Erika", "email": "erika@example.org"}}
    made = served.post("/v1/settings/contact", body)
    assert made.status_code == 201
    there = served.get(made.headers["location"])
    assert there.json() == made.json()
    assert there.json()["address"].startswith("contact/~")
    gone = served.delete(made.headers["location"], if_match=there.headers["etag"])
    assert gone.status_code == 204


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_write_that_expects_nothing_is_refused(served: Served, method: str) -> None:
    """428, with what to send."""
    path = "/v1/settings/notification/invoice"
    answer = served.put(path, {"value": {"channels": []}}) if method == "put" else served.delete(path)
    assert answer.status_code == 428
    assert answer.json()["type"] == "urn:reconciler:problem:unconditional"
    assert "If-Match" in answer.json()["detail"]


def test_a_write_that_expects_another_version_learns_the_present_one(served: Served) -> None:
    """412, in the problem and as the ETag; nothing was written."""
    path = "/v1/settings/notification/newsletter"
    before = served.get(path)
    answer = served.put(path, {"value": {"channels": ["sms"]}}, if_match='"99999"')
    assert answer.status_code == 412
    assert answer.headers["etag"] == before.headers["etag"]
    assert answer.json()["version"] == before.json()["version"]
    assert served.get(path).json() == before.json()


def test_what_exists_already_is_not_made_again(served: Served) -> None:
    """412, too."""
    path = "/v1/settings/record/example.org/www/A"
    body = {"value": {"ttl": 60, "values": ["192.0.2.1"]}}
    assert served.put(path, body, **NEW).status_code == 201
    again = served.put(path, body, **NEW)
    assert (again.status_code, again.json()["version"]) == (412, served.get(path).json()["version"])


def test_the_same_key_has_one_effect_and_the_same_answer(served: Served) -> None:
    """As after an answer that was lost."""
    key = served.key()
    body = {"value": {"name": "Max", "email": "max@example.org"}}
    first = served.post("/v1/settings/contact", body, idempotency_key=key)
    again = served.post("/v1/settings/contact", body, idempotency_key=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert served.get("/v1/settings/contact").json()["total"] == 1


def test_a_key_that_was_used_for_something_else_is_refused(served: Served) -> None:
    """Neither the old effect nor a new one would be what was meant."""
    key = served.key()
    body = {"value": {"name": "Ida", "email": "ida@example.org"}}
    path = served.post("/v1/settings/contact", body, idempotency_key=key).headers["location"]
    other = {"value": {"name": "Ida", "email": "other@example.org"}}
    answers = [
        served.post("/v1/settings/contact", other, idempotency_key=key),
        served.delete(path, idempotency_key=key, if_match="*"),
        served.put(path, body, idempotency_key=key, if_match="*"),
    ]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (409, "Its idempotency key was used for another write.")
    }
    assert served.get(path).json()["value"]["email"] == "ida@example.org"


def test_many_write_at_once(served: Served) -> None:
    """Each write is one transaction; none is lost, and none fails because another one is writing."""

    def make(number: int) -> int:
        path = f"/v1/settings/record/example.org/crowd{number}/A"
        return served.put(path, {"value": {"ttl": 60, "values": ["192.0.2.1"]}}, **NEW).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(make, range(40))) == {201}


def test_a_file_that_another_program_holds_is_no_refusal(tmp_path: Path) -> None:
    """503, to be tried again, and nothing of the file's place."""
    with serving(tmp_path / "account.db", timeout=0.0) as running, sqlite3.connect(tmp_path / "account.db") as other:
        other.execute("BEGIN IMMEDIATE")
        answer = running.put("/v1/settings/notification/outage", {"value": {"channels": []}}, if_match="*")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert str(tmp_path) not in answer.text


def test_all_that_is_wrong_is_said_at_once_and_without_the_values(served: Served) -> None:
    """A secret or a person's data in a wrong place comes back in no answer."""
    value = {"quota": "much", "nmae": "hidden-4711", "forward_to": ["no address"]}
    body = {"value": value, "secrets": {"pin": {"text": "hidden-4712"}}}
    answer = served.put("/v1/settings/mailbox/wrong@example.org", body, **NEW)
    assert answer.status_code == 422
    assert {said.partition(":")[0] for said in answer.json()["errors"]} >= {"quota", "nmae"}
    assert "hidden" not in answer.text


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("mailbox/Info@Example.org", BOX, "spelling"),
        ("mailbox/nobody", BOX, "domain"),
        ("record/example.org/www", {"value": {"ttl": 1, "values": ["192.0.2.1"]}}, "address"),
        ("record/example.org/www/A", {"value": {"ttl": 2**31, "values": ["192.0.2.1"]}}, "ttl"),
        ("record/example.org/www/A", {"value": {"ttl": 60, "values": []}}, "values"),
        ("record/example.org/www/A", {"value": {"ttl": 60, "values": ["192.0.2.1"], "type": "MX"}}, "type"),
        ("record/example.org/www/A", {"value": {"ttl": 60, "values": ["no address"]}}, ""),
        ("mailbox/a@example.org", {"value": {}}, "secrets.password"),
        ("mailbox/a@example.org", {"value": {}, "secrets": {"password": {"text": "plain", "is_hash": True}}}, "hash"),
        ("ftp_account/deploy", {"value": {"home": "/x"}, "secrets": {"password": {"text": ""}}}, ""),
        ("contact/erika", {"value": {"name": "E", "email": "e@example.org"}}, "id"),
    ],
)
def test_what_is_no_value_of_its_kind_is_refused(served: Served, path: str, body: Any, place: str) -> None:
    """422, and a sentence that says where."""
    answer = served.put(f"/v1/settings/{path}", body, **NEW)
    assert answer.status_code == 422, answer.text
    assert place in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_rules_of_the_account_hold_over_http(served: Served) -> None:
    """409, with the account's own sentence."""
    answer = served.put("/v1/settings/mailbox/info@example.net", BOX, **NEW)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:reconciler:problem:refused")
    assert "example.net" in answer.json()["detail"]


def test_a_password_is_set_by_its_secret_alone(served: Served) -> None:
    """Saying that it is set, without it, sets nothing."""
    path = "/v1/settings/password/telephone"
    version = served.version(path)
    assert served.put(path, {"value": {"is_set": True}}, if_match=version).status_code == 422
    secrets = {"password": {"text": "a-long-password-2"}}
    answer = served.put(path, {"value": {"is_set": True}, "secrets": secrets}, if_match=version)
    assert (answer.status_code, answer.json()["value"]) == (200, {"is_set": True})


def test_a_batch_is_done_whole(served: Served) -> None:
    """Each write has its answer, with the version of what is there now."""
    answer = served.batch(
        {**_record("one"), "action": "create", "if_none_match": "*"},
        {**_record("two"), "action": "create", "if_none_match": "*"},
    )
    assert answer.status_code == 200
    versions = [served.get(f"/v1/settings/record/example.org/{name}/A").json()["version"] for name in ("one", "two")]
    assert [one["version"] for one in answer.json()["answers"]] == versions


def test_a_batch_of_which_one_write_is_stale_writes_nothing(served: Served) -> None:
    """412; the answers say which it was, and what its version is now."""
    served.batch({**_record("base"), "action": "create", "if_none_match": "*"})
    answer = served.batch(
        {**_record("new"), "action": "create", "if_none_match": "*"},
        {**_record("base", "192.0.2.9"), "action": "update", "if_match": "1"},
    )
    assert answer.status_code == 412
    there = served.get("/v1/settings/record/example.org/base/A").json()
    assert [one.get("version") for one in answer.json()["answers"]] == [None, there["version"]]
    assert there["value"]["values"] == ["192.0.2.1"]
    assert served.get("/v1/settings/record/example.org/new/A").status_code == 404


def test_a_batch_that_breaks_a_rule_writes_nothing(served: Served) -> None:
    """409; the answer of the write to blame says why."""
    cname = {"action": "create", "if_none_match": "*", "address": "record/example.org/both/CNAME"}
    answer = served.batch(
        {**_record("both"), "action": "create", "if_none_match": "*"},
        {**cname, "after": {"type": "CNAME", "ttl": 60, "values": ["example.net."]}},
    )
    assert answer.status_code == 409
    assert {one["status"] for one in answer.json()["answers"]} == {"failed"}
    assert "CNAME" in answer.text


def test_an_update_in_a_batch_names_only_what_it_changes(served: Served) -> None:
    """What it doesn't name stays."""
    path = "/v1/settings/mailbox/partly@example.org"
    made = served.put(path, BOX, **NEW).json()
    address = "mailbox/partly@example.org"
    write = {"action": "update", "address": address, "if_match": made["version"], "after": {"keep_copy": False}}
    assert served.batch(write).status_code == 200
    assert served.get(path).json()["value"] == {**made["value"], "keep_copy": False}


@pytest.mark.parametrize(
    ("write", "status"),
    [
        ({"action": "create", "after": {"ttl": 60, "values": ["192.0.2.1"]}}, 428),
        ({"action": "update", "after": {"ttl": 60, "values": ["192.0.2.1"]}}, 428),
        ({"action": "delete"}, 428),
        ({"action": "delete", "if_match": "*", "after": {}}, 422),
        ({"action": "update", "if_match": "*"}, 422),
        ({"action": "update", "if_match": "*", "after": {"ttl": -1, "values": ["192.0.2.1"]}}, 422),
        ({"action": "update", "if_match": "*", "before": {}, "after": {"ttl": 1, "values": ["192.0.2.1"]}}, 422),
        ({"action": "delete", "if_match": "*", "moved_from": "mailbox/info@example.org"}, 422),
        ({"action": "delete", "if_match": "*", "surplus": 1}, 422),
        ({"action": "delete", "if_match": "*", "key": "short"}, 422),
    ],
)
def test_a_write_of_a_batch_is_judged_as_one_alone(served: Served, write: dict[str, Any], status: int) -> None:
    """And each error names the place of the write."""
    answer = served.batch({"address": "record/example.org/judged/A", **write})
    assert answer.status_code == status, answer.text
    assert "writes.0" in answer.text


def test_what_is_claimed_nobody_else_may_write(served: Served) -> None:
    """A second repository that thinks it owns the same setting is refused, by the name of the first."""
    path = "/v1/settings/record/example.org/claimed/A"
    body = {"value": {"ttl": 60, "values": ["192.0.2.1"]}}
    made = served.put(path, body, managed_by="git.example.net/one", **NEW)
    assert made.json()["managed_by"] == "git.example.net/one"
    other = served.put(path, body, managed_by="git.example.net/two", if_match=made.headers["etag"])
    assert other.status_code == 409
    assert "git.example.net/one" in other.json()["detail"]
    assert served.delete(path, managed_by="git.example.net/one", if_match=made.headers["etag"]).status_code == 204


def test_the_accounts_log_names_the_token_and_the_address(served: Served) -> None:
    """Whoever looks later knows who did it, and from where."""
    headers = served.token_for("night-run", "write:notifications", "read")
    path = "/v1/settings/notification/outage"
    served.put(path, {"value": {"channels": ["sms"]}}, if_match=served.version(path), **headers)
    last = served.account.store.read_facts({"log"}).kinds["log"].values()
    entry = max(last, key=lambda one: int(one.name)).model_dump()
    assert (entry["who"], entry["origin"], entry["action"]) == ("night-run", "127.0.0.1", "update")


def _record(name: str, address: str = "192.0.2.1") -> dict[str, Any]:
    return {
        "address": f"record/example.org/{name}/A",
        "after": {"type": "A", "ttl": 60, "values": [address]},
    }


@pytest.mark.parametrize("kind", ["mailbox", "contact", "notification", "record"])
def test_a_kind_alone_is_no_address_of_what_there_are_several_of(served: Served, kind: str) -> None:
    """Neither in a path, where `-` is a name that nothing has, nor in a batch; and it is no mistake of the service."""
    body = {"value": {}, "secrets": {}}
    put = served.put(f"/v1/settings/{kind}/-", body, if_match="*").status_code
    delete = served.delete(f"/v1/settings/{kind}/-", if_match="*").status_code
    assert (put, delete) == ((404, 409) if KINDS[kind].fixed else (422, 422))
    assert served.get(f"/v1/settings/{kind}/-").status_code == 404
    assert served.batch({"action": "delete", "address": kind, "if_match": "*"}).status_code == 422
    asked = served.put("/v1/requests/payment/-", {"key": served.key(), "value": {"amount": "1.00 EUR"}}, **NEW)
    assert asked.status_code == 422
