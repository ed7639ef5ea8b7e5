"""The page of presets: below what a person wrote, each preset with its options and its whole zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from reconciler.edit.init import write_account
from reconciler.load.desired import load_desired
from reconciler.load.presets.options import default_settings
from reconciler.load.presets.preset import Preset, presets
from reconciler.load.tree import Entry
from reconciler.model.state import Live

ZONE = "example.org"
PAGE = Path(__file__).resolve().parent / "presets.md"
_ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"


def presets_page(note: str) -> str:
    """Return the page; what stands above ``note`` stays as it is."""
    written = PAGE.read_text(encoding="utf-8").partition(note)[0]
    return written + note + "".join(map(_section, presets().values()))


def _section(preset: Preset) -> str:
    content = preset.content
    parts = [f"\n## {preset.label}\n", f"{content.description}\n"]
    if spec := content.spf:
        terms = [f"`{_upper(term.mechanism)}` ({_counted(term.lookups)}{_when(term.when)})" for term in spec.mechanisms]
        parts.append(f"Into the SPF record go {', '.join([*terms, f'`{spec.all}`'])}.\n")
    defaults = default_settings(content.options, ZONE)
    rows = [f"| `{n}` | {option.description} | {_default(defaults.get(n))} |" for n, option in content.options.items()]
    parts += [f"| option | means | default for {ZONE} |\n|---|---|---|", *rows, "", _expansion(preset.name, {})]
    if content.example:
        parts += ["With options:\n", _expansion(preset.name, content.example)]
    return "\n".join(parts)


def _counted(lookups: int) -> str:
    return f"{lookups} look-up{'' if lookups == 1 else 's'}"


def _when(conditions: tuple[str, ...]) -> str:
    return "".join(f", with `{c.removeprefix('not ')}: {str(c[:4] != 'not ').lower()}`" for c in conditions)


def _default(text: str | None) -> str:
    return f"`{text}`" if text else ""


def _upper(text: str) -> str:
    """Return a text of a preset with its options in capitals."""
    template = Template(text)
    return template.substitute({name: name.upper() for name in template.get_identifiers()})


def _expansion(name: str, given: Mapping[str, str]) -> str:
    """Return a ``use:`` of one preset, and the zone that it makes."""
    written = "".join(f"\n          {option}: {text}" for option, text in given.items())
    item = f"\n      - {name}:{written}" if given else f" [{name}]"
    options = f"zones:\n  {ZONE}:\n    records: none\n    use:{item}\n"
    desired = load_desired(_Files({"account.yaml": _ACCOUNT, "zones.yaml": options}))
    live = Live(desired.config.account, "", desired.state)
    zone = write_account(live, desired.config, ("dns",), account_file=False).files[f"zones/{ZONE}.yaml"]
    return f"```yaml\n{options}```\n\n```yaml\n{zone}```\n"


@dataclass(frozen=True)
class _Files:
    """The files of an account in memory."""

    files: Mapping[str, str]
    label: str = "memory"

    def paths(self) -> Mapping[str, Entry]:
        """Return all paths."""
        return dict.fromkeys(self.files, "file")

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return self.files[path].encode()
