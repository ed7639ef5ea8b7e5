"""What the kinds of requests have in common: written under a reference, submitted once, never changed afterwards."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar

from reconciler.kinds._fields import FieldsKind, Resource, fields_of
from reconciler.model.address import Address, join
from reconciler.model.attached import AttachedFile
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Value
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, Info, WithJsonSchema, said
from reconciler.model.money import money
from reconciler.model.scalars import Day, Integer, Text, wrong_type, wrong_value
from reconciler.model.written import Written

_REFERENCE = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_SHA256 = pattern(r"[0-9a-f]{64}\Z")
#: What a customer would write into a form, not a book.
_LONGEST = 20_000


def _attachment(value: Any, info: Info) -> Any:
    if isinstance(value, AttachedFile):
        return {"name": value.name, "sha256": value.sha256, "size": value.size}
    if (info.context or {}).get("live") and isinstance(value, dict):
        return value
    raise wrong_type("a file of the account folder", "Write its path from the folder on, such as `forms/signed.pdf`.")


def _digest(value: str) -> str:
    if not _SHA256.match(value):
        raise wrong_value("A SHA-256 has 64 hexadecimal digits.")
    return value


class Attachment(Written):
    """A file that goes with a request: only its name, digest and size stand in a value."""

    name: Text
    sha256: Annotated[Text, AfterValidator(_digest)]
    size: Integer


def _distinct(files: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise wrong_value(f"Two attachments are called {name!r}.", "Give one of the files another name.")
    return files


Attachments = Annotated[
    tuple[
        Annotated[
            Attachment, BeforeValidator(_attachment, informed=True), WithJsonSchema({"type": "string"}, "validation")
        ],
        ...,
    ],
    AfterValidator(_distinct),
]


def _amount(value: Any) -> str:
    try:
        found = money(value)
    except (TypeError, ValueError):
        raise wrong_type("an amount of money", "Write digits and the currency: `24.00 EUR`.") from None
    if found.amount <= 0:
        raise wrong_value("The amount must be greater than zero.")
    return str(found)


#: A positive amount of money, as its text.
PaidAmount = Annotated[str, BeforeValidator(_amount), WithJsonSchema({"type": "string"})]


def _not_too_long(value: str) -> str:
    if not value.strip():
        raise wrong_value("Here stands nothing.", "Write what it is about.")
    if len(value) > _LONGEST:
        raise wrong_value(f"It has {len(value)} characters; {_LONGEST} are allowed.")
    return value


#: Text for the company to read.
Words = Annotated[Text, AfterValidator(_not_too_long)]


class RequestModel(Resource):
    """Base of the models of requests."""

    valid_until: Day | None = said(
        default=None, description="The last day on which it may be submitted; afterwards it is refused."
    )


class RequestKind(FieldsKind):
    """A kind written below ``requests: REFERENCE``; each kind's file says what it can do to the customer."""

    is_request = True
    worst: ClassVar[Risk]

    @cached_property
    def live_model(self) -> type[Written]:
        """The model of what people write: a request has no secrets, and the account judges all of it."""
        return self.model

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``KIND/REFERENCE``."""
        if not _REFERENCE.match(keys[0]):
            raise wrong_value(
                "A reference has letters, digits, dots, hyphens and underscores, and begins with a letter or digit.",
                "Write one such as `2026-11-shop`.",
            )
        return join(self.name, keys[0])

    def show_field(self, name: str, value: Value) -> str:
        """Return one field as text, files by name, size and the beginning of their digest."""
        if name != "attachments" or not isinstance(value, tuple):
            return super().show_field(name, value)
        files = (fields_of(file).mapping() for file in value)
        return (
            ", ".join(f"{file['name']} ({file['size']} bytes, {str(file['sha256'])[:12]})" for file in files)
            or "(none)"
        )

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return what submitting it can do; to let go of it does nothing."""
        return self.worst if action is Action.SUBMIT else Risk.COSMETIC


def last_day_of(value: Value) -> date | None:
    """Return the last day on which a request may be submitted."""
    last = fields_of(value).value("valid_until")
    return None if last is None else date.fromisoformat(str(last))


def attached_to(value: Value) -> tuple[str, ...]:
    """Return the SHA-256 of each file that goes with a request."""
    files = fields_of(value).value("attachments")
    return tuple(str(fields_of(file).value("sha256")) for file in files) if isinstance(files, tuple) else ()
