"""``use:`` of a zone: which presets with which options, each with the place where it is named."""

from collections.abc import Iterable, Iterator, Mapping
from string import Template

from reconciler.load.nodes import Broken, Node, Scalar, Sequence, describe
from reconciler.load.nodes import Mapping as MappingNode
from reconciler.load.presets.options import read_settings
from reconciler.load.presets.preset import Preset, find_preset, preset_names, presets
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean, listed
from reconciler.load.zone_records import ZoneSettings
from reconciler.model.late import dataclass
from reconciler.model.span import Span

_ITEM = "Write its name, or `{NAME: {OPTION: VALUE}}`."


@dataclass(frozen=True, slots=True)
class Used:
    """One preset that a zone uses; ``settings`` are the options that are set, and the zone's name."""

    preset: Preset
    settings: Mapping[str, str]
    span: Span

    @property
    def label(self) -> str:
        """The preset's name and version."""
        return self.preset.label

    def holds(self, when: Iterable[str]) -> bool:
        """Tell whether all conditions hold: ``receive`` or ``not receive``."""
        return all(self._is_set(name.removeprefix("not ")) is not name.startswith("not ") for name in when)

    def _is_set(self, name: str) -> bool:
        return self.settings.get(name, "false") != "false"

    def text(self, template: str) -> str:
        """Return a text of the preset with its options filled in."""
        return Template(template).substitute(self.settings)

    def texts(self) -> Iterator[str]:
        """Yield every text of the preset that its options ask for."""
        spec = self.preset.content.spf
        yield from (term.mechanism for term in (spec.mechanisms if spec else ()) if self.holds(term.when))
        yield from (
            value for record in self.preset.content.records if self.holds(record.when) for value in record.values
        )


def read_use(file: str, node: Node | None, zone: ZoneSettings, problems: Problems) -> tuple[Used, ...]:
    """Return what a zone's ``use:`` names, sorted by preset; what is wrong is reported and left out."""
    items = node.items if isinstance(node, Sequence) else []
    found: dict[str, Used] = {}
    for item in items:
        used = _read_item(file, item, zone, problems)
        if used is None:
            continue
        first = found.setdefault(used.preset.name, used)
        if first is not used:
            detail = f"{first.label} stands at {first.span} already."
            problems.error("preset-conflict", detail, used.span, "Keep one of the two.", related=(first.span,))
    excluded = _exclusions(found, problems)
    return tuple(found[name] for name in sorted(found.keys() - excluded))


def _read_item(file: str, item: Node, zone: ZoneSettings, problems: Problems) -> Used | None:
    name, given = _name_and_options(item)
    if isinstance(name, Broken) or isinstance(given, Broken):
        return None
    if name is None or not isinstance(given, MappingNode | None):
        stands = describe(item if name is None or given is None else given)
        if name is not None:
            stands = f"{stands} below `{name.text}`"
        problems.error("wrong-type", f"Expected a preset, but here stands {stands}.", place(file, item), _ITEM)
        return None
    preset = find_preset(name.text)
    if preset is None:
        _report_unknown(name.text, place(file, name), problems)
        return None
    settings = read_settings(file, given, preset, zone, problems)
    if settings is None:
        return None
    used = Used(preset, settings, place(file, name))
    return used if _is_complete(used, problems) else None


def _name_and_options(item: Node) -> tuple[Scalar | None, Node | None]:
    """Return the node of an item's name, and that of its options, each None where there is none."""
    if isinstance(item, Scalar):
        return item, None
    if isinstance(item, MappingNode) and len(item.entries) == 1 and not item.incomplete:
        return next(iter(item.entries.values()))
    if isinstance(item, MappingNode) and item.incomplete:
        return Broken("", item.mark), None
    return None, None


def _report_unknown(name: str, at: Span, problems: Problems) -> None:
    versions = [preset.label for preset in presets().values() if preset.name == name.partition("@")[0]]
    if versions:
        detail, remedy = f"There is no version `{name}`.", f"There {_are(versions)} {listed(versions)}."
    else:
        detail, remedy = f"There is no preset `{name}`.", did_you_mean(name, preset_names(), "Presets")
    problems.error("unknown-preset", detail, at, remedy)


def _are(words: list[str]) -> str:
    return "is" if len(words) == 1 else "are"


def _is_complete(used: Used, problems: Problems) -> bool:
    """Tell whether every option is set that the preset needs here, and report those that aren't."""
    needed = (name for text in used.texts() for name in Template(text).get_identifiers())
    missing = dict.fromkeys(_cause(used, name) for name in needed if name not in used.settings)
    for name in missing:
        option = used.preset.content.options[name]
        detail = f"{used.label} needs the option `{name}` for this zone. {option.description}"
        remedy = f"Write `{{{used.preset.name}: {{{name}: ...}}}}`."
        problems.error("missing-key", detail, used.span, remedy)
    return not missing


def _cause(used: Used, name: str) -> str:
    """Return the option for want of which another one has no default here."""
    options = used.preset.content.options
    inner = Template(options[name].default or "").get_identifiers()
    return next((_cause(used, other) for other in inner if other in options and other not in used.settings), name)


def _exclusions(found: Mapping[str, Used], problems: Problems) -> set[str]:
    """Report presets that exclude each other, and return their names."""
    names: set[str] = set()
    for used in found.values():
        for name in used.preset.content.excludes:
            if (other := found.get(name)) is not None:
                first, second = sorted((used, other), key=lambda one: one.span)
                detail = f"{second.label} and {first.label}, at {first.span}, exclude each other."
                problems.error("preset-conflict", detail, second.span, "Keep one of the two.", related=(first.span,))
                names |= {used.preset.name, name}
    return names
