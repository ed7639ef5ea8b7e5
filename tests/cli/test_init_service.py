"""``init`` of an account behind a service: what has to be said, and what never is."""

from pathlib import Path

import pytest

from inside import Inside
from providers.paged import TOKEN, Paged, contacts, entry, paged, problem


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--url", "https://a.example"), "A token is never written into a command line"),
        (("--url", "https://a.example", "--token", TOKEN), "A token is never written into a command line"),
        (("--token", "env/TOKEN"), "where the account is"),
        (("--ca-file", "ca.pem"), "where the account is"),
        (("--url", "https://a.example", "--token", "env/TOKEN", "--account", "K-1"), "says itself"),
        (("--url", "https://a.example", "--token", "env/TOKEN", "--embedded", "a.db"), "says itself"),
        (("--url", "http://a.example", "--token", "env/TOKEN"), "in the clear"),
        (("--url", f"https://x:{TOKEN}@a.example", "--token", "env/TOKEN"), "never written here"),
    ],
)
def test_what_has_to_be_said(tmp_path: Path, args: tuple[str, ...], says: str) -> None:
    """A wrong command line, and no word of a token that stands in it."""
    done = Inside(tmp_path)("init", *args)
    assert done.code == 64
    assert says in done.err
    assert TOKEN not in done.err + done.out
    assert not list(tmp_path.iterdir())


def account(service: Paged) -> Paged:
    """Give the service a contact and a zone."""
    service.collections["/v1/settings/contact"] = contacts(1)
    service.collections["/v1/settings/zone"] = [entry("zone/example.org")]
    service.collections["/v1/zones/example.org/records"] = [
        entry("record/example.org/www/A", ttl=300, values=["192.0.2.1"])
    ]
    return service


def test_a_whole_account_is_adopted_by_reading_alone(tmp_path: Path) -> None:
    """The settings name the place of the token, nothing was sent that writes, and the first plan is empty."""
    with paged() as running:
        service = account(running)
        run = Inside(tmp_path, {"TOKEN": TOKEN})
        done = run("init", "--url", service.server.url, "--token", "env/TOKEN")
        assert done.code == 0, done.err
        assert done.out.splitlines()[-2] == "Requests that write: 0"
        assert done.out.splitlines()[-1].startswith("No changes.")
        assert {asked.verb for asked in service.server.asked} == {"GET"}
        assert all(asked.headers["authorization"] == f"Bearer {TOKEN}" for asked in service.server.asked)
        text = (tmp_path / "account.yaml").read_text("utf-8")
        assert f"{{type: kundencenter, url: {service.server.url}, token: {{secret: env/TOKEN}}}}" in text
        assert TOKEN not in text + done.out + done.err
        assert run("plan", "--detailed-exitcode").code == 0
        assert run("init", "--url", service.server.url, "--token", "env/TOKEN").code == 64


def test_who_isnt_let_in_writes_nothing(tmp_path: Path) -> None:
    """Exit code 7, and an empty folder."""
    with paged() as service:
        service.spoil = lambda asked, found: problem(403, "x", detail="This address is not in the whitelist.")
        done = Inside(tmp_path, {"TOKEN": TOKEN})("init", "--url", service.server.url, "--token", "env/TOKEN")
    assert done.code == 7
    assert "not in the whitelist" in done.err
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".yaml"]
