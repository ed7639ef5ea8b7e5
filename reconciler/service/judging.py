"""What is sent, judged by the kinds: of an address, a value and its secrets all that is wrong is said at once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_of
from reconciler.model.fields import Fields, Value
from reconciler.model.kind import Kind
from reconciler.model.password_hash import HashField
from reconciler.model.secret import Secret
from reconciler.ports import Write
from reconciler.service.problems import ProblemError, sentences
from reconciler.wire.values import RecordSet
from reconciler.wire.writes import ANY, SecretText, WriteBody

if TYPE_CHECKING:
    from reconciler.store.entries import Contents

#: What the kinds raise for data that isn't theirs.
_NOT_OURS = (PydanticCustomError, ValueError, LookupError, TypeError, AttributeError)


def setting_kind(name: str) -> Kind:
    """Return a kind of settings; raises ``ProblemError``."""
    kind = KINDS.get(name)
    if kind is None or kind.is_request:
        known = ", ".join(kind.name for kind in KINDS.values() if not kind.is_request)
        raise ProblemError("not-found", f"The kinds of settings are {known}.")
    return kind


def _address_error(kind: Kind, address: Address, *, new: bool) -> str:
    """Return why an address isn't one of this kind in its one spelling, or an empty string.

    What has no name of ours goes by the account's own id, once it is there.
    """
    if kind.natural_key and not new:
        live_id = live_id_of(address) or ""
        return "" if live_id.isdecimal() else f"A {kind.title} goes by the account's own id: {kind.name}/~ID."
    try:
        proper = kind.address(kind.keys(address))
    except PydanticCustomError as error:
        return error.message()
    except _NOT_OURS:
        return f"This is not the address of a {kind.title}."
    return "" if proper == address else f"This is not the address of a {kind.title} in its one spelling."


def demand_address(kind: Kind, address: Address, *, new: bool) -> None:
    """Raise ``ProblemError`` unless this is an address of the kind in its one spelling."""
    if said := _address_error(kind, address, new=new):
        raise ProblemError("wrong", said)


def value_of(address: Address, data: Mapping[str, Any]) -> Value:
    """Return the canonical value that data is, defaults included; raises ``ProblemError``."""
    kind = KINDS[kind_of(address)]
    found, errors = _parsed(kind, address, data)
    if errors:
        raise ProblemError("wrong", "Each error names its place.", errors=errors)
    return found


def secrets_of(kind: Kind, value: Value, given: Mapping[str, SecretText], *, new: bool) -> Mapping[str, Secret]:
    """Return the secrets that go with a value; raises ``ProblemError`` for those that it can't have, or lacks."""
    if errors := list(_secret_errors(kind, value, given, new)):
        raise ProblemError("wrong", "Each error names its place.", errors=errors)
    return {path: secret.secret() for path, secret in given.items()}


def write_of(body: WriteBody, contents: "Contents", place: str) -> tuple[Write | None, list[str]]:
    """Return the write that a body means, or all that is wrong with it; ``place`` says where in a batch it stands."""
    kind = KINDS.get(kind_of(body.address))
    if kind is None or kind.is_request:
        return None, [f"{place}.address: There is no such kind of settings."]
    errors = [f"{place}.{said}" for said in _errors(kind, body, contents)]
    if errors:
        return None, errors
    write = body.model_copy(update={"after": None, "if_match": None if body.if_match == ANY else body.if_match}).write()
    if body.after is None:
        return write, []
    after = _parsed(kind, body.address, _whole(kind, body, contents))[0]
    named = isinstance(after, Fields) and body.action == "update"
    return replace(write, after=kind.project(after, frozenset(body.after)) if named else after), []


def _errors(kind: Kind, body: WriteBody, contents: "Contents") -> Iterator[str]:
    new = body.action == "create"
    for name, address in (("address", body.address), ("moved_from", body.moved_from)):
        if address is not None and kind_of(address) != kind.name:
            yield f"{name}: A {kind.title} stays one."
        elif address is not None and (said := _address_error(kind, address, new=new)):
            yield f"{name}: {said}"
    if (body.after is None) != (body.action == "delete"):
        yield "after: It is what shall be there, and missing only where something is deleted."
        return
    if body.before is not None and not _is_value(kind, body.before):
        yield f"before: This is not the value of a {kind.title}."
    if body.after is not None:
        value, said_of = _parsed(kind, body.address, _whole(kind, body, contents))
        yield from (f"after.{said}" for said in said_of)
        if not said_of:
            yield from _secret_errors(kind, value, body.secrets, body.action != "update")


def _whole(kind: Kind, body: WriteBody, contents: "Contents") -> Mapping[str, Any]:
    """Return what would be there in whole: of an update, what it doesn't name stays as it is."""
    there = contents.state.get(body.moved_from or body.address) if body.action == "update" else None
    return {**(kind.to_json(there) if isinstance(there, Fields) else {}), **(body.after or {})}


def _is_value(kind: Kind, data: Mapping[str, Any]) -> bool:
    try:
        kind.readable(kind.from_json(data))
    except (*_NOT_OURS, OverflowError):
        return False
    return True


def _parsed(kind: Kind, address: Address, data: Mapping[str, Any]) -> tuple[Value, list[str]]:
    try:
        if kind.name == "record":
            _demand_record_set(address, data)
        return kind.parse(address, data), []
    except ValidationError as error:
        return None, sentences(error.errors())
    except PydanticCustomError as error:
        return None, [error.message()]
    except _NOT_OURS:
        return None, [f"This is not the value of a {kind.title}."]


def _demand_record_set(address: Address, data: Mapping[str, Any]) -> None:
    made = RecordSet.model_validate(data)
    if made.type is not None and made.type != address.rpartition("/")[2]:
        raise PydanticCustomError("type", "The type is that of the address.")


def _secret_errors(kind: Kind, value: Value, given: Mapping[str, SecretText], new: bool) -> Iterator[str]:
    belong = kind.secrets_of(value)
    for path in sorted(given.keys() - belong):
        yield f"secrets.{path}: A {kind.title} has no such secret, or not in this form."
    for path in sorted(given.keys() & belong):
        if said := _secret_error(kind, path, given[path]):
            yield f"secrets.{path}: {said}"
    yield from (f"secrets.{path}: It is required." for path in sorted(_required(kind, new) - given.keys()))


def _secret_error(kind: Kind, path: str, given: SecretText) -> str:
    text = given.text.get_secret_value()
    if not given.is_hash:
        return kind.check_secret(path, text) if text else "It is empty."
    info = kind.model.model_fields.get(path)
    if info is None or HashField not in get_args(info.annotation):
        return "It can't be a hash."
    try:
        HashField(hash=text)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return ""


def _required(kind: Kind, new: bool) -> frozenset[str]:
    """Return the secrets that must come: those without which there is nothing of this kind, or nothing to change."""
    fields = kind.model.model_fields
    if kind.secret_fields.isdisjoint(fields):
        return frozenset() if any("." in path for path in kind.secret_fields) else kind.secret_fields
    return frozenset(path for path in kind.secret_fields if new and path in fields and fields[path].is_required())
