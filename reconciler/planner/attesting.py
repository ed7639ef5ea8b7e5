"""What an attestation says: that live is as declared, or where it is otherwise; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, matches
from reconciler.model.by_hand import Attestation, Sight
from reconciler.model.errors import UsageError
from reconciler.model.fields import Fields, SecretVersion, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.scalars import faults, refusals
from reconciler.model.state import STATUSES, Applied, Desired
from reconciler.model.text import neutral
from reconciler.model.typed_text import known_fields, secret_in, typed

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import PydanticCustomError

_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says they saw: at which addresses (globs), and which fields otherwise than declared, or nothing."""

    patterns: tuple[str, ...]
    seen: Mapping[str, str] = field(default_factory=dict)
    absent: bool = False


def sights(claim: Claim, desired: Desired, applied: Applied) -> dict[Address, Sight]:
    """Return what a claim says of each address that it covers; raises ``UsageError`` for what nobody can attest."""
    known = desired.state.keys() | applied.state.keys() | applied.attested.keys()
    found: dict[Address, Sight] = {}
    for pattern in claim.patterns:
        covered = [address for address in known if address == pattern or matches(address, pattern)]
        ours = [address for address in covered if desired.config.providers.by_hand(KINDS[kind_of(address)].section)]
        if not ours:
            raise _uncovered(pattern, covered)
        found |= {address: _sight(address, claim, desired.state.get(address), applied) for address in sorted(ours)}
    if claim.seen and len(found) > 1:
        raise UsageError(f"--seen says how one resource is; {len(found)} are named.", "Attest each by itself.")
    return found


def _uncovered(pattern: str, covered: Sequence[Address]) -> UsageError:
    if covered:
        return UsageError(
            f"{neutral(covered[0])} is read by its provider; nobody has to attest it.",
            "Only sections with `type: manual` under `providers:` are attested.",
        )
    return UsageError(
        f"Nothing that is declared or recorded is covered by {neutral(pattern)}.",
        "Write for example `contact/erika` or `'contact/*'`.",
    )


def _sight(address: Address, claim: Claim, declared: Value | None, applied: Applied) -> Sight:
    kind = KINDS[kind_of(address)]
    if claim.absent:
        if kind.fixed:
            raise UsageError(f"Every account has {address}.", "Say with `--seen FIELD=VALUE` how it is.")
        return Sight(None, () if declared is None else ("absent",))
    status = _status(claim, kind, applied.attested.get(address))
    seen = {name: text for name, text in claim.seen.items() if name != _STATUS or not kind.is_request}
    if not claim.seen:
        return Sight(declared, status=status if declared is not None else "")
    if declared is None:
        raise UsageError(f"{neutral(address)} isn't declared, so nothing says what else it holds.", "Declare it first.")
    return Sight(_otherwise(kind, address, declared, seen), tuple(sorted(seen)), status)


def _status(claim: Claim, kind: Kind, last: Attestation | None) -> str:
    """Return what became of a request: what is said of it now, else what was known before."""
    if not kind.is_request:
        return ""
    said = claim.seen.get(_STATUS)
    if said is not None and said not in STATUSES:
        raise UsageError("That is nothing that becomes of a request.", f"`status` is one of: {', '.join(STATUSES)}.")
    return said or (last.status if last and last.value is not None else "")


def _otherwise(kind: Kind, address: Address, declared: Value, seen: Mapping[str, str]) -> Value:
    """Return what is declared with other values in the fields that were seen to have them."""
    versions = {path: _version(path, text) for path, text in seen.items() if path in kind.secret_fields}
    plain = {name: text for name, text in seen.items() if name not in versions}
    if unknown := sorted(plain.keys() - known_fields(kind)):
        more = {_STATUS} if kind.is_request else frozenset[str]()
        fields = ", ".join(sorted(known_fields(kind) | kind.secret_fields | more)) or "(none)"
        raise UsageError(f"A {kind.title} has no field {unknown[0]!r} that can be seen.", f"Fields: {fields}.")
    value = _parsed(kind, address, declared, plain) if plain else declared
    for path, version in versions.items():
        if path not in kind.secrets_of(value):
            raise UsageError(
                f"{neutral(address)} has no `{path}` in the form in which you saw it.", "Leave it out, or say the form."
            )
        value = kind.with_versions(value, _leaf(path, version))
    return value


def _leaf(path: str, version: SecretVersion) -> Fields:
    """Return fields in which only a secret stands, at its dotted path."""
    name, _, rest = path.partition(".")
    return Fields.of({name: _leaf(rest, version) if rest else version})


def _version(name: str, text: str) -> SecretVersion:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise UsageError(f"`{name}` is a secret: only its version can be said.", f"Write for example `{name}=1`.")
    return SecretVersion(int(text))


def _parsed(kind: Kind, address: Address, declared: Value, seen: Mapping[str, str]) -> Value:
    data = {**kind.to_json(declared), **{name: typed(kind, name, text) for name, text in seen.items()}}
    if hidden := next((path for name in seen if (path := secret_in(kind, name, data[name]))), None):
        raise UsageError(f"`{hidden}` is a secret: what it is can't be said here.", "Leave it out.")
    if "value" in seen:
        data["values"] = [data.pop("value")]
    try:
        whole = kind.parse(address, {name: given for name, given in data.items() if given is not None})
    except (refusals(), faults()) as error:
        raise UsageError(f"{neutral(address)}: {_said(error)}") from None
    fields = kind.field_names(declared) | {name for name in seen if name not in ("ttl", "value", "values")}
    return kind.with_versions(kind.project(whole, fields), declared)


def _said(error: "PydanticCustomError | ValidationError") -> str:
    from pydantic_core import PydanticCustomError

    if isinstance(error, PydanticCustomError):
        return neutral(error.message())
    return neutral(" ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()))
