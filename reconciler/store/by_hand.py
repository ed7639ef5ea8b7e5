"""Changes of the embedded account by hand, as a person would make them in a portal: for trying out drift.

The account's rules hold here too. Contacts and whitelist entries have no name of ours in the account; they go by their
id (``contact/~3``) or by what the account recognises them by (``contact/erika@example.org``).
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from pydantic import ValidationError, create_model
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.model.address import Address, join, kind_of, live_id_of, matches, split
from reconciler.model.change import Action
from reconciler.model.declared import Declared
from reconciler.model.errors import AccountError, UsageError
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.text import neutral
from reconciler.model.typed_text import known_fields, secret_in, typed
from reconciler.ports import Write
from reconciler.store.account import BY_HAND, Store
from reconciler.store.entries import Contents, natural_key


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an address means in the account; ``value`` is None where nothing is there."""

    kind: Kind
    address: Address
    key: Mapping[str, str]
    value: Value | None
    version: str | None


def show(stores: Mapping[str, Store], patterns: Sequence[str] = ()) -> dict[Address, Mapping[str, str]]:
    """Return the fields of each entry that a pattern covers (without patterns: of all), in the order of the kinds.

    ``stores`` names the account of each kind; only those are read that hold what is asked for. Texts are neutral and
    private values masked. Raises ``AccountError``.
    """
    kinds = [kind for kind in stores if not patterns or any(fnmatchcase(kind, p.partition("/")[0]) for p in patterns)]
    held = {store: store.read() for store in dict.fromkeys(stores[kind] for kind in kinds)}
    if held and not any(held.values()):
        _contents(next(iter(held)))
    found: dict[Address, Mapping[str, str]] = {}
    for kind in kinds:
        if (contents := held[stores[kind]]) is None:
            continue
        ours = [address for address in contents.state if kind_of(address) == kind]
        chosen = [a for a in ours if not patterns or any(matches(a, pattern) for pattern in patterns)]
        for address in sorted(chosen, key=lambda a: split(a)[1:]):
            found[address] = {name: neutral(text) for name, text in _shown(contents, address).items()}
    return found


def _shown(contents: Contents, address: Address) -> dict[str, str]:
    hints = {path: f"(secret, {hint})" for (row, path), hint in contents.hints.items() if row == address}
    asked = contents.requests.get(address)
    became = {"status": asked.status, "at": asked.at.isoformat(), "note": asked.note} if asked else {}
    return {**KINDS[split(address)[0]].show(contents.state[address]), **hints, **became}


def set_fields(store: Store, address: str, fields: Mapping[str, str]) -> Address:
    """Change fields of an entry, or create it, and return where it stands; an empty text gives a field its default.

    Raises ``UsageError`` for what makes no sense, ``AccountError`` for what the account refuses.
    """
    contents = _contents(store)
    entry = _find(contents, address)
    unknown = sorted(fields.keys() - known_fields(entry.kind))
    if unknown:
        raise UsageError(
            f"A {entry.kind.title} has no field {unknown[0]!r} that can be set here.",
            f"Fields: {', '.join(sorted(known_fields(entry.kind))) or '(none)'}.",
        )
    with_key = {name: text for name, text in entry.key.items() if name not in fields}
    given = {name: typed(entry.kind, name, text) for name, text in {**with_key, **fields}.items()}
    if secret := next((path for name, data in given.items() if (path := secret_in(entry.kind, name, data))), None):
        raise UsageError(f"`{secret}` can't be set here, because others see command lines.", "Set it by an apply.")
    value = _parsed(entry, given)
    new = entry.value is None and not entry.kind.fixed
    write = Write(
        Action.CREATE if new else Action.UPDATE,
        entry.address,
        before=entry.value,
        after=value,
        key="",
        version=entry.version,
    )
    return _written(store, write, contents)


def delete(store: Store, address: str) -> Address:
    """Delete an entry and return where it stood; raises ``UsageError`` or ``AccountError``."""
    contents = _contents(store)
    entry = _find(contents, address)
    if entry.value is None:
        raise AccountError(f"The account has no {neutral(address)}.", "`reconciler account show` lists what there is.")
    write = Write(Action.DELETE, entry.address, before=entry.value, after=None, key="", version=entry.version)
    return _written(store, write, contents)


def answer(store: Store, address: str, status: str, note: str = "") -> Address:
    """Say what became of a request, as the hosting company would, and return its address; raises ``AccountError``."""
    contents = _contents(store)
    if address not in contents.requests:
        raise AccountError(f"The account knows no request {neutral(address)}.", _asked_for(contents))
    store.answer_request(address, status, note)
    return address


def _asked_for(contents: Contents) -> str:
    there = ", ".join(neutral(address) for address in sorted(contents.requests))
    return f"It knows: {there}." if there else "Nothing was submitted yet."


def _contents(store: Store) -> Contents:
    contents = store.read()
    if contents is None:
        raise AccountError(f"There is no account in {store.path}.", "The first `reconciler apply` creates it.")
    return contents


def _find(contents: Contents, address: str) -> _Entry:
    """Return what an address as a person writes it means; raises ``UsageError``."""
    name, *keys = split(address)
    kind = KINDS.get(name)
    expected = 3 if name == "record" else int(kind is None or "*" in kind.path)
    if kind is None or len(keys) != expected or not all(keys[:1]):
        raise UsageError(
            f"{neutral(address)!r} is not an address.",
            "Write for example `mailbox/info@example.org` or `record/example.org/www/A`.",
        )
    if kind.is_request:
        raise UsageError(
            f"What is asked for ({kind.title}) can't be changed or deleted.",
            "`reconciler account answer` says what the company makes of it.",
        )
    key: dict[str, str] = {}
    try:
        if kind.natural_key and live_id_of(address) is None:
            key = {kind.natural_key: _canonical_key(kind, kind.natural_key, keys[0])}
            found = (a for a, v in contents.state.items() if split(a)[0] == name and _has_key(kind, v, key))
            address = next(found, join(name, keys[0]))
        elif not kind.natural_key:
            address = kind.address(kind.keys(address))
    except (PydanticCustomError, ValidationError) as error:
        raise _usage_error(error) from None
    if live_id_of(address) is not None and address not in contents.state:
        raise AccountError(f"The account has no {neutral(address)}.", "`reconciler account show` lists what there is.")
    return _Entry(kind, address, key, contents.state.get(address), contents.versions.get(address))


def _canonical_key(kind: Kind, name: str, text: str) -> str:
    info = kind.model.model_fields[name]
    field: dict[str, Any] = {name: (info.annotation, info)}
    model = create_model("Key", __base__=Declared, **field)
    return str(getattr(model.model_validate({name: text}), name))


def _has_key(kind: Kind, value: Value, key: Mapping[str, str]) -> bool:
    return natural_key(kind, value) in key.values()


def _parsed(entry: _Entry, given: Mapping[str, Any]) -> Value:
    """Return the whole value with ``given`` in place of what was there; None among them means the default."""
    data = {**(entry.kind.to_json(entry.value) if entry.value is not None else {}), **given}
    if "value" in given:
        data["values"] = [given["value"]]
    kept = {name: value for name, value in data.items() if value is not None}
    try:
        return entry.kind.parse(entry.address, kept)
    except (PydanticCustomError, ValidationError) as error:
        raise _usage_error(error) from None


def _written(store: Store, write: Write, contents: Contents) -> Address:
    # Claims are between programs: in a portal the customer may do everything, and what is claimed stays so.
    (written,) = store.write((write,), BY_HAND, managed_by=contents.claims.get(write.address))
    if written.status is not Status.DONE:
        raise AccountError(f"The account refuses this: {neutral(written.detail)}", "Nothing was changed.")
    return join(split(write.address)[0], f"~{written.live_id}") if written.live_id else write.address


def _usage_error(error: PydanticCustomError | ValidationError) -> UsageError:
    said = list(_sentences(error))
    return UsageError(neutral(" ".join(sentence for sentence, _ in said)), said[0][1])


def _sentences(error: PydanticCustomError | ValidationError) -> Iterator[tuple[str, str]]:
    if isinstance(error, PydanticCustomError):
        yield error.message(), str((error.context or {}).get("help", ""))
        return
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"])
        said = "It is required." if one["type"] == "missing" else one["msg"]
        yield (f"{place}: {said}" if place else said), str(one.get("ctx", {}).get("help", ""))
