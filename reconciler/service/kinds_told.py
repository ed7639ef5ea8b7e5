"""Which kind's value stands where in the contract: models have it open, because its address or path decides."""

from collections.abc import Iterable

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.fields import Json
from reconciler.wire.values import COMPONENTS, component, value_schemas

_SETTINGS = [name for name, kind in KINDS.items() if not kind.is_request]
_REQUESTS = [name for name, kind in KINDS.items() if kind.is_request]


def with_values(schemas: dict[str, Json]) -> dict[str, Json]:
    """Return the components of the contract with one for the value of each kind, and each where it belongs."""
    setting, request, fact = (_ref(name) for name in ("SettingValue", "RequestValue", "Fact"))
    nothing: Json = {"type": "null"}
    part: Json = {"type": "object", "description": "Of an update: those fields alone that it is about."}
    return {
        **schemas,
        **value_schemas(),
        "SettingValue": _any_of(_SETTINGS, "The value of a setting or record set. The kind in its address says which:"),
        "RequestValue": _any_of(_REQUESTS, "What is asked for. The kind in its address says which:"),
        "Fact": _any_of(FACTS, "What the account tells. The kind in the path says which:"),
        "Entry": _by_address(schemas["Entry"], _SETTINGS),
        "RequestEntry": _by_address(schemas["RequestEntry"], _REQUESTS),
        "SettingBody": _with(schemas["SettingBody"], value=setting),
        "SubmitBody": _with(schemas["SubmitBody"], value=request),
        "WriteBody": _with(
            schemas["WriteBody"],
            before={"anyOf": [setting, part, nothing], "description": "What the writer saw."},
            after={"anyOf": [setting, part, nothing], "description": "What shall be there; null for a deletion."},
        ),
        "FactPage": _with(schemas["FactPage"], items={"type": "array", "items": fact}),
    }


def _any_of(kinds: Iterable[str], text: str) -> Json:
    names = list(kinds)
    said = ", ".join(f"`{name}`: {component(name)}" for name in names)
    return {"description": f"{text} {said}.", "anyOf": [_ref(component(name)) for name in names]}


def _by_address(schema: Json, kinds: Iterable[str]) -> Json:
    """Return the schema of what has an address and a value, which is that of the kind in the address."""
    each = [
        {
            "title": name,
            "properties": {"address": {"type": "string", "pattern": f"^{name}(/.+)?$"}, "value": _ref(component(name))},
        }
        for name in kinds
    ]
    return {**schema, "oneOf": each}


def _with(schema: Json, **properties: Json) -> Json:
    """Return a schema with other properties, of which titles and examples stay."""
    kept = {
        name: {key: said for key, said in schema["properties"][name].items() if key in ("title", "examples")} | one
        for name, one in properties.items()
    }
    return {**schema, "properties": schema["properties"] | kept}


def _ref(name: str) -> Json:
    return {"$ref": f"{COMPONENTS}{name}"}
