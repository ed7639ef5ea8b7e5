"""The Musterfirma is made from a seed: the same everywhere, of the size that was asked for, and it holds together."""

import hashlib
import json
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.demo.firm import DAY, DOMAINS_A_PACKAGE, HOME, LARGEST, SMALLEST, Firm, Shape
from reconciler.demo.settings import settings as settings_of
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.errors import UsageError

sizes = st.integers(SMALLEST, 3_000)


def digest(firm: Firm) -> str:
    """Return a digest of every setting of a firm, with the secrets."""
    rows = [
        [one.address, one.data, {path: secret.reveal() for path, secret in one.secrets.items()}, one.always]
        for one in settings_of(firm)
    ]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


@given(st.integers(SMALLEST, LARGEST))
def test_a_shape_has_as_many_resources_as_its_size(size: int) -> None:
    """Whatever the size, the parts add up to it, and none of them is negative."""
    shape = Shape.of(size)

    assert sum(shape) == size
    assert min(shape) >= 0
    assert shape.domains >= 1 and shape.mailboxes >= shape.domains and shape.contacts >= 1
    assert shape.records >= 7 * shape.domains


@settings(max_examples=15)
@given(sizes)
def test_a_firm_has_as_many_settings_as_its_size(size: int) -> None:
    """Each setting has an address of its own, and without those that every account has there are ``size`` of them."""
    made = list(settings_of(Firm(size=size)))

    assert len({one.address for one in made}) == len(made)
    assert sum(not one.always for one in made) == size


def test_the_largest_firm_has_different_names_for_everything() -> None:
    """Also where names run out, nobody and nothing is called like another."""
    made = Counter(kind_of(one.address) for one in settings_of(Firm(size=LARGEST)) if not one.always)

    assert made.total() == LARGEST
    assert len({one.address for one in settings_of(Firm(size=LARGEST))}) == LARGEST + 7
    assert made["record"] > made["mailbox"] > made["alias"] > made["zone"] > made["ftp_account"] > made["contact"]


@settings(max_examples=20)
@given(st.integers(0, 5), sizes)
def test_the_same_seed_and_size_make_the_same_firm(seed: int, size: int) -> None:
    """Two firms of one seed are equal in every octet; another seed makes another firm."""
    assert digest(Firm(seed, size)) == digest(Firm(seed, size))
    assert digest(Firm(seed, size)) != digest(Firm(seed + 1, size))


def test_another_process_makes_the_same_firm() -> None:
    """Nothing depends on how a process hashes its strings."""
    script = "from demo.test_firm import digest; from reconciler.demo.firm import Firm; print(digest(Firm(3, 300)))"
    path = json.dumps(sys.path)
    runs = [
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:] = {path}; {script}"],
            env={"PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]

    assert runs == [digest(Firm(3, 300)) + "\n"] * 2


@settings(max_examples=10)
@given(st.integers(0, 3), sizes)
def test_every_setting_is_one_that_its_kind_takes(seed: int, size: int) -> None:
    """Each kind reads what the firm has, and gives it the address under which it stands."""
    for one in settings_of(Firm(seed, size)):
        kind = KINDS[kind_of(one.address)]
        value = kind.parse(one.address, one.data)
        assert kind.address(kind.keys(one.address)) == one.address
        assert kind.parse(one.address, one.data) == value


@settings(max_examples=10)
@given(st.integers(0, 3), sizes)
def test_every_reference_leads_to_something(seed: int, size: int) -> None:
    """What a setting refers to in the firm's own domains is there: zones, mailboxes, contacts."""
    firm = Firm(seed, size)
    made = {one.address: KINDS[kind_of(one.address)].parse(one.address, one.data) for one in settings_of(firm)}
    there = {*made, *(f"mail_domain/{domain.name}" for domain in firm.domains)}
    for address, value in made.items():
        named = set(KINDS[kind_of(address)].references(address, value))
        receivers = {name for name in named if kind_of(name) in ("mailbox", "alias")}
        assert named - receivers <= there
        # A target is named as mailbox and as alias, because nobody knows which of both it is.
        assert all({f"mailbox/{name}", f"alias/{name}"} & there for name in {n.partition("/")[2] for n in receivers})


def test_domains_are_in_packages_that_have_room() -> None:
    """A package never has more domains than it may have, and each domain was booked before the day of the account."""
    firm = Firm(size=LARGEST)
    inside = Counter(domain.package for domain in firm.domains)

    assert max(inside.values()) <= DOMAINS_A_PACKAGE
    assert list(inside) == list(firm.packages)
    assert all(domain.since < DAY < domain.renews for domain in firm.domains)
    assert firm.domains[0].name == HOME


def test_no_name_or_number_is_anybodys() -> None:
    """Domains, addresses, telephone numbers and the network are those that are reserved for such use."""
    for one in settings_of(Firm(size=2_000)):
        if kind_of(one.address) == "record":
            _, zone, _, rtype = one.address.split("/")
            assert zone.endswith(".example")
            if rtype == "A":
                assert all(value.startswith(("198.18.", "198.19.")) for value in one.data["values"])
            if rtype == "AAAA":
                assert all(value.startswith("2001:2:0:") for value in one.data["values"])
        if kind_of(one.address) == "contact":
            assert one.data["phone"].startswith("+49 30 23125")
            assert one.data["email"].endswith(".example")


def test_nobody_knows_a_password_and_no_output_shows_one() -> None:
    """Every password is a hash of its own, in the form that the account keeps, and has no text form."""
    firm = Firm(size=500)
    secrets = [secret for one in settings_of(firm) for path, secret in one.secrets.items() if path == "password"]
    hashes = {secret.reveal() for secret in secrets}

    assert all(secret.is_hash for secret in secrets)
    assert len(hashes) == len(secrets)
    assert all(text.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for text in hashes)
    assert not any(text in repr(list(settings_of(firm))) for text in hashes)


@pytest.mark.parametrize("size", [-1, 0, SMALLEST - 1, LARGEST + 1])
def test_a_size_out_of_bounds_is_refused_with_the_bounds(size: int) -> None:
    """Nobody waits for an account that can't be made."""
    with pytest.raises(UsageError) as refused:
        Firm(size=size)

    assert "from 10 to 100000" in (refused.value.help or "")
