"""`reconciler account answer`: the company's side of what was asked for, by hand."""

from pathlib import Path

import pytest

from asking import company, status, submit
from inside import Inside
from tiny import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An account folder, in whose account a domain is ordered."""
    (tmp_path / "account.yaml").write_text(FILES["account.yaml"])
    account = company(tmp_path / "account.db")
    account.done(submit(account, "order/shop", domain="example.shop"))
    account.store.close()
    return tmp_path


def test_an_order_is_accepted_by_hand(folder: Path) -> None:
    """The domain is booked then, and both are shown."""
    reconciler = Inside(folder)
    done = reconciler("account", "answer", "order/shop", "accepted", "--note", "Have fun")
    assert (done.code, done.out) == (0, "order/shop: accepted\n")
    shown = reconciler("account", "show", "order/*", "mail_domain/*")
    assert "note:" in shown.out
    assert "Have fun" in shown.out
    assert "mail_domain/example.shop" in shown.out


@pytest.mark.parametrize(
    ("address", "answer", "said"),
    [
        ("order/shop", "lost", "never 'lost'"),
        ("order/x", "accepted", "no request order/x"),
        ("toaster", "x", "toaster"),
    ],
)
def test_an_answer_that_makes_no_sense_changes_nothing(folder: Path, address: str, answer: str, said: str) -> None:
    """One error with help."""
    done = Inside(folder)("account", "answer", address, answer)
    assert (done.code, said in done.err, "help:" in done.err) == (1, True, True)
    assert status(company(folder / "account.db"), "order/shop") == "submitted"
