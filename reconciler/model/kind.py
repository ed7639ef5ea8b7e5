"""What a kind of resource knows about itself; everything outside ``kinds`` works through this alone.

Secret and private *leaves* may lie inside nested mappings; each is named by its dotted path (``password``,
``pay.iban``), which is also the name of a secret in declarations, writes and findings.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from reconciler.model.address import Address
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.meta import Meta
from reconciler.model.secret import SecretRef
from reconciler.model.written import Model

#: What a value is written with where no secret is referred to.
NO_REFERENCES: Mapping[str, Json] = {}


class Declaration(NamedTuple):
    """What a piece of YAML declares: the canonical value of the fields it names, where secrets lie, and metadata.

    ``secrets`` has the path of each secret leaf, ``previously`` is the address that the resource had before, or empty.
    """

    value: Value
    secrets: Mapping[str, SecretRef]
    meta: Meta
    previously: Address = ""


class Kind(Protocol):
    """One kind of resource. Nobody but the kind looks inside a canonical value."""

    @property
    def name(self) -> str:
        """The kind's name, the first part of its addresses."""

    @property
    def title(self) -> str:
        """What the portal's customer calls it, in the singular (``mailbox``, ``record set``)."""

    @property
    def path(self) -> tuple[str, ...]:
        """Where it is written: keys from the top of a file, ``*`` for a name (``contacts``, ``*``); or none."""

    @property
    def section(self) -> str:
        """The part of an account that it belongs to, which may have a provider of its own (``dns``, ``mail``)."""

    @property
    def model(self) -> Model:
        """The model of what people write for one resource; the schema is generated from it."""

    @property
    def holds_data(self) -> bool:
        """Whether the live resource holds what can't be made again (mail, files)."""

    @property
    def fixed(self) -> bool:
        """Whether the account always has it: it is never created or deleted, only changed or forgotten."""

    @property
    def is_request(self) -> bool:
        """Whether it asks the company for something: submitted exactly once, and never changed or deleted."""

    @property
    def lasting(self) -> str:
        """What of a request can't be undone once it was submitted, in a sentence; empty for a setting."""

    @property
    def needs_tombstone(self) -> bool:
        """Whether a deletion needs an entry under ``removed:``."""

    @property
    def natural_key(self) -> str | None:
        """The field by which a live entry without a name of ours is recognised, or None where the name identifies."""

    @property
    def defaults(self) -> Mapping[str, Value]:
        """The documented default of each field that has one; a field that only the record declares goes back to it."""

    @property
    def secret_fields(self) -> frozenset[str]:
        """The paths of leaves that are compared by version only, in whatever form of a mapping they exist."""

    @property
    def secret_keys(self) -> frozenset[str]:
        """The keys behind which only the place of a secret may stand; what stands there is never shown."""

    @property
    def private_fields(self) -> frozenset[str]:
        """The paths of personal and financial leaves: masked in every output, salted digests in record and seals."""

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return the address of what is written below ``keys`` (one for each ``*``); raises ``PydanticCustomError``."""

    def keys(self, address: Address) -> tuple[str, ...]:
        """Return the keys below which the resource of ``address`` is written."""

    def declare(self, address: Address, data: Any) -> Declaration:
        """Return what ``data`` (scalars as text) declares; raises ``pydantic.ValidationError``."""

    def parse(self, address: Address, data: Mapping[str, Any]) -> Value:
        """Return the canonical value of all fields as an account reports them; raises ``pydantic.ValidationError``."""

    def field_names(self, value: Value) -> frozenset[str]:
        """Return the declared fields of a value."""

    def project(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value with only the named fields."""

    def completed(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value with the default of each named field that it lacks; raises ``KeyError`` without one."""

    def sealed(self, value: Value, salt: str) -> Value:
        """Return the value with each private leaf replaced by its salted digest; secret leaves stay versions."""

    def masked(self, value: Value) -> Value:
        """Return the value (also the record's, with digests) with each private leaf replaced by what may be shown."""

    def readable(self, value: Value) -> Value:
        """Return the value without its secret leaves, as an account reports it."""

    def secrets_of(self, value: Value) -> frozenset[str]:
        """Return the paths of the secrets that belong to the value, also where it doesn't show them.

        A secret inside a mapping belongs to it only while the mapping has the form in which the secret exists.
        """

    def versions(self, value: Value) -> Mapping[str, int | str]:
        """Return the version of each secret leaf that the value shows, by path."""

    def with_versions(self, value: Value, source: Value) -> Value:
        """Return the value with those secret leaves of ``source`` that belong to it, in place of its own."""

    def expired_fields(self, value: Value, today: date) -> frozenset[str]:
        """Return the fields that have had their time by ``today`` and are left out of all three states."""

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the addresses that must exist for this resource to work; only those that we could own."""

    def renamed(self, value: Value, names: Mapping[Address, Address]) -> Value:
        """Return the value with each reference to an address in ``names`` under the address that it has there.

        An account may call another entry by its own id (``contact/~3``) where we have a name for it.
        """

    def check_secret(self, path: str, text: str) -> str:
        """Return in a sentence why a secret's text can't be what it should be, without the text; empty if it may."""

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return the worst that this change can do."""

    def show(self, value: Value) -> Mapping[str, str]:
        """Return the fields as text for a person, private ones masked, secrets as their version; not neutralised.

        A field with several values (those of a record set) has one a line.
        """

    def to_json(self, value: Value) -> Json:
        """Return the value as JSON; readable, exact, without secrets."""

    def from_json(self, data: Json) -> Value:
        """Return the value that :meth:`to_json` turned into ``data``."""

    def is_at_rest(self, address: Address, value: Value) -> bool:
        """Tell whether a person would write nothing of the value: everything is as in a new account."""

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return one field as a person would write it; a mapping without what it doesn't say."""

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the value as what a person would write in YAML: private fields real, defaults absent.

        ``references`` are put in the places of the secrets with these paths; other secrets are absent.
        """
