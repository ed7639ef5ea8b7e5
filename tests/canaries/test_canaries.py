"""No secret and no personal value leaves the process but towards the account: proven with canaries, in every sink."""

import sqlite3
from pathlib import Path

import pytest

from age_keys import MAX
from canaries.aviary import HASH, NEW_HASH, PEOPLE, SECRETS, Aviary
from reconciler.kinds import KINDS

#: Makes every password's writing a fault of ours, with the secret in the exception and in a local variable.
FAULT = """\
from reconciler.store import passwords

def broken(secret, cost):
    text = secret.reveal()
    raise ValueError(f"can't hash {text}") from KeyError(text)

passwords.hash_password = broken
"""


@pytest.fixture
def aviary(tmp_path: Path) -> Aviary:
    """The account, with the age file filled, nothing applied."""
    made = Aviary(tmp_path)
    assert made("secret", "set", "s.age#KEY", stdin=SECRETS["age"]).code == 0
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "Begin")
    return made


@pytest.fixture
def applied(aviary: Aviary) -> Aviary:
    """The same after its first apply."""
    assert aviary("plan", "--out", "p.json").code == 0
    assert aviary("apply", "p.json").code == 0
    return aviary


def test_the_search_would_find_them(aviary: Aviary) -> None:
    """A canary that is let out turns up: in words, in a file, in an object, in a child's environment."""
    assert aviary.leaks() == []
    (aviary.root / "tmp" / "a").write_text(SECRETS["file"])
    aviary.write({"b.txt": PEOPLE["email"]})
    aviary.git("hash-object", "-w", "--no-filters", "b.txt")
    (aviary.folder / "b.txt").unlink()
    aviary.said.append(("x", SECRETS["env"].encode()))
    with aviary.children.open("a") as log:
        log.write(MAX)
    assert {line.partition(":")[0].partition(" in blob")[0] for line in aviary.leaks()} == {
        "file in tmp/a",
        "email",
        "env in x",
        "other identity in children",
    }


def test_they_arrive(applied: Aviary) -> None:
    """What the account is given is the secrets themselves: otherwise silence would prove nothing."""
    from argon2 import PasswordHasher

    hashes = dict(sqlite3.connect(applied.folder / "account.db").execute("SELECT address, hash FROM password"))
    for name in ("env", "file", "age"):
        assert PasswordHasher().verify(hashes[f"mailbox/by-{name}@example.org"], SECRETS[name])
    assert hashes["mailbox/by-hash@example.org"] == HASH
    account = (applied.folder / "account.db").read_bytes()
    for text in (SECRETS["canonical iban"], PEOPLE["street"], PEOPLE["holder"], PEOPLE["email"]):
        assert text.encode() in account


def test_looking(aviary: Aviary) -> None:
    """Nothing that only looks shows anything, in whatever format."""
    for args in (
        *(("--help",), ("secret", "--help"), ("secret", "set", "--help"), ("explain", "literal-secret")),
        *(("validate",), ("fmt", "--check"), ("plan",), ("plan", "--json"), ("plan", "--markdown"), ("drift",)),
        *(("plan", "--out", "p.json"), ("secret", "list", "s.age"), ("secret", "list", "s.age", "--json")),
    ):
        assert aviary(*args).code in (0, 1, 2)
    assert aviary.leaks() == []


def test_a_whole_life(applied: Aviary) -> None:
    """First apply, drift made by hand, other secrets, another apply as JSON, and the account written as YAML again."""
    assert applied("account", "set", "mailbox/by-age@example.org", "quota=2 GiB").code == 0
    assert applied("account", "set", "address", f"street={PEOPLE['moved']}").code == 0
    for args in (
        ("drift",),
        ("drift", "--json"),
        ("account", "show"),
        ("account", "show", "--json"),
        ("plan", "--json"),
    ):
        assert applied(*args).code in (0, 2)
    for args in (("--all", "--dry-run"), ("--all", "--dry-run", "--json"), ("mailbox/*", "address")):
        assert applied("adopt", *args).code == 0
    assert applied("account", "set", "mailbox/by-age@example.org", "quota=3 GiB").code == 0
    assert applied("secret", "set", "s.age#KEY", stdin=SECRETS["new"]).code == 0
    applied.write({"run/secret.txt": SECRETS["new"]})
    applied.replace("version: 1", "version: 2")
    applied.replace("version: 1", "version: 2", "settings.yaml")
    applied.replace(HASH, NEW_HASH)
    applied.replace("may: [speak, authorise]", "may: [authorise]", "people.yaml")
    assert applied("plan", "--include-drift").code == 0
    both = ("--include-drift", "--override", "mailbox/by-age@example.org")
    assert (
        applied("apply", "--json", "--auto-approve", *both, MAIL_ENV=SECRETS["new"], IBAN=SECRETS["other iban"]).code
        == 0
    )
    assert applied("plan", "--detailed-exitcode").code == 0
    (applied.root / "again").mkdir()
    (applied.root / "again" / "account.db").write_bytes((applied.folder / "account.db").read_bytes())
    assert applied("init", "-C", str(applied.root / "again")).code == 0
    (applied.root / "again" / "account.db").unlink()
    assert applied.leaks() == []


def test_what_is_cached(applied: Aviary) -> None:
    """Later runs find the public record sets of zones, and nothing of any other kind: not even its addresses."""
    kept = applied.cached()
    assert b"record/example.org/www/A" in kept
    assert [kind for kind in KINDS if kind not in ("record", "zone") and f"{kind}/".encode() in kept] == []
    assert applied.leaks() == []


def test_an_apply_that_fails_half_way(applied: Aviary) -> None:
    """What a failing account says, the outcome in the record, and the run that finishes the rest."""
    account = sqlite3.connect(applied.folder / "account.db")
    account.execute(
        "CREATE TRIGGER no BEFORE UPDATE ON password WHEN NEW.address LIKE '%age%'"
        " BEGIN SELECT RAISE(ABORT, 'not today'); END"
    )
    account.commit()
    applied.replace("version: 1", "version: 2")
    applied.replace(HASH, NEW_HASH)
    assert applied("apply", "--auto-approve").code == 6
    assert applied("apply", "--auto-approve", "--json").code == 6
    account.execute("DROP TRIGGER no")
    account.commit()
    account.close()
    assert applied("apply", "--auto-approve").code == 0
    assert applied.leaks() == []


def test_secrets_that_can_not_be_used(aviary: Aviary) -> None:
    """Each reason is said without the secret, and without what stands in the variables of the identity."""
    for env in (
        {"MAIL_ENV": "", "RECONCILER_AGE_IDENTITY": ""},
        {"RECONCILER_AGE_IDENTITY": MAX},
        {"RECONCILER_AGE_IDENTITY": SECRETS["typed"]},
        {"RECONCILER_AGE_IDENTITY_FILE": str(aviary.folder / "run" / "key.txt")},
        {"RECONCILER_AGE_IDENTITY": "", "RECONCILER_AGE_IDENTITY_FILE": SECRETS["typed"]},
        {"RECONCILER_AGE_IDENTITY": "", "RECONCILER_AGE_IDENTITY_FILE": MAX},
    ):
        assert aviary("apply", "--auto-approve", "--json", **env).code == 1
        assert aviary("secret", "list", "s.age", **env).code == 1
    mistyped = aviary("apply", "--auto-approve", "--json", IBAN=SECRETS["mistyped iban"])
    assert (mistyped.code, "check digits" in mistyped.out) == (1, True)
    aviary.write({"s.age.recipients": f"{MAX}\n{SECRETS['typed']}\n"})
    assert aviary("secret", "rekey", "s.age").code == 1
    (aviary.folder / "s.age.recipients").unlink()
    assert aviary.leaks() == []


@pytest.mark.parametrize(
    "written",
    [
        *("{}", "[{}]", "{{{}}}", "{{secret: {}, version: 1}}", "{{secret: env/A, version: {}}}", "{{sercet: {}}}"),
        *("{{hash: {}}}", "{{secret: env/{}, version: 1}}", "{{secret: file/s.age#a {}, version: 1}}", "!secret {}"),
    ],
)
def test_secrets_in_the_wrong_place(aviary: Aviary, written: str) -> None:
    """A secret or a hash that stands in the YAML where none belongs isn't shown by what complains about it."""
    texts = (SECRETS["typed"], f"'{HASH}!'", HASH)
    boxes = "".join(f"      box{number}: {{password: {written.format(text)}}}\n" for number, text in enumerate(texts))
    aviary.write({"more.yaml": f"mail:\n  example.com:\n    mailboxes:\n{boxes}"})
    for args in (("validate",), ("apply", "--auto-approve", "--json")):
        assert aviary(*args).code == 1
    assert aviary.leaks() == []


def test_a_fault_of_ours(aviary: Aviary) -> None:
    """The report of a crash in the midst of a secret holds nothing of it, in either folder that it may lie in."""
    (aviary.root / "bin" / "sitecustomize.py").write_text(FAULT)
    for _ in range(2):
        done = aviary("apply", "--auto-approve", PYTHONPATH=str(aviary.root / "bin"))
        assert (done.code, "made a mistake (ValueError)" in done.err) == (1, True)
        (aviary.folder / ".reconciler").mkdir(exist_ok=True)
        assert aviary("apply", "--resume", "--abandon", "--reason", "a fault of ours").code == 0
    assert list((aviary.root / "tmp").glob("crash-*.md"))
    assert list((aviary.folder / ".reconciler").glob("crash-*.md"))
    assert aviary.leaks() == []


def test_outside_of_git(aviary: Aviary) -> None:
    """Where there is no repository the record lies in a folder of its own: nothing is there either."""
    (aviary.folder / ".git").rename(aviary.root / "tmp" / "git")
    try:
        assert aviary("apply", "--auto-approve").code == 0
    finally:
        (aviary.root / "tmp" / "git").rename(aviary.folder / ".git")
    assert (aviary.folder / ".reconciler" / "record.git").is_dir()
    assert aviary.leaks() == []
