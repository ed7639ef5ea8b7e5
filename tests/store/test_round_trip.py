"""What is written is what is read, for any value that a kind can hold."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import Account
from reconciler.kinds import KINDS
from reconciler.model.address import Address, join, kind_of

TEXT = st.text(max_size=30)
LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
OUTSIDE = st.builds("{}@example.com".format, LOCAL)
LABEL = st.from_regex(r"[a-z0-9_*]([a-z0-9/%-]{0,10}[a-z0-9])?|[a-z]{1,5}é[a-z]{0,5}", fullmatch=True)
IPV4, IPV6 = st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str)
HOST = st.builds("{}.example.net.".format, st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True))
QUOTED = st.text(st.characters(codec="ascii", exclude_characters='"\\', min_codepoint=32, max_codepoint=126))
DAY = st.dates().map(str)

DATA = {
    "A": IPV4,
    "AAAA": IPV6,
    "MX": st.builds("{} {}".format, st.integers(0, 65535), HOST),
    "TXT": st.builds('"{}"'.format, QUOTED.map(lambda text: text[:250])),
    "SRV": st.builds("{} 0 443 {}".format, st.integers(0, 65535), HOST),
    "PTR": HOST,
    "TYPE65280": st.binary(min_size=1, max_size=20).map(lambda data: f"\\# {len(data)} {data.hex()}"),
}
SINGLE = {"CNAME": HOST, "ALIAS": HOST}


def _record_sets() -> st.SearchStrategy[tuple[Address, dict[str, Any]]]:
    def one(rtype: str, name: str, ttl: int, values: list[str]) -> tuple[Address, dict[str, Any]]:
        return KINDS["record"].address(("example.org", name, rtype)), {"ttl": ttl, "values": values}

    name, ttl = st.just("@") | LABEL, st.integers(0, 2**31 - 1)
    many = [st.builds(one, st.just(t), name, ttl, st.lists(d, min_size=1, max_size=4)) for t, d in DATA.items()]
    few = [st.builds(one, st.just(t), name, ttl, st.lists(d, min_size=1, max_size=1)) for t, d in SINGLE.items()]
    return st.one_of(*many, *few)


MAILBOX = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT,
        "quota": st.integers(1, 2**50),
        "forward_to": st.lists(OUTSIDE, max_size=3),
        "keep_copy": st.booleans(),
        "autoreply": st.fixed_dictionaries({"subject": TEXT, "text": TEXT}, optional={"from": DAY}),
    },
)
CONTACT = st.fixed_dictionaries(
    {"name": TEXT, "email": OUTSIDE},
    optional={
        "phone": st.integers(1, 10**7 - 1).map("+49511{}".format),
        "scope": st.sampled_from(["internal", "external"]),
        "may": st.lists(st.sampled_from(["speak", "authorise"])),
        "packages": st.just("all") | st.lists(TEXT, max_size=3),
    },
)
RIGHTS = st.sampled_from(["read-write", "read-only"])
RESOURCES = st.one_of(
    _record_sets(),
    st.tuples(st.builds("mailbox/{}@example.org".format, LOCAL), MAILBOX),
    st.tuples(
        st.builds("alias/{}@example.org".format, LOCAL),
        st.fixed_dictionaries({"targets": st.lists(OUTSIDE, min_size=1, max_size=3)}),
    ),
    st.tuples(LOCAL.map(lambda name: join("contact", name)), CONTACT),
    st.tuples(
        LOCAL.map(lambda name: join("whitelist_entry", name)),
        st.fixed_dictionaries({"address": st.integers(0, 255).map("203.0.113.{}".format)}),
    ),
    st.tuples(
        LOCAL.map(lambda name: join("ftp_account", name)),
        st.fixed_dictionaries({"login": LOCAL, "home": LOCAL.map("/{}".format)}, optional={"rights": RIGHTS}),
    ),
)
ADDRESS = st.fixed_dictionaries(
    {}, optional={"first_name": LOCAL, "city": LOCAL, "phone": st.integers(1, 10**7 - 1).map("+49511{}".format)}
)
INVOICE = st.builds(lambda to: {"by": "email", "to": to}, OUTSIDE) | st.just({"by": "post"})


@settings(deadline=None, max_examples=120)
@given(RESOURCES)
def test_what_is_written_is_read_back_and_can_be_deleted(resource: tuple[Address, dict[str, Any]]) -> None:
    """The same canonical value comes back under its address (or id), and goes when it is deleted as it was read."""
    address, fields = resource
    with TemporaryDirectory() as folder:
        account = Account(Path(folder) / "account.db").booked()
        account.done(account.create("zone/example.org"))
        empty = account.state
        write = account.create(address, **fields)
        (answer,) = account.done(write)
        row = f"{kind_of(address)}/~{answer.live_id}" if answer.live_id else address
        assert account.state == {**empty, row: write.after}
        account.done(account.delete(row, write.after, version=account.version(row)))
        assert account.state == empty
        account.store.close()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(["email", "sms", "post"])), st.none() | LOCAL, ADDRESS, INVOICE)
def test_fixed_kinds_are_read_back_as_they_were_changed(
    channels: list[str], local: str | None, address: dict[str, str], invoice: dict[str, str]
) -> None:
    """Notifications, mail domains, address and billing change, and nothing else does."""
    with TemporaryDirectory() as folder:
        account = Account(Path(folder) / "account.db").booked()
        catch_all = f"{local}@example.com" if local else None
        changes = {
            "notification/newsletter": KINDS["notification"].parse("notification/newsletter", {"channels": channels}),
            "mail_domain/example.org": KINDS["mail_domain"].parse("mail_domain/example.org", {"catch_all": catch_all}),
            "address": KINDS["address"].parse("address", address),
            "billing": KINDS["billing"].parse("billing", {"invoice": invoice}),
        }
        before = account.state
        account.done(*(account.update(row, before[row], after) for row, after in changes.items()))
        assert account.state == {**before, **changes}
        account.store.close()
