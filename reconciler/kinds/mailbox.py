"""Mailboxes: where mail is kept, with forwarding and holiday reply."""

from datetime import date
from typing import Annotated, Any

from reconciler.kinds._fields import Renamable, fields_of, show_value
from reconciler.kinds._hosted import HostedKind
from reconciler.kinds._mail import Target, sorted_unique, written_target
from reconciler.model.address import Address
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, Json, Value
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, WithJsonSchema, said
from reconciler.model.password_hash import SecretOrHash
from reconciler.model.scalars import Boolean, Day, Text, wrong_type, wrong_value
from reconciler.model.written import Written

_SIZE = pattern(r"([1-9][0-9]{0,9}) ?(B|KiB|MiB|GiB|TiB)\Z")
_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def _size(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    found = _SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise wrong_type("a size with its unit", "Write a number and B, KiB, MiB, GiB or TiB, for example `5 GiB`.")
    return int(found[1]) * _UNITS[found[2]]


Size = Annotated[
    int,
    BeforeValidator(_size),
    WithJsonSchema({"type": "string", "pattern": _SIZE.pattern[:-2] + "$"}, "validation"),
    WithJsonSchema({"type": "integer", "minimum": 1, "description": "In octets."}, "serialization"),
]


def written_size(size: int) -> str:
    """Return a size in bytes in the largest unit that divides it."""
    unit = next(unit for unit in reversed(_UNITS) if size % _UNITS[unit] == 0)
    return f"{size // _UNITS[unit]} {unit}"


class Autoreply(Written):
    """A reply sent to whoever writes, at most until the last day given."""

    subject: Text
    text: Text
    from_: Day | None = said(default=None, alias="from", description="The first day.")
    until: Day | None = said(default=None, description="The last day; afterwards the reply is left out everywhere.")

    def check(self) -> None:
        """Refuse a last day before the first."""
        if self.from_ and self.until and self.until < self.from_:
            raise wrong_value("`until` lies before `from`.", "Exchange the two dates.")


class MailboxModel(Renamable):
    """A mailbox."""

    name: Text = said(default="", description="The name shown beside the address.")
    quota: Size = said(default=2**30, description="How much mail it holds.")
    password: SecretOrHash = said(description="Where the password lies, or its hash.")
    forward_to: Annotated[tuple[Target, ...], AfterValidator(sorted_unique)] = said(
        default=(), description="Addresses that get a copy; a bare name is one of the same domain."
    )
    keep_copy: Boolean = said(default=True, description="Whether forwarded mail is also kept.")
    autoreply: Autoreply | None = said(default=None, description="The holiday reply; none by default.")


class MailboxKind(HostedKind):
    """``mail: DOMAIN: mailboxes: NAME``."""

    name = "mailbox"
    title = "mailbox"
    path = ("mail", "*", "mailboxes", "*")
    model = MailboxModel
    targets_field = "forward_to"
    needs_tombstone = True
    holds_data = True

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return data loss for a deletion, access for a password, otherwise traffic or less."""
        if action.destroys:
            return Risk.DATA_LOSS
        if before is None or after is None:
            return Risk.COSMETIC
        old, new = fields_of(before).mapping(), fields_of(after).mapping()
        changed = {n for n in new if new[n] != old.get(n)}
        if changed & self.secret_fields:
            return Risk.ACCESS
        return Risk.TRAFFIC if changed - {"name"} else Risk.COSMETIC

    def show_field(self, name: str, value: Value) -> str:
        """Return a field as text, a quota with its unit."""
        return written_size(value) if name == "quota" and isinstance(value, int) else show_value(value)

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return a field as a person would write it."""
        if name == "forward_to" and isinstance(value, tuple):
            return [written_target(self.keys(address)[0], str(target)) for target in value]
        if name == "quota" and isinstance(value, int):
            return written_size(value)
        return super().write_field(address, name, value)

    def expired_fields(self, value: Value, today: date) -> frozenset[str]:
        """Return the fields that have had their time: a holiday reply whose last day has passed."""
        reply = fields_of(value).value("autoreply")
        if isinstance(reply, Fields) and (until := reply.value("until")) and str(until) < today.isoformat():
            return frozenset({"autoreply"})
        return frozenset()
