"""Who stands before the service counts what was asked, and changes nothing of what is said."""

import httpx2
from delayed import Asked, before, round_trips

from web.answering import Said, answering


def asked(began: float, ended: float) -> Asked:
    """Return a request at these times."""
    return Asked(began, ended, "GET", "/v1/settings/alias", 200)


def test_requests_that_overlap_are_one_round_trip() -> None:
    """Four requests, two at a time, need the time of two."""
    assert round_trips([asked(0, 2), asked(0, 2.1), asked(2.2, 4), asked(2.2, 4.1)]) == 2


def test_requests_one_after_another_are_as_many_round_trips() -> None:
    """Each that begins after another's answer may have waited for it."""
    assert round_trips([asked(n, n + 0.9) for n in range(5)]) == 5
    assert round_trips([]) == 0


def test_a_request_is_passed_on_as_it_is_and_written_down() -> None:
    """Conditions, bodies and answers arrive unchanged; a 304 has no body."""
    with answering() as service, before(service.url, 0) as between, httpx2.Client(trust_env=False) as client:
        service.say(Said(200, b'{"a": 1}', {"ETag": '"x"'}), Said(304, b"", {"ETag": '"x"'}), Said(201, b"{}"))
        first = client.get(f"{between.url}/v1/settings/alias?cursor=2")
        again = client.get(f"{between.url}/v1/settings/alias", headers={"If-None-Match": '"x"'})
        made = client.put(f"{between.url}/v1/settings/alias/a", content=b'{"b": 2}')
    assert (first.json(), first.headers["etag"], again.status_code, made.status_code) == ({"a": 1}, '"x"', 304, 201)
    assert service.asked[2].body == b'{"b": 2}'
    found = [(one.verb, one.path, one.status, one.conditional) for one in between.taken()]
    assert found == [
        ("GET", "/v1/settings/alias?cursor=2", 200, False),
        ("GET", "/v1/settings/alias", 304, True),
        ("PUT", "/v1/settings/alias/a", 201, False),
    ]
    assert between.taken() == []
