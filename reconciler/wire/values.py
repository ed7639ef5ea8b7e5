"""What the value of each kind holds: of settings and requests as JSON without secrets, of facts as their models are."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.fields import Json
from reconciler.model.kind import Kind
from reconciler.model.meta import OURS
from reconciler.model.written import Written
from reconciler.wire.examples import TOLD, VALUES

#: Where the schemas of models stand in the contract.
COMPONENTS: Final = "#/components/schemas/"


class ZoneValue(BaseModel):
    """A zone, which has no fields of its own: what it holds are record sets."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordSet(BaseModel):
    """A record set as JSON; what stands in each value its type decides."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: str | None = Field(default=None, description="The record type, which is also the end of the address.")
    ttl: int = Field(ge=0, le=2**31 - 1, description="Seconds.")
    values: list[str | dict[str, Any]] = Field(
        min_length=1, description="In presentation format (RFC 1035); mappings for types without RDATA."
    )
    options: dict[str, Any] | None = Field(default=None, description="octoDNS's own: `geo`, `dynamic`.")


class PasswordValue(BaseModel):
    """Whether a password was ever set, which is all that is told of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_set: bool


_MODELS: Mapping[str, type[BaseModel]] = {"zone": ZoneValue, "record": RecordSet, "password": PasswordValue}


def component(kind: str) -> str:
    """Return what the contract calls the value of a kind, such as ``MailboxValue`` or ``InvoiceFact``."""
    stem = "".join(part.capitalize() for part in kind.split("_"))
    return f"{stem}{'Fact' if kind in FACTS else 'Value'}"


def value_schemas() -> dict[str, Json]:
    """Return the schemas of all kinds' values and facts, and of what they consist of, by component."""
    found: dict[str, Json] = {}
    for name, kind in KINDS.items():
        live: type[Written] = getattr(kind, "live_model", Written)
        model = _MODELS.get(name) or live.model()
        about = VALUES.get(name)
        text = about.text if about else (model.__doc__ or "")
        found |= _components(name, model, f"{text}{_secrets(kind)}", about.example if about else None)
    for name, sort in FACTS.items():
        found |= _components(name, sort, (sort.__doc__ or "").replace("``", "`"), TOLD.get(name))
    return found


def _components(kind: str, model: type[BaseModel], text: str, example: Mapping[str, Json] | None) -> dict[str, Json]:
    name = component(kind)
    stem = name.removesuffix("Value")
    template = f"{COMPONENTS}{stem}{{model}}"
    schema = model.model_json_schema(mode="serialization", ref_template=template)
    parts = {f"{stem}{part}": inner for part, inner in schema.pop("$defs", {}).items() if part != "Meta"}
    properties = {field: one for field, one in schema["properties"].items() if field not in OURS}
    told = {**schema, "properties": properties, "title": name, "description": text}
    return {**parts, name: told | ({"examples": [example]} if example is not None else {})}


def _secrets(kind: Kind) -> str:
    paths = ", ".join(f"`{path}`" for path in sorted(kind.secret_fields))
    return f" Its secrets, which are written and never told: {paths}." if paths else ""
