"""JSON Schemas of the files people write, generated from the models and the paths in the table of kinds.

They are for completion and checking in editors. The loader itself judges by the models; where the two differ it is
because YAML readers of editors give types to plain scalars, which the loader reads as text.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordModel
from reconciler.kinds.zone import ZoneModel
from reconciler.load.expectations import expectable
from reconciler.load.presets.schema import preset_schema
from reconciler.load.removals import RemovalModel
from reconciler.load.sections import Trie, trie_of
from reconciler.model.account import AccountConfig, Providers
from reconciler.model.fields import Json
from reconciler.model.kind import Kind
from reconciler.model.meta import Meta
from reconciler.model.written import Model, Written

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{model}"
#: Keywords whose keys are names, not keywords.
_BY_NAME = frozenset({"properties", "$defs"})
_TEXT: Json = {"type": ["string", "number", "boolean"]}


def schemas() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of each kind of file, by its file name in ``schemas/``."""
    return {
        "account.schema.json": _account(),
        "resources.schema.json": _resources(),
        "zone.schema.json": _zone(),
    }


def _account() -> Json:
    definitions, sections = _sections((AccountConfig,))
    definitions[Providers.__name__] = _providers(definitions[Providers.__name__])
    config = definitions.pop(AccountConfig.__name__)
    return _file(
        "account.yaml",
        "The one file of an account that says which account it is and how it is handled.",
        {**config["properties"], **sections},
        definitions,
        required=config["required"],
    )


def _providers(schema: Json) -> Json:
    """Return the schema of ``providers``: it names the sections, which the model leaves open."""
    further = schema["additionalProperties"]
    sections = {kind.section: {**further, "description": f"Holds `{kind.section}`."} for kind in KINDS.values()}
    return {**schema, "properties": schema["properties"] | sections, "additionalProperties": False}


def _resources() -> Json:
    definitions, sections = _sections(())
    return _file("Resources", "Any other file of an account: resources by section.", sections, definitions)


def _zone() -> Json:
    definitions = _definitions((Meta,))
    return {
        "$schema": _DIALECT,
        "title": "Zone",
        "description": "A zone in octoDNS's YAML: record sets by name, '' for the zone itself.",
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                {"$ref": "#/$defs/RecordSet"},
                {"type": "array", "items": {"$ref": "#/$defs/RecordSet"}},
            ]
        },
        "$defs": definitions | {"RecordSet": _record_set(), "Value": _value()},
    }


def _record_set() -> Json:
    described = {name: info.description or "" for name, info in RecordModel.model_fields.items()}
    block: Json = {"type": "object"}
    value: Json = {"$ref": "#/$defs/Value"}
    return {
        "description": "All records of one name and type.",
        "type": "object",
        "properties": {
            "type": {"type": "string", "description": described["type"]},
            "ttl": {"type": "integer", "minimum": 0, "maximum": 2147483647, "description": described["ttl"]},
            "value": value | {"description": described["value"]},
            "values": {
                "description": described["values"],
                "anyOf": [{"type": "array", "items": value, "minItems": 1}, value],
            },
            "octodns": block | {"description": described["octodns"]},
            "geo": block,
            "dynamic": block,
            "meta": {"$ref": "#/$defs/Meta"},
        },
        "required": ["type"],
        "oneOf": [{"required": ["value"]}, {"required": ["values"]}],
        "additionalProperties": block | {"description": "A provider's block."},
    }


def _value() -> Json:
    return {
        "description": "A value in presentation format, or octoDNS's mapping for types with several parts.",
        "anyOf": [_TEXT, {"type": "object"}, {"type": "array", "items": {"anyOf": [_TEXT, {"type": "object"}]}}],
    }


def _sections(more: tuple[Model, ...]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the definitions of all models in sections, and the sections' properties with what else may stand there."""
    kinds = [kind for kind in KINDS.values() if kind.path]
    expected = expectable()
    definitions = _definitions((*(kind.model for kind in kinds), RemovalModel, *expected.values(), *more))
    definitions["Preset"] = preset_schema()
    definitions[ZoneModel.__name__]["properties"]["use"]["items"] = {"$ref": _REF.format(model="Preset")}
    trie = trie_of(kinds)
    sections = {name: _step(step, definitions) for name, step in trie.named.items()}
    sections["vars"] = {
        "type": "object",
        "description": "Variables for `{{ vars.NAME }}` in string values.",
        "additionalProperties": _TEXT,
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
    }
    sections["removed"] = {
        "type": "object",
        "description": "What may go: an address, or a glob with the exact `count`.",
        "additionalProperties": {"$ref": _REF.format(model=RemovalModel.__name__)},
    }
    sections["expect"] = {
        "type": "object",
        "description": "What facts should be, by their addresses, such as `server/web-1` or `balance`.",
        "patternProperties": {
            f"^{kind}$" if FACTS[kind].single else f"^{kind}/[^/*?[]+$": {"$ref": _REF.format(model=model.__name__)}
            for kind, model in expected.items()
        },
        "additionalProperties": False,
    }
    return definitions, sections


def _definitions(models: Iterable[Model]) -> dict[str, Json]:
    _, schema = models_json_schema([(_pydantic(model), "validation") for model in models], ref_template=_REF)
    return {name: _tidy(definition) for name, definition in schema["$defs"].items()}


def _pydantic(model: Model) -> type[BaseModel]:
    return model.model() if issubclass(model, Written) else model


def _step(trie: Trie, definitions: dict[str, Json]) -> Json:
    """Return the schema of what stands at one step of the sections."""
    named = {name: _step(step, definitions) for name, step in trie.named.items()}
    if trie.kind is not None:
        return _resource(trie.kind, named, definitions)
    if trie.star is None:
        return {"type": "object", "properties": named, "additionalProperties": False}
    said: Json = {"description": f"Each {trie.star.kind.title}, by name."} if trie.star.kind else {}
    if names := getattr(trie.star.kind, "only_names", None):
        said["propertyNames"] = {"enum": list(names)}
    return {"type": "object", **said, "additionalProperties": _step(trie.star, definitions)}


def _resource(kind: Kind, below: dict[str, Json], definitions: dict[str, Json]) -> Json:
    name = kind.model.__name__
    short = getattr(kind, "short_form", None)
    if below:
        definitions[name] = definitions[name] | {"properties": definitions[name]["properties"] | below}
    reference: Json = {"$ref": _REF.format(model=name)}
    return {"anyOf": [definitions[name]["properties"][short], reference]} if short else reference


def _file(
    title: str,
    description: str,
    properties: dict[str, Json],
    definitions: dict[str, Json],
    required: Iterable[str] = (),
) -> Json:
    needed = {"required": list(required)} if required else {}
    return {
        "$schema": _DIALECT,
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        **needed,
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _tidy(schema: Any) -> Any:
    """Return a schema as an editor needs it.

    Titles made from names, null beside a type, and defaults that nobody would write so (a size in bytes) go; patterns
    hold for the whole text.
    """
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    if isinstance(kept.get("discriminator"), dict) and "oneOf" in kept:
        del kept["discriminator"]  # OpenAPI's; each form's `const` says the same
    options = [option for option in kept.get("anyOf", ()) if option != {"type": "null"}]
    if "anyOf" in kept and len(options) < len(kept["anyOf"]):
        del kept["anyOf"]
        kept |= options[0] if len(options) == 1 else {"anyOf": options}
    if "default" in kept and not _may_be_written(kept["default"], kept):
        del kept["default"]
    if isinstance(pattern := kept.get("pattern"), str):
        kept["pattern"] = f"^(?:{pattern.removeprefix('^').removesuffix('$')})$"
    if isinstance(description := kept.get("description"), str):
        kept["description"] = description.replace("``", "`")
    return {key: _tidy_each(value) if key in _BY_NAME else _tidy(value) for key, value in kept.items()}


def _tidy_each(schemas: dict[str, Any]) -> dict[str, Any]:
    return {name: _tidy(schema) for name, schema in schemas.items()}


def _may_be_written(default: Any, schema: Json) -> bool:
    """Tell whether a default says something, in the form in which a person would write it."""
    if default in (None, "", {}) or isinstance(default, dict):
        return False
    return not isinstance(default, int) or isinstance(default, bool) or schema.get("type") == "integer"
