"""The settings of an account service: where its token goes, and where it never does."""

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.model.providers import KundencenterProvider

URL = "https://account.example.net"


def settings(**more: Any) -> KundencenterProvider:
    given = {"type": "kundencenter", "url": URL, "token": {"secret": "env/TOKEN"}, **more}
    return KundencenterProvider.model_validate(given)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"url": "account.example.net"}, "not the address of a web server"),
        ({"url": "ftp://account.example.net"}, "not the address of a web server"),
        ({"url": "https://account.example.net/?a"}, "not the address of a web server"),
        ({"url": "https://account.example.net:99999"}, "not the address of a web server"),
        ({"url": "https://erika:secret@account.example.net"}, "A secret is never written here"),
        ({"url": "https://account.example.net/v1"}, "without `/v1`"),
        ({"url": "http://account.example.net"}, "The token would cross the network in the clear"),
        ({"token": "t0ken"}, "A secret is never written here"),
        ({"managed_by": ""}, "can't name who manages"),
        ({"managed_by": "a\nb"}, "can't name who manages"),
        ({"managed_by": "ü"}, "can't name who manages"),
        ({"managed_by": "x" * 201}, "can't name who manages"),
        ({"proxy": "http://erika:secret@proxy.example.org"}, "A secret is never written here"),
        ({"proxy": "proxy"}, "not the address of a web server"),
    ],
)
def test_what_cant_be_settings(more: dict[str, Any], why: str) -> None:
    """Each says why, and none repeats a secret."""
    with pytest.raises(ValidationError, match=why) as raised:
        settings(**more)
    assert "secret@" not in raised.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "more",
    [
        {"url": "https://account.example.net/base/"},
        {"url": "http://127.0.0.1:8080"},
        {"url": "http://[::1]:8080"},
        {"url": "http://account.internal", "cleartext": "true"},
        {"managed_by": "acme/infrastructure (production)"},
    ],
)
def test_what_can(more: dict[str, Any]) -> None:
    """Without a slash at the end."""
    assert not settings(**more).url.endswith("/")
