"""From which address a request comes: trusted proxies are believed, nobody else is."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.service.callers import admits, caller_of, plain_address, plain_network

PROXIES = (plain_network("10.0.0.0/8"), plain_network("2001:db8:1::/48"))


def entry(address: str) -> object:
    return KINDS["whitelist_entry"].parse("whitelist_entry/~1", {"address": address})


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # nobody believes a stranger
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.9, 198.51.100.1"], "198.51.100.1"),  # what the caller wrote himself counts nothing
        ("10.0.0.1", ["192.0.2.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["nonsense, 198.51.100.1"], "198.51.100.1"),
        ("2001:db8:1::9", ["2001:db8:2::1"], "2001:db8:2::1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
    ],
)
def test_the_first_hop_that_nobody_vouches_for_is_the_caller(peer: str, forwarded: list[str], caller: str) -> None:
    """Read from the end of the list."""
    assert caller_of(peer, forwarded, PROXIES) == ip_address(caller)


@pytest.mark.parametrize("header", ["", "unknown", "198.51.100.1:443", "localhost", "10.0.0.256", ","])
def test_a_proxy_that_says_nothing_plain_is_no_caller(header: str) -> None:
    """Nobody is admitted by what can't be read."""
    with pytest.raises(ValueError, match=r".*"):
        caller_of("10.0.0.1", [header], PROXIES)


@given(st.ip_addresses(), st.lists(st.text(st.characters(codec="latin-1"))))
def test_a_stranger_is_himself_whatever_he_sends(peer: object, forwarded: list[str]) -> None:
    """Whoever isn't a trusted proxy can't choose his address."""
    plain = plain_address(str(peer))
    if not any(plain in network for network in PROXIES if network.version == plain.version):
        assert caller_of(str(peer), forwarded, PROXIES) == plain


@pytest.mark.parametrize(
    ("entries", "caller", "may"),
    [
        ([], "203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.7", True),
        (["203.0.113.7"], "::ffff:203.0.113.7", True),
        (["203.0.113.7"], "203.0.113.8", False),
        (["2001:db8::1"], "2001:db8:0::1", True),
        (["2001:db8::1", "203.0.113.7"], "2001:db8::2", False),
    ],
)
def test_a_whitelist_admits_its_entries_and_an_empty_one_everybody(entries: list[str], caller: str, may: bool) -> None:
    """An address is the same in each of its spellings."""
    assert admits([entry(address) for address in entries], plain_address(caller)) is may


def test_a_network_of_mapped_addresses_is_one_of_plain_addresses() -> None:
    """So that a proxy is recognised, however the system writes its address."""
    assert plain_network("::ffff:10.0.0.0/104") == plain_network("10.0.0.0/8")
