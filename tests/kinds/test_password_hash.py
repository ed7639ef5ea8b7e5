"""The hash of a mailbox's password in place of a reference: which are taken, and that none is shown."""

from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from load.written import errors, load, the_error
from reconciler.kinds import KINDS
from reconciler.load.secrets import resolve_secrets
from reconciler.model.fields import Fields, SecretVersion, from_json, to_json

ARGON2 = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21l$RdescudvJCsgt3ub+b/dWRWJTmaaJObG+0vT4kSpkJ0"
OTHER = ARGON2.replace("c29t", "d29t")
BCRYPT = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
ADDRESS = "mailbox/a@example.org"


def mailbox(password: str) -> str:
    """Return a mailbox, written with a password."""
    return f"mail:\n  example.org:\n    mailboxes:\n      a: {{password: {password}}}\n"


class TestSpelling:
    @pytest.mark.parametrize("text", [ARGON2, BCRYPT, BCRYPT.replace("2y", "2b")])
    @pytest.mark.parametrize("quote", ["'", '"'])
    def test_what_is_taken(self, text: str, quote: str) -> None:
        """Argon2id and bcrypt, as the libraries write them; what stands for it is the digest of the string."""
        found = load(mailbox(f"{{hash: {quote}{text}{quote}}}"))
        digest = sha256(text.encode()).hexdigest()
        ref = found.secrets[ADDRESS, "password"]
        assert (ref.source, ref.version, str(ref)) == ("hash", digest, f"hash/{digest[:8]}")
        assert found.state[ADDRESS] == Fields.of({"password": SecretVersion(digest)})
        assert text not in repr((found.state, found.secrets, ref))

    def test_what_the_library_writes(self) -> None:
        """Whatever cost and salt were chosen."""
        for hasher in (PasswordHasher(2, 19456, 1), PasswordHasher(1, 8, 1, hash_len=64, salt_len=32)):
            assert load(mailbox(f"{{hash: '{hasher.hash('hunter2')}'}}")).secrets

    def test_a_block_needs_no_quotes(self) -> None:
        """On a line of its own nothing in a hash means anything to YAML."""
        text = f"mail:\n  example.org:\n    mailboxes:\n      a:\n        password:\n          hash: {ARGON2}\n"
        assert load(text).state == load(mailbox(f"{{hash: '{ARGON2}'}}")).state

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (f"'{{ARGON2ID}}{ARGON2}'", "scheme in braces"),
            (f"'{ARGON2.replace('$', '$$')}'", "stands twice"),
            (f"'\"{ARGON2}\"'", "two pairs of quotes"),
            (f"'{ARGON2[1:]}'", "lost a `$`"),
            (f"'{ARGON2.removeprefix('$argon2id')}'", "not the hash"),
            ("'=19=19456,t=2,p=1'", "lost a `$`"),
            (f"'{ARGON2.replace('argon2id', 'argon2i')}'", "Only complete hashes"),
            (f"'{ARGON2.replace('v=19', 'v=16')}'", "Only complete hashes"),
            (f"'{BCRYPT[:-1]}'", "Only complete hashes"),
            (f"'{BCRYPT.replace('2y', '2a')}'", "Only complete hashes"),
            (f"'{BCRYPT.replace('$10$', '$32$')}'", "Only complete hashes"),
            ("hunter2", "not the hash"),
            (f'"{ARGON2}\\n"', "Only complete hashes"),
        ],
    )
    def test_what_is_not(self, text: str, said: str) -> None:
        """What the usual tools make of a hash is recognised, and never shown."""
        found = the_error(mailbox(f"{{hash: {text}}}"))
        assert (found.code, said in found.detail) == ("wrong-value", True)
        assert not any(part in repr(found) for part in ("RdescudvJ", "N9qo8uLOi", "hunter2", "19456"))

    def test_without_quotes_in_braces_yaml_cuts_it(self) -> None:
        """A comma ends a text without quotes there; what remains is no key, and the remedy is named."""
        found = errors(mailbox(f"{{hash: {ARGON2}}}"))
        assert any("isn't in quotes" in one.detail and "in quotes." in one.help for one in found)
        assert "RdescudvJ" not in repr(found)

    @pytest.mark.parametrize("key", ["hsah", "hash ", "password"])
    def test_nor_is_it_shown_elsewhere(self, key: str) -> None:
        """Whatever is wrong around a hash, neither line nor sentence shows it."""
        for text in (ARGON2, f"'{ARGON2}'", f"'{BCRYPT}'"):
            found = errors(mailbox(f"{{{key}: {text}}}")) + errors(f"mail: {{example.org: {{{text}: 1}}}}")
            assert found
            assert not any(part in repr(found) for part in ("RdescudvJ", "N9qo8uLOi"))

    @pytest.mark.parametrize("text", [f"'{ARGON2}'", f"'{BCRYPT}'"])
    def test_bare(self, text: str) -> None:
        """A hash in the password's own place might be a password: it is a literal until it says what it is."""
        found = the_error(mailbox(text))
        assert (found.code, "{hash:" in found.help) == ("literal-secret", True)

    @pytest.mark.parametrize(
        ("more", "said"), [("version: 1", "has no version"), ("secret: env/A", "not both"), ("versoin: 1", "versoin")]
    )
    def test_it_stands_alone(self, more: str, said: str) -> None:
        """No version, no second source."""
        found = the_error(mailbox(f"{{hash: '{ARGON2}', {more}}}"))
        assert said in found.detail
        assert "RdescudvJ" not in repr(found)

    def test_no_template(self) -> None:
        """As the place of a secret, a hash is written out."""
        found = the_error("vars: {h: x}\n" + mailbox("{hash: '{{ vars.h }}'}"))
        assert (found.code, "A hash isn't rendered." in found.detail) == ("misplaced-template", True)

    def test_mailboxes_only(self) -> None:
        """Where an account can't take a hash, none can be written."""
        others = {
            kind.name for kind in KINDS.values() if kind.path and "HashField" in str(kind.model.model_json_schema())
        }
        assert others == {"mailbox"}

    def test_shown_and_kept_as_digest(self) -> None:
        """A plan shows the beginning of the digest, the record keeps all of it; the hash is only for the account."""
        found = load(mailbox(f"{{hash: '{ARGON2}'}}"))
        digest = sha256(ARGON2.encode()).hexdigest()
        value = found.state[ADDRESS]
        assert KINDS["mailbox"].show(value) == {"password": f"(secret, hash {digest[:8]})"}
        assert to_json(value) == {"password": {"$version": digest}}
        assert from_json(to_json(value)) == value
        secret = resolve_secrets(found.secrets, Path(), {}, "K-104711")[ADDRESS, "password"]
        assert (secret.reveal(), secret.is_hash) == (ARGON2, True)
