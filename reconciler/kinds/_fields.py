"""What kinds with fields have in common: their canonical value is made from what their model says of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar

from reconciler.kinds._leaves import (
    leaf_paths,
    leaves,
    replaced,
    secret_paths_of,
    secrets_in,
    with_leaf,
    with_references,
    without,
    without_secrets,
)
from reconciler.model.address import Address, split
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Digest, Fields, Json, SecretVersion, Value, from_json, salted_digest, to_json
from reconciler.model.kind import NO_REFERENCES, Declaration
from reconciler.model.marks import AfterValidator, Info, said
from reconciler.model.meta import NO_META, OURS, Meta
from reconciler.model.password_hash import HashField, SecretLeaf
from reconciler.model.scalars import Text, wrong_value
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.written import Written


class Resource(Written):
    """Base of the models of resources."""

    meta: Meta = NO_META


def _previously(value: str, info: Info) -> str:
    resolve = (info.context or {}).get("previously")
    return resolve(value) if resolve else value


class Renamable(Resource):
    """Base of the models of resources whose name a person chose, and may choose anew."""

    previously: Annotated[Text, AfterValidator(_previously, informed=True)] = said(
        default="", description="The name under which it was declared until now: it is renamed."
    )


def canonical(value: Any) -> Value:
    """Return a validated model value as a canonical value."""
    if isinstance(value, Written):
        if isinstance(value, SecretLeaf):
            return SecretVersion(value.version)
        names = value.__said__.items()
        return Fields.of((said.alias or name, canonical(getattr(value, name))) for name, said in names)
    if isinstance(value, list | tuple):
        return tuple(canonical(item) for item in value)
    return value.isoformat() if hasattr(value, "isoformat") else value  # type: ignore[no-any-return]  # scalars stay


class FieldsKind:
    """A kind whose canonical value is :class:`Fields`; each kind's file sets the attributes and its own rules."""

    name: ClassVar[str]
    title: ClassVar[str]
    path: ClassVar[tuple[str, ...]]
    model: ClassVar[type[Written]]
    fixed: ClassVar[bool] = False
    is_request: ClassVar[bool] = False
    lasting: ClassVar[str] = ""
    needs_tombstone: ClassVar[bool] = False
    holds_data: ClassVar[bool] = False
    natural_key: ClassVar[str | None] = None
    #: Fields that need not be declared, and without a default to go back to when they no longer are.
    undefaulted: ClassVar[frozenset[str]] = frozenset()

    @property
    def section(self) -> str:
        """The first key of its path."""
        return self.path[0]

    @cached_property
    def defaults(self) -> Mapping[str, Value]:
        """The canonical default of each field that has one."""
        return {
            name: canonical(said.of_default())
            for name, said in self.model.__said__.items()
            if name not in self.undefaulted | OURS and not said.is_required
        }

    @cached_property
    def _leaf_paths(self) -> tuple[frozenset[str], frozenset[str]]:
        return leaf_paths(self.model)

    @cached_property
    def secret_fields(self) -> frozenset[str]:
        """The paths of leaves whose model type is a secret reference."""
        return self._leaf_paths[0]

    @cached_property
    def secret_keys(self) -> frozenset[str]:
        """The last key of each secret's path."""
        return frozenset(path.rpartition(".")[2] for path in self.secret_fields)

    @cached_property
    def private_fields(self) -> frozenset[str]:
        """The paths of leaves marked with ``PRIVATE`` in the model."""
        return self._leaf_paths[1]

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return the address of the resource written below ``keys``; raises ``PydanticCustomError``."""
        raise NotImplementedError(f"{self.name} has no address rule")

    def keys(self, address: Address) -> tuple[str, ...]:
        """Return the keys below which the resource of ``address`` is written."""
        return split(address)[1:]

    def context(self, address: Address) -> dict[str, Any]:
        """Return what the model's validators need to know beside the data."""
        return {"previously": lambda name: self._before(address, name)}

    def earlier(self, address: Address, name: str) -> Address:
        """Return the address of what was declared under ``name`` beside ``address``; raises ``PydanticCustomError``."""
        return self.address((name,))

    def _before(self, address: Address, name: str) -> Address:
        earlier = self.earlier(address, name)
        if earlier == address:
            raise wrong_value(f"{name!r} is the name that it has now.", "Name the one that it had before.")
        return earlier

    def declare(self, address: Address, data: Any) -> Declaration:
        """Return what ``data`` declares; raises ``pydantic.ValidationError``."""
        model = self.model.model_validate(data, self.context(address))
        declared = self.model.written_in(data) - OURS
        secrets = {path: _reference(found) for path, found in secrets_in(model)} if self.secret_fields else {}
        return Declaration(
            Fields.of({name: canonical(getattr(model, name)) for name in declared}),
            secrets,
            getattr(model, "meta", NO_META),
            getattr(model, "previously", ""),
        )

    def parse(self, address: Address, data: Mapping[str, Any]) -> Value:
        """Return the canonical value of complete fields as an account reports them, secrets left out.

        Raises ``pydantic.ValidationError``.
        """
        context = self.context(address) | {"live": True}
        model = self.live_model.model_validate(_without_secrets(data, self.secret_fields), context)
        return Fields.of((n, canonical(getattr(model, n))) for n in model.__said__ if n not in OURS)

    @cached_property
    def live_model(self) -> type[Written]:
        """The model of what an account reports: the same without secrets and metadata, every field present."""
        return without_secrets(self.model)

    def field_names(self, value: Value) -> frozenset[str]:
        """Return the declared fields of a value."""
        return fields_of(value).names

    def project(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value with only the named fields."""
        return fields_of(value).only(fields)

    def completed(self, value: Value, fields: frozenset[str]) -> Value:
        """Return the value with the default of each named field that it lacks; raises ``KeyError`` without one."""
        missing = fields - fields_of(value).names
        return fields_of(value).replaced(**{name: self.defaults[name] for name in missing}) if missing else value

    def sealed(self, value: Value, salt: str) -> Value:
        """Return the value with each private leaf replaced by its salted digest; one that is a digest stays it."""

        def digest(path: str, private: Value) -> Value:
            if private is None or isinstance(private, Digest):
                return private
            return salted_digest(salt, self.name, path, private)

        return replaced(fields_of(value), self.private_fields, digest) if self.private_fields else value

    def masked(self, value: Value) -> Value:
        """Return the value with each private leaf replaced by what may be shown of it."""
        return replaced(fields_of(value), self.private_fields, _mask_leaf) if self.private_fields else value

    def readable(self, value: Value) -> Value:
        """Return the value without its secret leaves."""
        return without(fields_of(value), self.secret_fields) if self.secret_fields else value

    @cached_property
    def _has_forms(self) -> bool:
        """Whether a secret lies in a mapping, which may have a form without it."""
        return any("." in path for path in self.secret_fields)

    def secrets_of(self, value: Value) -> frozenset[str]:
        """Return the secret leaves that exist in the forms which the value's mappings have."""
        return secret_paths_of(self.model, fields_of(value)) if self._has_forms else self.secret_fields

    def versions(self, value: Value) -> Mapping[str, int | str]:
        """Return the version of each secret leaf in the value."""
        found = leaves(fields_of(value), self.secret_fields) if self.secret_fields else {}
        return {path: secret.version for path, secret in found.items() if isinstance(secret, SecretVersion)}

    def with_versions(self, value: Value, source: Value) -> Value:
        """Return the value with the secret leaves of ``source``, where the value's own form has them."""
        made = fields_of(value)
        there = self.secrets_of(value)
        for path, secret in leaves(fields_of(source), there).items() if there else ():
            made = with_leaf(made, path, secret)
        return made

    def expired_fields(self, value: Value, today: date) -> frozenset[str]:
        """Return the fields that have had their time: none, unless the kind says otherwise."""
        return frozenset()

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the addresses that must exist for this resource to work."""
        return ()

    def renamed(self, value: Value, names: Mapping[Address, Address]) -> Value:
        """Return the value as it is: most kinds refer to nothing that has one name here and another in the account."""
        return value

    def check_secret(self, path: str, text: str) -> str:
        """Return an empty string: any text is fit, unless the kind says otherwise."""
        return ""

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return the worst that this change can do."""
        return Risk.COSMETIC

    def show(self, value: Value) -> Mapping[str, str]:
        """Return the fields as text, private leaves masked, secrets as their version."""
        return {name: self.show_field(name, shown) for name, shown in fields_of(self.masked(value))}

    def show_field(self, name: str, value: Value) -> str:
        """Return one field, its private leaves masked, as text."""
        return show_value(value)

    def to_json(self, value: Value) -> Json:
        """Return the value as JSON."""
        return to_json(value)

    def from_json(self, data: Json) -> Value:
        """Return the value that :meth:`to_json` turned into ``data``."""
        return from_json(data)

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the fields that differ from their default as a person would write them, with references to secrets."""
        data = {
            n: self.write_field(address, n, v)
            for n, v in fields_of(self.readable(value))
            if v is not None and (n not in self.defaults or v != self.defaults[n])
        }
        return with_references(self.model, data, references)

    def is_at_rest(self, address: Address, value: Value) -> bool:
        """Tell whether a person would write nothing of the value."""
        return not self.to_yaml(address, value)

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return one field as a person would write it; a mapping without what it doesn't say."""
        if isinstance(value, Fields):
            return {part: inner for part, inner in to_json(value).items() if inner is not None}
        return to_json(value)


def _reference(found: SecretLeaf) -> SecretRef:
    if isinstance(found, HashField):
        return SecretRef("hash", found.version[:8], found.version, Secret(found.hash, is_hash=True))
    source, _, name = found.secret.partition("/")
    return SecretRef(source, name, found.version)


def _mask_leaf(_path: str, value: Value) -> Value:
    return None if value is None else mask(value)


def _without_secrets(data: Any, paths: frozenset[str], above: str = "") -> Any:
    """Return data without the keys at ``paths``."""
    if not isinstance(data, Mapping):
        return data
    kept = {name: given for name, given in data.items() if f"{above}{name}" not in paths}
    return {name: _without_secrets(given, paths, f"{above}{name}.") for name, given in kept.items()}


def fields_of(value: Value) -> Fields:
    """Return a value as fields."""
    if not isinstance(value, Fields):
        raise TypeError(f"not a value with fields: {type(value).__name__}")
    return value


def show_value(value: Value) -> str:
    """Return a field's value as text for a person."""
    match value:
        case SecretVersion(version=str() as digest):
            return f"(secret, hash {digest[:8]})"
        case SecretVersion(version=version):
            return f"(secret, version {version})"
        case None:
            return "(none)"
        case bool():
            return "true" if value else "false"
        case Fields():
            return "{" + ", ".join(f"{n}: {show_value(v)}" for n, v in value) + "}"
        case tuple():
            return "[" + ", ".join(show_value(v) for v in value) + "]"
    return str(value)


def mask(value: Value) -> str:
    """Return a private value so that its owner recognises it and nobody else learns it."""
    if isinstance(value, Digest):
        return "(private)"
    text = str(value)
    if "@" in text:
        local, _, domain = text.rpartition("@")
        return f"{local[:1]}...@{domain[:1]}...{domain[domain.rfind('.') :]}"
    if text.startswith("+") and len(text) > 8:
        return f"{text[:3]}...{text[-2:]}"
    return f"{text[:1]}..."


def plain_name(name: str) -> str:
    """Return a name that a person gave; raises ``PydanticCustomError`` for the mark of live ids and for spaces."""
    if not name or name.startswith("~") or any(c.isspace() for c in name):
        raise wrong_value("A name has no spaces and doesn't begin with ~.", "Choose a short name such as `erika`.")
    return name
