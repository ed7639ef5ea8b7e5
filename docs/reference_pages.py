"""The pages of ``reference/``: one a kind, made from its model, with an example that a test applies."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler.kinds import KINDS
from reconciler.load.schema import schemas
from reconciler.model.fields import Fields, Json
from reconciler.model.kind import Kind

FOLDER = Path(__file__).resolve().parent / "reference"
_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "mapping"}
_SECRETS = {"SecretField": "a secret's place", "HashField": "its hash"}
_MODELS = {**_SECRETS, "Value": "text or mapping", "Preset": "[presets](../presets.md)"}
_NAMES = {"mail": ("DOMAIN", "NAME"), "requests": ("REFERENCE",)}
_HEAD = "| key | takes | default | means |\n|---|---|---|---|"


def reference_pages(note: str) -> dict[Path, str]:
    """Return the text of every page of the reference; each begins with ``note``."""
    pages = {FOLDER / f"{kind.name}.md": f"{note}\n{_page(kind)}" for kind in KINDS.values()}
    return {FOLDER / "README.md": f"{note}\n{_index()}", **pages}


def _index() -> str:
    rows = "\n".join(f"| [{kind.name}]({kind.name}.md) | {_written(kind)} | {_life(kind)} |" for kind in KINDS.values())
    return (
        "# Reference\n\nA page for each kind of resource.\n\n"
        f"| kind | is written | comes and goes |\n|---|---|---|\n{rows}\n\n"
        "A field marked *private* is personal or financial: it is masked in every output, and stands in the record as "
        "a salted digest only. A *secret* is never written here, only where it lies, and is compared by its "
        "`version`.\n\n"
        "A field that is not declared is not managed; one that is no longer declared goes back to its default. Without "
        "a field that is *needed* there is no such resource.\n\n"
        "## meta\n\nEvery resource may say about itself:\n\n"
        f"{_table(schemas()['resources.schema.json']['$defs']['Meta'], {}, {})}\n"
    )


def _page(kind: Kind) -> str:
    definitions = schemas()["resources.schema.json"]["$defs"] | schemas()["zone.schema.json"]["$defs"]
    model = definitions["RecordSet" if kind.name == "record" else kind.model.__name__]
    example = (FOLDER / "examples" / f"{kind.name}.yaml").read_text(encoding="utf-8")
    parts = [f"# {kind.name}\n", f"{_sentence(model)}\n", f"Written: {_written(kind)}. {_life(kind).capitalize()}.\n"]
    if kind.natural_key:
        parts.append(f"In the account it is recognised by its `{kind.natural_key}`.\n")
    short = getattr(kind, "short_form", None)
    if short:
        parts.append(f"The value of `{short}` may stand alone, without the mapping.\n")
    parts.append(f"{_table(model, _marks(kind), _defaults(kind))}\n")
    for path, nested in _nested(model, definitions):
        parts.append(f"## {'.'.join(path)}{_form(nested)}\n\n{_table(nested, _marks(kind), {}, path)}\n")
    parts.append(f"## Example\n\n```yaml\n{example}```\n")
    return "\n".join(parts)


def _form(model: Json) -> str:
    """Return which form of a mapping a model describes, where it has several."""
    fixed = (f"{name}: {schema['const']}" for name, schema in model.get("properties", {}).items() if "const" in schema)
    return next((f", {text}" for text in fixed), "")


def _written(kind: Kind) -> str:
    """Return where a kind is written, in words for a table."""
    if not kind.path:
        return "in a zone file: `NAME: {type: ...}`"
    names = iter(_NAMES.get(kind.section, ("NAME",)))
    return f"`{': '.join(next(names) if step == '*' else step for step in kind.path)}`"


def _life(kind: Kind) -> str:
    """Return how resources of a kind come and go."""
    if kind.fixed:
        return "always there: it can be changed or let go, never created or deleted"
    if kind.is_request:
        return "submitted exactly once under its reference; never changed or deleted afterwards"
    return "goes only with an entry under `removed:`" if kind.needs_tombstone else "goes when its block goes"


def _marks(kind: Kind) -> dict[str, str]:
    """Return what a field is besides its type, by its dotted path."""
    return dict.fromkeys(kind.private_fields, "private") | dict.fromkeys(kind.secret_fields, "secret")


def _defaults(kind: Kind) -> Mapping[str, str]:
    """Return the defaults that say something, as they are shown to people."""
    shown = kind.show(Fields.of(kind.defaults)) if kind.defaults else {}
    return {name: text for name, text in shown.items() if text not in ("", "(none)") and name not in _marks(kind)}


def _table(model: Json, marks: Mapping[str, str], defaults: Mapping[str, str], path: tuple[str, ...] = ()) -> str:
    """Return the keys of a mapping as a table; ``meta`` has its own in the index."""
    rows = []
    for name, schema in model.get("properties", {}).items():
        if name in ("meta", "previously"):
            continue
        default = defaults.get(name) or (_literal(schema["default"]) if "default" in schema else "")
        shown = "needed" if name in model.get("required", ()) else f"`{default}`" if default else ""
        mark = marks.get(".".join((*path, name)))
        means = " ".join(filter(None, (_sentence(schema), f"*{mark.capitalize()}.*" if mark else "")))
        rows.append(f"| `{name}` | {_type(schema)} | {shown} | {means} |")
    if "previously" in model.get("properties", {}):
        rows.append(f"| `previously` | text | | {_sentence(model['properties']['previously'])} |")
    if "meta" in model.get("properties", {}):
        rows.append("| `meta` | mapping | | What the resource says [about itself](README.md#meta). |")
    return "\n".join((_HEAD, *rows))


def _nested(model: Json, definitions: dict[str, Json]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield the mappings inside a model, each with the keys that lead to it."""
    for name, schema in model.get("properties", {}).items():
        for reference in _references(schema):
            definition = definitions[reference]
            if name == "meta" or reference in _SECRETS or "properties" not in definition:
                continue
            yield (name,), definition
            yield from (((name, *path), inner) for path, inner in _nested(definition, definitions))


def _references(schema: Json) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _references(option)


def _type(schema: Json) -> str:
    """Return what may stand there, in words."""
    options = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if "type" not in schema and options:
        return " or ".join(dict.fromkeys(map(_type, options)))
    if "$ref" in schema:
        return _MODELS.get(schema["$ref"].rpartition("/")[2], "mapping")
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("format"):
        return str(schema["format"])
    return _TYPES.get(str(schema.get("type")), "text")


def _literal(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _sentence(schema: Json) -> str:
    return str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")
