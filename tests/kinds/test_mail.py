"""Mail addresses: judged by the domain where the name is plain, and never otherwise than by the general library."""

import idna
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from reconciler.kinds._mail import canonical_domain, canonical_email

NAMES = st.text("abz09._-+AÜ\"' ", max_size=70) | st.sampled_from(["info", "INFO", "webmaster", "a" * 64, "a.b.c.d"])
LABELS = st.text("abz09-Aü_", max_size=64) | st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)
LAST = st.sampled_from(["org", "shop", "arpa", "invalid", "local", "localhost", "onion", "test", "xn--p1ai", "c2", "x"])
DOMAINS = (
    st.lists(LABELS, max_size=5).map(".".join)
    | st.builds("{}.{}".format, st.lists(LABELS, min_size=1, max_size=9).map(".".join), LAST)
    | st.sampled_from(["[127.0.0.1]", "example.org.", "localhost", "example.org\n", "xn--bcher-kva.example"])
)
UMLAUTS = st.text("abz09-äöüßéÿ÷Üſ·", min_size=1, max_size=40) | st.from_regex(r"[a-z](-?[äüß]){1,20}", fullmatch=True)


def in_general(text: str) -> str:
    """Return what the library makes of a whole address, or why it is none."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError as error:
        return f"not one: {error}"
    return f"{found.local_part}@{found.ascii_domain.lower()}"


@given(NAMES, DOMAINS)
@example("info", "example.org")
@example("a" * 32, ".".join(["b" * 60] * 4))
@example("a@b", "example.org")
@example("info", f"{'b' * 64}.example")
@example("info", "a-.example")
@example("info", "ab--c.example")
def test_an_address_is_what_the_general_library_says(name: str, domain: str) -> None:
    """Whether it is judged whole or by its domain: the same spelling, or the same words for why it is none."""
    expected = in_general(f"{name}@{domain}")
    try:
        assert canonical_email(f"{name}@{domain}") == expected
    except PydanticCustomError as error:
        assert expected.startswith("not one: ")
        assert expected.removeprefix("not one: ") in error.message()


def a_label(label: str) -> str:
    """Return a label as ASCII, whether it may stand there or not."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


@given(st.lists(UMLAUTS, min_size=1, max_size=4), st.sampled_from(["example", "arpa", "xn--p1ai", "ä"]))
@example(["müller-söhne"], "example")
@example(["ä" * 60], "example")
@example(["-ä"], "example")
def test_a_domain_with_umlauts_is_what_the_general_libraries_say(labels: list[str], last: str) -> None:
    """As it is written and as it stands in the DNS."""
    domain = ".".join([*labels, last])
    written = ".".join(map(a_label, [*labels, last]))
    for text in (f"info@{written}", f"info@{domain}"):
        try:
            assert canonical_email(text) == in_general(text)
        except PydanticCustomError as error:
            assert in_general(text).removeprefix("not one: ") in error.message()
    try:
        encoded = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        encoded = ""
    try:
        assert canonical_domain(domain) == (encoded or domain.lower())
    except PydanticCustomError:
        assert not encoded or in_general(f"info@{encoded}").startswith("not one: ")


@pytest.mark.parametrize("text", ["xn--", "xn--a", "xn--abc-", "XN--MLLER-KVA", "xn--mller-kvb", "xn--mller-kva-"])
def test_what_only_looks_like_an_a_label_is_judged_by_the_general_library(text: str) -> None:
    """An A-label is believed only where it is the one of its spelling."""
    address = f"info@{text}.example"
    try:
        assert canonical_email(address) == in_general(address)
    except PydanticCustomError as error:
        assert in_general(address).removeprefix("not one: ") in error.message()


@pytest.mark.parametrize("text", ["", "@", "info", "info@", "@example.org", "a b@example.org", "a" * 2000])
def test_what_is_no_address_is_refused(text: str) -> None:
    """In words, however it is spelt."""
    with pytest.raises(PydanticCustomError):
        canonical_email(text)
