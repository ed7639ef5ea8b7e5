"""The JSON Schema of ``use:``, so that editors complete presets and their options."""

from reconciler.load.presets.preset import OptionModel, Preset, preset_names, presets
from reconciler.model.fields import Json

_TYPES: dict[str, Json] = {
    "boolean": {"type": "boolean"},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "pattern": "^https://"},
}


def preset_schema() -> Json:
    """Return the schema of one item of ``use:``: a preset's name, or its name with options."""
    named = {name: _options(preset) for preset in presets().values() for name in (preset.name, preset.label)}
    one: Json = {"minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    return {
        "description": "A preset: its name, or `{NAME: {OPTION: VALUE}}`.",
        "anyOf": [{"enum": list(preset_names())}, {"type": "object", "properties": named, **one}],
    }


def _options(preset: Preset) -> Json:
    return {
        "description": preset.content.description,
        "type": "object",
        "properties": {name: _option(option) for name, option in preset.content.options.items()},
        "additionalProperties": False,
    }


def _option(option: OptionModel) -> Json:
    fixed = option.default is not None and "$" not in option.default
    default = {"default": option.default == "true" if option.type == "boolean" else option.default} if fixed else {}
    return {**_TYPES.get(option.type, {"type": "string"}), "description": option.description, **default}
