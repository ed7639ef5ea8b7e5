"""``init`` writes YAML that declares exactly what is live."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from octodns.yaml import safe_load

from edit.accounts import lives
from reconciler.demo.firm import Firm
from reconciler.demo.settings import settings as settings_of
from reconciler.edit.files import write_files
from reconciler.edit.fmt import format_text
from reconciler.edit.init import SECTIONS, WrittenAccount, write_account
from reconciler.kinds import KINDS
from reconciler.load.desired import load_desired
from reconciler.load.tree import WorkTree
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, group_of, join, kind_of, live_id_address, live_id_of
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.model.fields import SecretVersion, Value
from reconciler.model.secret import SecretRef
from reconciler.model.state import Desired, Live

CONFIG = AccountConfig.model_validate(
    {"version": 1, "account": "K-104711", "providers": {"default": {"type": "embedded", "path": "account.db"}}}
)


def loaded(written: WrittenAccount, folder: Path) -> Desired:
    """Write the files to an empty folder and load them."""
    write_files(folder, written.files)
    return load_desired(WorkTree(folder))


def live_of(**resources: dict[str, object]) -> Live:
    """Return a live account of resources given as ``kind__name``."""
    state: dict[Address, Value] = {}
    for name, fields in resources.items():
        kind, _, rest = name.partition("__")
        address = live_id_address(kind, rest) if rest.isdigit() else join(kind, *filter(None, [rest]))
        state[address] = KINDS[kind].parse(address, fields)
    return Live("K-104711", "embedded:account.db", state)


def natural(address: Address, value: Value) -> object:
    """Return what identifies a resource: its address, or its natural key where the account knows it by an id."""
    key = KINDS[kind_of(address)].natural_key
    return (kind_of(address), dict(value)[key]) if key else address  # type: ignore[call-overload]  # fields by the kind


def says_something(address: Address, value: Value) -> bool:
    """Tell whether a block could say anything of a resource that every account has."""
    kind = KINDS[kind_of(address)]
    return kind.name not in ("address", "billing", "password") or bool(
        kind.to_yaml(address, value) or kind.secrets_of(value)
    )


@settings(max_examples=200)
@given(live=lives())
def test_what_is_written_declares_what_is_live(live: Live, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Loading what init wrote gives the live state, projected on what is declared; nothing is missing or added."""
    written = write_account(live, CONFIG)
    desired = loaded(written, tmp_path_factory.mktemp("init") / "account")

    kept = {a: value for a, value in live.state.items() if a not in written.left_out and says_something(a, value)}
    by_key = {natural(address, value): value for address, value in kept.items()}
    assert {natural(address, value) for address, value in desired.state.items()} == by_key.keys()
    for address, value in desired.state.items():
        kind = KINDS[kind_of(address)]
        assert kind.readable(value) == kind.project(
            by_key[natural(address, value)], kind.field_names(kind.readable(value))
        )
        defaults = kind.completed(value, frozenset(kind.defaults))
        assert kind.project(defaults, kind.field_names(value) | frozenset(kind.defaults)) == defaults
    assert {finding.code for finding in desired.findings} <= {"cname-beside-others"}


@given(live=lives())
def test_undeclared_fields_have_their_default(live: Live, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A field that init leaves out is one whose live value is the documented default."""
    written = write_account(live, CONFIG)
    desired = loaded(written, tmp_path_factory.mktemp("init") / "account")
    lives_by_key = {natural(address, value): value for address, value in live.state.items()}

    for address, value in desired.state.items():
        kind = KINDS[kind_of(address)]
        declared = kind.field_names(value)
        whole = lives_by_key[natural(address, value)]
        known = kind.field_names(whole) - declared - kind.field_names(kind.readable(value))
        left_out = known & kind.defaults.keys()
        assert all(dict(whole)[name] is None for name in known - left_out)  # type: ignore[call-overload]  # fields
        assert kind.project(whole, left_out) == kind.project(kind.completed(value, left_out), left_out)


@given(live=lives())
def test_what_is_written_is_formatted(live: Live) -> None:
    """``fmt`` has nothing to do after ``init``, and octoDNS reads the zones in their order."""
    for path, text in write_account(live, CONFIG).files.items():
        zone = path.startswith("zones/")
        assert format_text(text, path, zone) == text
        if zone:
            safe_load(io.StringIO(text), enforce_order=True)


@given(live=lives(), only=st.lists(st.sampled_from(sorted(SECTIONS)), unique=True, min_size=1))
def test_only_the_sections_asked_for(live: Live, only: list[str]) -> None:
    """``--only`` writes the files of these sections and nothing else."""
    whole = write_account(live, CONFIG, account_file=False).files
    files = write_account(live, CONFIG, only=only, account_file=False).files

    sections = {path: "dns" if path.startswith("zones/") else path.removesuffix(".yaml") for path in whole}
    assert files == {path: text for path, text in whole.items() if sections[path] in only}


def test_a_section_that_does_not_exist_is_refused() -> None:
    """A slip in ``--only`` names the sections there are, instead of writing less than was meant."""
    with pytest.raises(UsageError, match="There is no section mial") as caught:
        write_account(live_of(), CONFIG, only=["mial"])

    assert "mail" in caught.value.help


@given(live=lives())
def test_live_text_that_no_file_may_hold_is_named(live: Live) -> None:
    """What is left out is said; here that is mail of a reverse zone, and marks of a template in a key."""
    left_out = write_account(live, CONFIG).left_out

    assert all("{{" in a or a.endswith(".arpa") or "\r" in str(live.state[a]) for a in left_out)


def test_an_account_reads_like_one_written_by_a_person() -> None:
    """The whole text for a small account: short forms, sizes, no defaults, secrets by reference."""
    live = live_of(
        **{
            "mail_domain__example.org": {"catch_all": "info@example.org"},
            "mailbox__info@example.org": {
                "name": "Information desk",
                "quota": 5 * 2**30,
                "forward_to": ["erika@example.org"],
            },
            "mailbox__erika@example.org": {"autoreply": {"subject": "Urlaub", "text": "Bin im Januar\nzurück.\n"}},
            "alias__sales@example.org": {"targets": ["info@example.org", "partner@example.net"]},
            "contact__17": {"name": "Erika Mustermann", "email": "erika@example.org", "phone": "+49 511 123456"},
            "contact__18": {"name": "Jörg Müller", "email": "erika@example.net", "may": []},
            "whitelist_entry__1": {"address": "203.0.113.7"},
            "notification__newsletter": {"channels": []},
        }
    )
    written = write_account(live, CONFIG)

    assert "\n".join(f"== {path}\n{text}" for path, text in written.files.items()) == _WRITTEN
    assert [(s.address, s.field, s.ref) for s in written.secrets] == [
        ("mailbox/erika@example.org", "password", SecretRef("env", "MAIL_ERIKA_EXAMPLE_ORG", 1)),
        ("mailbox/info@example.org", "password", SecretRef("env", "MAIL_INFO_EXAMPLE_ORG", 1)),
    ]


_WRITTEN = """\
== account.yaml
# Which account this folder is, where it lives, and what the program may do by itself.

version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
policy:
  unmanaged: {default: report}
  drift: hold
  secrets: [env/MAIL_*]
dns:
  directory: zones

== mail.yaml
# Mailboxes and aliases of each domain, and who gets mail to addresses that don't exist.

mail:
  example.org:
    catch_all: info
    mailboxes:
      erika:
        password: {secret: env/MAIL_ERIKA_EXAMPLE_ORG, version: 1}
        autoreply:
          subject: Urlaub
          text: |
            Bin im Januar
            zurück.
      info:
        name: Information desk
        quota: 5 GiB
        password: {secret: env/MAIL_INFO_EXAMPLE_ORG, version: 1}
        forward_to: [erika]
    aliases:
      sales: [info, partner@example.net]

== contacts.yaml
# The people who may speak for us.

contacts:
  erika:
    name: Erika Mustermann
    email: erika@example.org
    phone: +49 511 123456
  joerg-mueller:
    name: Jörg Müller
    email: erika@example.net
    may: []

== whitelist.yaml
# The only addresses from which anybody may log in to the portal.

whitelist:
  ip-203-0-113-7: {address: 203.0.113.7}

== notifications.yaml
# Which notices we get, and how.

notifications:
  newsletter: []
"""


def test_secrets_have_one_variable_each(tmp_path: Path) -> None:
    """Mailboxes whose names look alike in an environment variable still get their own."""
    live = live_of(**{f"mailbox__{local}@example.org": {} for local in ("a.b", "a-b", "a_b", "a-b-2")})
    written = write_account(live, CONFIG)

    names = [secret.ref.name for secret in written.secrets]
    assert len(set(names)) == 4
    desired = loaded(written, tmp_path / "account")
    assert {address: dict(value) for address, value in desired.state.items() if kind_of(address) == "mailbox"} == {  # type: ignore[call-overload]  # fields by the kind
        address: {"password": SecretVersion(1)} for address in live.state
    }
    assert {ref.name for ref in desired.secrets.values()} == set(names)


def test_existing_files_are_never_replaced(tmp_path: Path) -> None:
    """Every file in the way is named, and nothing is written."""
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "example.org.yaml").write_text("mine")
    (tmp_path / "mail.yaml").symlink_to("nowhere")

    with pytest.raises(UsageError, match=r"mail\.yaml, zones/example\.org\.yaml"):
        write_files(tmp_path, {"account.yaml": "a", "mail.yaml": "b", "zones/example.org.yaml": "c"})

    assert sorted(path.name for path in tmp_path.iterdir()) == ["mail.yaml", "zones"]
    assert (tmp_path / "zones" / "example.org.yaml").read_text() == "mine"


def test_nothing_is_written_in_part(tmp_path: Path) -> None:
    """When one file can't be written, the others and the folders made for them are gone again."""
    too_long = "z" * 300
    with pytest.raises(ReconcilerError, match="can't be written"):
        write_files(tmp_path / "new", {"mail.yaml": "a", "zones/a.yaml": "b", f"zones/{too_long}.yaml": "c"})

    assert list(tmp_path.iterdir()) == []


def test_files_are_utf_8_with_line_feeds(tmp_path: Path) -> None:
    """Whatever the machine's locale says."""
    write_files(tmp_path, {"contacts.yaml": "name: Jörg\n"})

    assert (tmp_path / "contacts.yaml").read_bytes() == b"name: J\xc3\xb6rg\n"
    assert [path.name for path in tmp_path.iterdir()] == ["contacts.yaml"]


def test_every_group_of_the_account_is_declared(tmp_path: Path) -> None:
    """An empty zone is written as such, so that it stays managed."""
    desired = loaded(write_account(live_of(**{"zone__example.org": {}}), CONFIG), tmp_path / "account")

    assert desired.state.keys() == {"zone/example.org"}
    assert group_of("record/example.org/@/A") in desired.declared
    assert live_id_of("zone/example.org") is None


DEBIT = {"by": "sepa_debit", "holder": "Musterfirma GmbH"}
ON_PAPER = {"by": "post", "contact": "~1"}


def test_a_contact_on_the_invoice_gets_the_name_that_it_is_written_under(tmp_path: Path) -> None:
    """And the IBAN a reference where it belongs; the passwords that were set get one each."""
    live = live_of(
        contact__1={"name": "Erika", "email": "erika@example.org"},
        ftp_account__2={"login": "shop", "home": "/shop"},
        billing={"invoice": ON_PAPER, "pay": DEBIT},
        password__service={"is_set": True},
        password__telephone={},
        address={},
    )
    written = write_account(live, CONFIG)
    desired = loaded(written, tmp_path / "account")

    assert list(KINDS["billing"].references("billing", desired.state["billing"])) == ["contact/erika"]
    assert {place: str(ref) for place, ref in desired.secrets.items()} == {
        ("billing", "pay.iban"): "env/BILLING_PAY_IBAN",
        ("ftp_account/shop", "password"): "env/FTP_ACCOUNTS_SHOP",
        ("password/service", "password"): "env/PASSWORDS_SERVICE",
    }
    assert {secret.address for secret in written.secrets} == {"billing", "ftp_account/shop", "password/service"}
    assert "address.yaml" not in written.files
    assert not written.left_out


def test_billing_is_left_out_where_its_contact_has_no_name() -> None:
    """It is owned whole, and nobody could write a contact that isn't written itself."""
    live = live_of(contact__1={"name": "Erika", "email": "erika@example.org"}, billing={"invoice": ON_PAPER})
    written = write_account(live, CONFIG, ["billing"], account_file=False)
    assert (written.files, written.left_out) == ({}, ("billing",))


@pytest.fixture(scope="module")
def firm() -> Live:
    """All but the DNS of an account of 1,000 resources."""
    state = {
        one.address: KINDS[kind_of(one.address)].parse(one.address, one.data)
        for one in settings_of(Firm(size=1000))
        if kind_of(one.address) not in ("zone", "record")
    }
    return Live("K-104711", "embedded:account.db", state)


def test_a_section_that_is_too_large_for_a_file_goes_into_several(firm: Live, tmp_path: Path) -> None:
    """Mail by domain, and by number within a large one; the rest by number; together they declare the same."""
    most = 900
    whole, several = write_account(firm, CONFIG), write_account(firm, CONFIG, most=most)
    new = {path: text for path, text in several.files.items() if path not in whole.files}

    assert {path for path in whole.files if path not in several.files} == {
        *("mail.yaml", "ftp_accounts.yaml", "contacts.yaml")
    }
    assert all(len(text.encode()) <= most and format_text(text, path, False) == text for path, text in new.items())
    assert {path.partition("/")[0] for path in new} == {"mail", "ftp_accounts", "contacts"}
    assert {"mail/musterfirma.example-1.yaml", "mail/garten-welt.example.yaml", "contacts/1.yaml"} <= new.keys()
    assert loaded(several, tmp_path / "several").state == loaded(whole, tmp_path / "whole").state
    assert (several.secrets, several.left_out) == (whole.secrets, whole.left_out)
    assert write_account(firm, CONFIG, most=most).files == several.files


def test_what_fits_exactly_stays_in_one_file(firm: Live) -> None:
    """And one byte less makes several of it."""
    size = len(write_account(firm, CONFIG).files["contacts.yaml"].encode())

    assert "contacts.yaml" in write_account(firm, CONFIG, ["contacts"], most=size).files
    assert "contacts.yaml" not in write_account(firm, CONFIG, ["contacts"], most=size - 1).files


def test_files_of_a_section_never_lie_among_the_zones(firm: Live, tmp_path: Path) -> None:
    """Where the folder of the zones has the section's name, the section gets another one."""
    config = CONFIG.model_copy(update={"dns": CONFIG.dns.model_copy(update={"directory": "mail"})})
    written = write_account(firm, config, most=900)

    assert "mail_files/garten-welt.example.yaml" in written.files
    assert loaded(written, tmp_path / "account").state.keys() >= firm.state.keys()
