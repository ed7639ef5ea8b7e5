"""Requests as they are written: under a reference that is used once, with files of the account folder."""

from hashlib import sha256

import pytest

from load.written import account, codes, errors, load, the_error
from reconciler.kinds import KINDS
from reconciler.kinds.request_kind import attached_to
from reconciler.model.fields import Fields
from reconciler.model.span import Span

ORDER = "requests: {2026-11-shop: {order: {domain: example.shop}}}\n"
SUPPORT = "requests: {mail: {support_request: {subject: Slow, text: It is slow., attachments: [%s]}}}\n"


def test_a_request_is_written_below_its_reference() -> None:
    """The key is the reference, the key below says what is asked for."""
    desired = load(ORDER)
    assert desired.state == {"order/2026-11-shop": Fields.of({"domain": "example.shop"})}
    assert desired.places["order/2026-11-shop"] == Span("resources.yaml", 1, 27)


def test_amounts_terms_and_domains_have_one_spelling() -> None:
    """So that equal requests are equal, however they were written."""
    desired = load(
        "requests:\n"
        "  a: {order: {domain: BÜCHER.example, max_price: 24.00 EUR/year gross, valid_until: 2026-12-15}}\n"
        "  b: {payment: {amount: 120 EUR}}\n"
        "  c: {data_processing_agreement: {data: [b, a, b], subjects: [x], annex: 010, signed_by: E}}\n"
    )
    assert desired.state["order/a"] == Fields.of(
        {"domain": "xn--bcher-kva.example", "max_price": "24.00 EUR/year gross", "valid_until": "2026-12-15"}
    )
    assert desired.state["payment/b"] == Fields.of({"amount": "120.00 EUR"})
    agreement = desired.state["data_processing_agreement/c"]
    assert KINDS["data_processing_agreement"].to_json(agreement) == {
        "data": ["a", "b"],
        "subjects": ["x"],
        "annex": "010",
        "signed_by": "E",
    }


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ("{}", "missing-key", "order"),
        ("{order: {}}", "wrong-value", "names none"),
        ("{order: {domain: a.shop, package: web-l}}", "wrong-value", "domain and package"),
        ("{order: {package: web-l, into: main}}", "wrong-value", "into a package"),
        ("{order: {domain: shop}}", "wrong-value", "not a domain"),
        ("{order: {domain: a.shop, max_price: 24 EUR}}", "wrong-type", "highest price"),
        ("{order: {package: web-l, max_setup: 49 EUR}}", "wrong-type", "price of the setup"),
        ("{order: {package: web-l, max_setup: 49.00 EUR net}}", "wrong-type", "price of the setup"),
        ("{order: {domain: a.shop, term: forever}}", "wrong-value", "months or years"),
        ("{order: {domian: a.shop}}", "unknown-key", "domian"),
        ("{payment: {amount: 120}}", "wrong-type", "amount of money"),
        ("{payment: {amount: -1.00 EUR}}", "wrong-value", "greater than zero"),
        ("{payment: {amount: 0.00 EUR}}", "wrong-value", "greater than zero"),
        ("{ownership_change: {new_owner: X}}", "missing-key", "attachments"),
        ("{support_request: {subject: ' ', text: x}}", "wrong-value", "nothing"),
        ("{ordre: {domain: a.shop}}", "unknown-key", "ordre"),
    ],
)
def test_what_can_not_be_asked_for_is_an_error(written: str, code: str, says: str) -> None:
    """With its place, and with what to write instead."""
    found = [error for error in errors(f"requests: {{ref: {written}}}\n") if error.code == code]
    assert found
    assert says in found[0].detail + found[0].help


@pytest.mark.parametrize("reference", ["-a", "a b", "a/b", "ä", "a" * 65])
def test_a_reference_is_plain(reference: str) -> None:
    """It stands in addresses, file names and letters."""
    assert codes(f"requests: {{'{reference}': {{payment: {{amount: 1 EUR}}}}}}\n") == ["wrong-value"]


def test_a_reference_is_used_once_over_all_kinds_and_files() -> None:
    """Two requests of one reference are reported, with both places."""
    other = "requests: {2026-11-shop: {payment: {amount: 1 EUR}}}\n"
    error = the_error({"a.yaml": ORDER, "b.yaml": other})
    assert (error.code, error.span, error.related) == (
        "reference-twice",
        Span("b.yaml", 1, 27),
        (Span("a.yaml", 1, 27),),
    )
    both = "requests: {ref: {payment: {amount: 1 EUR}, order: {domain: a.shop}}}\n"
    assert codes(both) == ["reference-twice"]
    assert codes({"a.yaml": ORDER, "b.yaml": ORDER}) == ["duplicate-address"]


class TestAttachments:
    """Files that go with a request: by name, digest and size, from inside the account folder."""

    def test_a_file_stands_in_the_value_by_its_digest(self) -> None:
        """And the plan knows where it lies, and the record which bytes it had."""
        desired = load({"r.yaml": SUPPORT % "logs/mail.txt", "logs/mail.txt": "hello"})
        value = desired.state["support_request/mail"]
        digest = sha256(b"hello").hexdigest()
        assert attached_to(value) == (digest,)
        assert KINDS["support_request"].to_json(value)["attachments"] == [
            {"name": "mail.txt", "sha256": digest, "size": 5}
        ]
        assert desired.attachments == {digest: "logs/mail.txt"}
        assert "logs/mail.txt" in desired.files

    def test_another_content_is_another_request_and_another_folder_is_not(self) -> None:
        """What is sent counts, not where it lies."""
        here = load({"r.yaml": SUPPORT % "a/x.txt", "a/x.txt": "hello"}).state
        moved = load({"r.yaml": SUPPORT % "b/x.txt", "b/x.txt": "hello"}).state
        changed = load({"r.yaml": SUPPORT % "a/x.txt", "a/x.txt": "Hello"}).state
        assert here == moved != changed

    @pytest.mark.parametrize("path", ["missing.txt", "../outside.txt", "/etc/passwd", "a/../x.txt", ".hidden", "''"])
    def test_what_is_not_in_the_folder_is_not_sent(self, path: str) -> None:
        """Nor is a link, or what lies in another repository."""
        files: dict[str, str | bytes] = {"r.yaml": SUPPORT % path, "x.txt": "x"}
        assert codes(files) == ["attachment-missing"]

    @pytest.mark.parametrize("what", ["symlink", "submodule", "special"])
    def test_a_link_is_not_followed(self, what: str) -> None:
        """It could lead anywhere."""
        found = errors({"r.yaml": SUPPORT % "x.txt"}, **{"x.txt": what})  # type: ignore[arg-type]  # what lies there
        assert "attachment-missing" in [error.code for error in found]

    def test_two_files_of_one_name_are_an_error(self) -> None:
        """The company couldn't tell them apart."""
        files: dict[str, str | bytes] = {"r.yaml": SUPPORT % "a/x.txt, b/x.txt", "a/x.txt": "1", "b/x.txt": "2"}
        assert codes(files) == ["wrong-value"]

    def test_a_mapping_is_no_file(self) -> None:
        """Nobody writes a digest by hand and sends what isn't there."""
        forged = "{name: x.txt, sha256: '%s', size: 1}" % ("0" * 64)
        assert codes({"r.yaml": SUPPORT % forged}) == ["wrong-type"]

    def test_large_files_are_refused(self) -> None:
        """One by one, and together."""
        large: dict[str, str | bytes] = {"r.yaml": SUPPORT % "x.bin", "x.bin": bytes(10 * 2**20 + 1)}
        assert codes(large) == ["attachment-too-large"]
        nine = bytes(9 * 2**20)
        several: dict[str, str | bytes] = {"r.yaml": SUPPORT % "a, b, c", "a": nine, "b": nine + b"b", "c": nine + b"c"}
        assert codes(several) == ["attachment-too-large"]


def test_requests_are_declared_in_any_file() -> None:
    """In account.yaml, too, and templates are rendered in them."""
    desired = load(
        {"account.yaml": account("vars: {shop: example.shop}\n" + ORDER.replace("example.shop", '"{{ vars.shop }}"'))}
    )
    assert desired.state == {"order/2026-11-shop": Fields.of({"domain": "example.shop"})}
