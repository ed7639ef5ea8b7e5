"""Tokens: shown once, kept as digests, revoked for ever."""

import pytest

from accounts import Account
from reconciler.facts.log import LogEntry
from reconciler.model.errors import AccountError


def test_a_token_opens_until_it_is_revoked(account: Account) -> None:
    """Whoever has its text is the token of that name."""
    text = account.store.make_token("deploy", ["read", "write:dns", "read"])
    found = account.store.find_token(text)
    assert found is not None
    assert (found.name, found.scopes, found.revoked) == ("deploy", {"read", "write:dns"}, None)
    account.store.revoke_token("deploy")
    assert account.store.find_token(text) is None
    assert [(t.name, t.revoked is not None) for t in account.store.tokens()] == [("deploy", True)]


def test_only_a_digest_is_kept(account: Account) -> None:
    """The file doesn't hold the text, and two tokens never have the same."""
    texts = {account.store.make_token(f"t{n}", ["read"]) for n in range(3)}
    account.store.close()
    assert len(texts) == 3
    assert not [text for text in texts if text.encode() in account.path.read_bytes()]


def test_the_log_tells_of_tokens(account: Account) -> None:
    """Who may come in is part of what the account is; the text stands nowhere."""
    text = account.store.make_token("deploy", ["read"])
    account.store.revoke_token("deploy")
    found = [(e.who, e.action, e.resource) for e in account.store.read_facts(["log"]).all(LogEntry)]
    assert found[1:] == [("by hand", "make", "token/deploy"), ("by hand", "revoke", "token/deploy")]
    assert text not in str(account.store.read_facts(["log"]))


@pytest.mark.parametrize("text", ["", "rcn_", "é\udcff", "x" * 10_000])
def test_another_text_is_no_token(account: Account, text: str) -> None:
    """Whatever it is."""
    account.store.make_token("deploy", ["read"])
    assert account.store.find_token(text) is None


def test_a_name_is_used_once(account: Account) -> None:
    """The log names tokens, so that a name must not mean two; what isn't there can't be revoked."""
    account.store.make_token("deploy", ["read"])
    account.store.revoke_token("deploy")
    with pytest.raises(AccountError, match="already"):
        account.store.make_token("deploy", ["read"])
    with pytest.raises(AccountError, match="no token other"):
        account.store.revoke_token("other")
