"""The rules of a real account. Adding one is a function and a row in ``RULES``.

``refusal`` judges a single write by itself. The rules in ``RULES`` judge the account as it stands after a whole batch,
so that the order inside a batch doesn't matter; they look only at what the batch touched, and say which effect is to
blame, in one sentence without private values.

    =================================  =====================================================================
    fixed kinds                        a mail domain, notification, address, billing or password only changes
    domain booked                      zones, mailboxes and aliases belong to a booked domain
    zone there                         record sets belong to a zone
    CNAME alone                        no other data beside a CNAME (RFC 1034, section 3.6.2; RFC 2181, 10.1)
    one value                          a CNAME, DNAME or ALIAS has one value
    served types                       record types with RDATA, and ALIAS; no options of other tools
    mailbox or alias                   no address is both
    targets there                      a target inside a booked domain is a mailbox or an alias
    targets stay                       what mail is sent on to isn't deleted or renamed
    key unique                         no two contacts with one e-mail address, no whitelist address or login twice
    packages booked                    a contact speaks for booked packages, unless the account is unlimited
    within limits                      a package has as many mailboxes as it is sold with, at most
    home below root                    an FTP account sees a folder below the account's root
    postcode of country                the postcode is one of the address's country
    contact there                      the contact that stands on the invoice is one of the account's
    contact stays                      it isn't deleted while it stands there
    IBAN there                         who pays by debit has given an IBAN
    =================================  =====================================================================
"""

import json
from collections.abc import Callable, Iterator, Sequence
from sqlite3 import Connection
from typing import TypeAlias

from reconciler.kinds import KINDS
from reconciler.kinds.ftp_account import canonical_home
from reconciler.kinds.postal_address import canonical_postcode
from reconciler.kinds.record import as_record, is_served
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.change import Action
from reconciler.model.fields import Fields, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.model.secret import IBAN
from reconciler.ports import Write
from reconciler.store.entries import domain_of, natural_key, record_row, stored
from reconciler.store.tables import RENAMED_KINDS, SERVED_TYPES, TOPICS

_SINGLE_TYPES = frozenset({"CNAME", "DNAME", "ALIAS"})
_CALLED = {"mailbox": "a mailbox", "alias": "an alias"}
_BESIDE_CNAME = ("CNAME", "RRSIG", "NSEC")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write did: the row it touched, the whole value that stands there now (None: nothing), if it is new."""

    index: int
    row: Address
    value: Value | None
    is_new: bool = False


Problem: TypeAlias = tuple[int, str]
Rule: TypeAlias = Callable[[Connection, Sequence[Effect]], Iterator[Problem]]


def refusal(write: Write, kind: Kind, domains: frozenset[str]) -> str:
    """Return why the account can't take a write at all, or an empty string."""
    name = decode_part(write.address.partition("/")[2])
    if kind.is_request and write.action is not Action.SUBMIT:
        return f"What is asked for ({kind.title}) is submitted once, and neither changed nor deleted."
    if write.action is Action.SUBMIT and not kind.is_request:
        return f"A {kind.title} is no request, so it isn't submitted."
    if kind.fixed and write.action is not Action.UPDATE:
        article = "An" if kind.title[0] in "aeiou" else "A"
        return f"{article} {kind.title} is always there: it can be changed, but not created or deleted."
    if kind.name == "notification" and name not in TOPICS:
        return f"The account knows no topic {name!r}; it knows {', '.join(TOPICS)}."
    if write.moved_from and (kind.name not in RENAMED_KINDS or write.action is not Action.UPDATE):
        return f"A {kind.title} can't be renamed."
    if write.after is not None and write.action is not Action.UPDATE:
        missing = kind.versions(write.after).keys() - write.secrets.keys()
        if missing:
            return f"A new {kind.title} needs its {', '.join(sorted(missing))}."
    if write.action is not Action.DELETE and (domain := domain_of(kind, write.address)) and domain not in domains:
        return f"The domain {domain} isn't booked in this account."
    return _unserved(write.after) if kind.name == "record" and write.after is not None else ""


def _unserved(value: Value) -> str:
    record = as_record(value)
    if not is_served(record, SERVED_TYPES, False):
        return f"The account doesn't serve {record.rtype} records, or not with these options."
    if not record.values:
        return "A record set has at least one value."
    if record.rtype in _SINGLE_TYPES and len(record.values) > 1:
        return f"A name has one {record.rtype} value, not {len(record.values)} (RFC 2181, section 10.1)."
    return ""


def _zone_is_there(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    there: dict[str, bool] = {}
    for effect in effects:
        if effect.value is not None and effect.row.startswith("record/"):
            zone = record_row(effect.row).zone
            if zone not in there:
                there[zone] = _exists(connection, zone)
            if not there[zone]:
                yield effect.index, f"The account has no zone {decode_part(zone.partition('/')[2])}."


def _cname_stands_alone(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    rows = [(effect.index, record_row(effect.row)) for effect in effects if effect.row.startswith("record/")]
    wrong = {
        (zone, name)
        for zone in {row.zone for _, row in rows}
        for (name,) in connection.execute(
            "SELECT DISTINCT cname.name FROM record_set AS cname JOIN record_set AS other USING (zone, name)"
            " WHERE zone = ? AND cname.type = 'CNAME' AND other.type NOT IN (?, ?, ?)",
            (zone, *_BESIDE_CNAME),
        )
    }
    for index, row in rows:
        if (row.zone, row.name) in wrong:
            yield index, f"The name {decode_part(row.name)} has a CNAME, and no other data may stand beside it."


def _mailbox_or_alias(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        kind, _, name = effect.row.partition("/")
        other = {"mailbox": "alias", "alias": "mailbox"}.get(kind)
        if effect.value is not None and other and _exists(connection, f"{other}/{name}"):
            yield effect.index, f"The address {decode_part(name)} is already that of {_CALLED[other]}."


def _targets_are_there(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        if effect.value is None or effect.row.startswith("record/"):
            continue
        for (target,) in connection.execute("SELECT target FROM mail_target WHERE source = ?", (effect.row,)):
            if _is_ours(connection, target) and not _receives(connection, target):
                name = decode_part(target)
                yield effect.index, f"It sends mail on to {name}, which is neither a mailbox nor an alias here."
                break


def _targets_stay(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        kind, _, name = effect.row.partition("/")
        if effect.value is None and kind in ("mailbox", "alias") and not _receives(connection, name):
            query = "SELECT source FROM mail_target WHERE target = ? ORDER BY source LIMIT 1"
            if found := connection.execute(query, (name,)).fetchone():
                yield effect.index, f"{found[0]} still sends mail on to it."


def _key_is_unique(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        kind = KINDS[kind_of(effect.row)]
        if effect.value is None or not kind.natural_key:
            continue
        query = "SELECT count(*) FROM entry WHERE kind = ? AND natural_key = ?"
        (count,) = connection.execute(query, (kind.name, natural_key(kind, effect.value))).fetchone()
        if count > 1:
            yield effect.index, f"Another {kind.title} has the same {kind.natural_key}."


def _packages_are_booked(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    contacts = [effect for effect in effects if effect.value is not None and kind_of(effect.row) == "contact"]
    booked = dict(connection.execute("SELECT name, unlimited FROM package")) if contacts else {}
    for effect in contacts:
        packages = KINDS["contact"].to_json(effect.value)["packages"]
        missing = [] if packages == "all" or any(booked.values()) else sorted(set(packages) - booked.keys())
        if missing:
            yield effect.index, f"The package {missing[0]} isn't booked in this account."


def _limits_are_kept(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    grown = [effect for effect in effects if effect.is_new and kind_of(effect.row) == "mailbox"]
    if not grown:
        return
    for name, limits in _limits(connection).items():
        limit, there = limits.get("mailboxes"), _mailboxes_in(connection, name)
        if limit is None or len(there) <= limit:
            continue
        for effect in grown:
            if effect.row in there:
                yield effect.index, f"The package {name} has {limit} mailboxes at most, and this would be one more."


def _limits(connection: Connection) -> dict[str, dict[str, int]]:
    rows = connection.execute("SELECT name, value FROM package WHERE NOT unlimited").fetchall()
    return {name: json.loads(value).get("limits", {}) for name, value in rows}


def _mailboxes_in(connection: Connection, package: str) -> frozenset[Address]:
    query = (
        "SELECT address FROM domain JOIN entry ON entry.domain = domain.name"
        " WHERE domain.package = ? AND entry.kind = 'mailbox'"
    )
    return frozenset(address for (address,) in connection.execute(query, (package,)))


def _home_is_below_root(_connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        if isinstance(effect.value, Fields) and kind_of(effect.row) == "ftp_account":
            try:
                canonical_home(str(effect.value.value("home")))
            except refusals() as error:
                yield effect.index, error.message()


def _postcode_is_of_country(_connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        if not isinstance(effect.value, Fields) or kind_of(effect.row) != "address":
            continue
        country, postcode = effect.value.value("country"), effect.value.value("postcode")
        if country and postcode and canonical_postcode(str(country), str(postcode)) != postcode:
            yield effect.index, "The postcode is none of the address's country."


def _invoice_contact_is_there(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    if not any(kind_of(effect.row) in ("billing", "contact") for effect in effects):
        return
    there = stored(connection, "billing")
    named = list(KINDS["billing"].references("billing", there.value)) if there else []
    if not named or _exists(connection, named[0]):
        return
    for effect in effects:
        if kind_of(effect.row) == "billing":
            yield effect.index, "The account has no such contact for the invoice."
        elif effect.row == named[0]:
            yield effect.index, "It still stands on the invoice (`billing`)."


def _iban_is_there(connection: Connection, effects: Sequence[Effect]) -> Iterator[Problem]:
    for effect in effects:
        if effect.value is None or IBAN not in KINDS[kind_of(effect.row)].secrets_of(effect.value):
            continue
        if connection.execute("SELECT 1 FROM bank_number WHERE address = ?", (effect.row,)).fetchone() is None:
            yield effect.index, f"Who pays by debit needs an IBAN: `{IBAN}`."


def _exists(connection: Connection, row: Address) -> bool:
    return connection.execute("SELECT 1 FROM entry WHERE address = ?", (row,)).fetchone() is not None


def _is_ours(connection: Connection, mail_address: str) -> bool:
    domain = mail_address.rpartition("@")[2]
    return connection.execute("SELECT 1 FROM domain WHERE name = ?", (domain,)).fetchone() is not None


def _receives(connection: Connection, name: str) -> bool:
    return _exists(connection, f"mailbox/{name}") or _exists(connection, f"alias/{name}")


#: What must hold for the account after a batch.
RULES: tuple[Rule, ...] = (
    _zone_is_there,
    _cname_stands_alone,
    _mailbox_or_alias,
    _targets_are_there,
    _targets_stay,
    _key_is_unique,
    _packages_are_booked,
    _limits_are_kept,
    _home_is_below_root,
    _postcode_is_of_country,
    _invoice_contact_is_there,
    _iban_is_there,
)


def problems(connection: Connection, effects: Sequence[Effect]) -> dict[int, str]:
    """Return, for each effect to blame, the first rule that it breaks."""
    found: dict[int, str] = {}
    for rule in RULES:
        for index, sentence in rule(connection, effects):
            found.setdefault(index, sentence)
    return found
