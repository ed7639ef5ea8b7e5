"""Links: what counts as one over HTTPS, and to which origin it leads."""

import pytest

from load.written import account, codes, load
from reconciler.model.links import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://servercon.example.com", "https://servercon.example.com"),
        ("https://ServerCon.Example.com:443/web-1?x=1#y", "https://servercon.example.com"),
        ("https://servercon.example.com:8443/", "https://servercon.example.com:8443"),
        ("http://servercon.example.com/", None),
        ("javascript:alert(1)", None),
        ("//servercon.example.com/", None),
        ("https://servercon.example.com@evil.example/", None),
        ("https://user:pw@servercon.example.com/", None),
        ("https://servercon.example.com\\@evil.example/", None),
        ("https://evil.example\\.servercon.example.com/", None),
        ("https://servercon.example.com /", None),
        ("https://servercon.example.com/a b", None),
        ("https://servercon.example.com/\x1b[31m", None),
        ("https://servercon.example.com/\n", None),
        ("https://servercon.example.com/\u202e", None),
        ("https://servercon\u3002example.com/", None),
        ("https:/servercon.example.com/", None),
        ("https://[::1]/", None),
        ("https://servercon.example.com:999999/", None),
        ("", None),
    ],
)
def test_only_what_every_browser_reads_alike_is_a_link(url: str, origin: str | None) -> None:
    """Blanks, backslashes, names before an `@`, wide dots and invisible characters make it none."""
    assert origin_of(url) == origin


def test_policy_admits_origins_exactly() -> None:
    """A link is admitted by its whole origin, never by what it begins with."""
    policy = load({"account.yaml": account("policy: {links: [https://servercon.example.com]}\n")}).config.policy
    assert policy.admits_link("https://servercon.example.com/web-1")
    assert not policy.admits_link("https://servercon.example.com.evil.example/")
    assert not policy.admits_link("https://servercon.example.com:8443/")
    assert not policy.admits_link("http://servercon.example.com/")
    assert not load({}).config.policy.admits_link("https://servercon.example.com/")


@pytest.mark.parametrize(
    "origin", ["http://a.example", "https://a.example/x", "https://a.example:443", "a.example", "''"]
)
def test_policy_names_origins(origin: str) -> None:
    """A path, another scheme, or another spelling is an error."""
    assert codes({"account.yaml": account(f"policy: {{links: [{origin}]}}\n")}) == ["wrong-type"]
