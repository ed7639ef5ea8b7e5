"""octoDNS's configuration: which zones it reads, from which YAML files, and what else it asks for.

It is octoDNS's file, so its scalars mean what YAML 1.1 says they mean.
"""

from collections.abc import Iterable
from dataclasses import field
from typing import Any

from reconciler.load.nodes import Mapping, Node, Scalar, Sequence, describe
from reconciler.load.octodns_features import Occurrence
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean
from reconciler.load.yaml11 import reading_of
from reconciler.load.yaml_text import Limits, YamlReader
from reconciler.model.late import dataclass
from reconciler.model.span import Span

_LIMITS = Limits(2**20, 200_000, keep_nulls=True)
_YAML = ("octodns.provider.yaml.YamlProvider", "octodns.provider.yaml.SplitYamlProvider")
_CHANGERS = frozenset({"processors", "post_processors", "validators", "auto_arpa", "include_meta"})
_READ = frozenset({"class", "directory", "default_ttl", "escaped_semicolons", "split_extension", "extension"}) | {
    *("disable_zonefile", "ignore_missing_zones", "shared_filename")
}


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YamlProvider: its folder, how it reads, and the ending of the folders of split zones (empty: none)."""

    span: Span
    directory: str
    default_ttl: int = 3600
    escaped_semicolons: bool = True
    split: str = ""
    zone_files: bool = True
    may_miss: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class WantedZone:
    """A zone of the configuration, or a pattern over the zones of its source (``*``); ``name`` has its last dot."""

    name: str
    source: YamlSource
    lenient: bool
    span: Span
    pattern: str = ""


@dataclass(slots=True)
class OctodnsConfig:
    """What the configuration asks for."""

    wanted: list[WantedZone] = field(default_factory=list)
    #: Zones that are named and not imported, so that a pattern doesn't bring them back.
    named: set[str] = field(default_factory=set)
    occurrences: list[Occurrence] = field(default_factory=list)


def read_octodns(file: str, raw: bytes, problems: Problems) -> OctodnsConfig:
    """Return what a configuration asks for; what can't be understood is reported."""
    reader = _Config(file, problems)
    root = YamlReader(file, raw, problems, _LIMITS).root()
    if isinstance(root, Mapping):
        reader.read(root)
    elif not problems.failed:
        detail = "octoDNS's configuration is a mapping with `providers` and `zones`."
        problems.error("octodns-config", detail, place(file, root) if root else Span(file, 1, 1))
    return reader.found


class _Config:
    """Reads one configuration."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._sources: dict[str, YamlSource] = {}
        self._others: set[str] = set()
        self.found = OctodnsConfig()

    def read(self, root: Mapping) -> None:
        for name, (key, node) in self._pairs(root, "providers"):
            self._provider(name, key, node)
        for name, (key, _) in root.entries.items():
            if name == "manager":
                self._options(self._pairs(root, "manager"))
            elif name not in ("providers", "zones"):
                self._note("processors" if name in _CHANGERS else "runtime", key)
        for name, (key, node) in self._pairs(root, "zones"):
            self._zone(name, key, node)

    def _pairs(self, root: Mapping, name: str) -> Iterable[tuple[str, tuple[Scalar, Node]]]:
        node = root.get(name)
        if isinstance(node, Mapping):
            return node.entries.items()
        if name in ("providers", "zones") or not isinstance(node, Scalar) or reading_of(node) is not None:
            what = "is missing" if node is None else f"needs a mapping, but here stands {describe(node)}"
            self._error(f"`{name}` {what}.", node or root)
        return ()

    def _options(self, pairs: Iterable[tuple[str, tuple[Scalar, Node]]]) -> None:
        for name, (key, value) in pairs:
            changes = name in _CHANGERS and not (isinstance(value, Scalar) and not reading_of(value))
            self._note("processors" if changes else "runtime", key)

    def _provider(self, name: str, key: Scalar, node: Node) -> None:
        kind = node.get("class") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(kind, Scalar):
            self._error(f"The provider `{name}` has no `class`.", key)
        elif kind.text in _YAML:
            self._source(name, key, node, split=kind.text == _YAML[1])
        else:
            self._others.add(name)
            self._note("other-providers", key)

    def _source(self, name: str, key: Scalar, node: Mapping, *, split: bool) -> None:
        directory = node.get("directory")
        if not isinstance(directory, Scalar) or not directory.text:
            self._error(f"The provider `{name}` has no `directory`.", key)
            return
        given = {option: self._option(node, option) for option in _READ & node.entries.keys()}
        ending = given.get("extension", ".") if split else given.get("split_extension") or ""
        self._sources[name] = YamlSource(
            place(self._file, directory),
            directory.text,
            self._ttl(node, given.get("default_ttl", 3600)),
            bool(given.get("escaped_semicolons", True) is not False),
            str(ending),
            not split and not given.get("disable_zonefile"),
            bool(given.get("ignore_missing_zones")),
            bool(given.get("shared_filename")),
        )
        for option, (inner, _) in node.entries.items():
            if option in ("default_ttl", "escaped_semicolons"):
                self._note("read-options", inner)
            elif option == "shared_filename" and given[option]:
                self._note("shared-files", inner)
            elif option not in _READ:
                self._note("runtime", inner)
        if ending:
            self._note("split-files", key)

    def _option(self, node: Mapping, name: str) -> Any:
        value = node.get(name)
        if not isinstance(value, Scalar):
            self._error(f"`{name}` needs a single value, but here stands {describe(value or node)}.", value or node)
            return None
        if value.text.startswith("env/"):
            self._error(f"`{name}` is read from the environment.", value, f"Write its value instead of `{value.text}`.")
        return reading_of(value)

    def _ttl(self, node: Mapping, value: Any) -> int:
        if isinstance(value, int) and 0 <= value < 2**31:
            return value
        self._error("`default_ttl` is a whole number of seconds.", node.get("default_ttl") or node)
        return 3600

    def _zone(self, name: str, key: Scalar, node: Node) -> None:
        if not isinstance(node, Mapping):
            self._error(f"The zone `{name}` needs a mapping, but here stands {describe(node)}.", node)
            return
        self.found.named.add(name)
        for option, (inner, value) in node.entries.items():
            if option in ("processors", "validators"):
                self._note("processors", inner)
            elif option == "targets" and isinstance(value, Sequence) and len(value.items) > 1:
                self._note("several-targets", inner)
            elif option in ("lenient", "glob"):
                self._note("read-options" if option == "lenient" else "dynamic-zones", inner)
            elif option not in ("sources", "targets", "alias", "regex"):
                self._note("runtime", inner)
        source = self._only_source(key, node)
        if source is not None:
            lenient = node.get("lenient")
            glob = node.get("glob")
            self.found.wanted.append(
                WantedZone(
                    name,
                    source,
                    isinstance(lenient, Scalar) and reading_of(lenient) is True,
                    place(self._file, key),
                    glob.text if isinstance(glob, Scalar) else "*" if name.startswith("*") else "",
                )
            )

    def _only_source(self, key: Scalar, node: Mapping) -> YamlSource | None:
        """Return the source of a zone, None where the zone is not imported, which is noted or reported."""
        for option, feature in (("alias", "alias-zones"), ("regex", "regex-zones")):
            if option in node.entries:
                self._note(feature, key)
                return None
        sources = node.get("sources")
        names = (
            [item.text for item in sources.items if isinstance(item, Scalar)] if isinstance(sources, Sequence) else []
        )
        if not names:
            self._error(f"The zone `{key.text}` has no `sources`.", key)
            return None
        if unknown := next((name for name in names if name not in {*self._sources, *self._others}), None):
            remedy = did_you_mean(unknown, {*self._sources, *self._others}, "Providers")
            self._error(f"The source `{unknown}` of the zone `{key.text}` is no provider.", key, remedy)
        elif len(names) > 1:
            self._note("several-sources", key)
        elif names[0] in self._others:
            self._note("other-sources", key)
        elif not self._sources[names[0]].shared:
            self._note("dynamic-zones" if key.text.startswith("*") else "zones", key)
            return self._sources[names[0]]
        return None

    def _note(self, feature: str, key: Scalar) -> None:
        self.found.occurrences.append(Occurrence(feature, place(self._file, key), key.text))

    def _error(self, detail: str, node: Node, help: str = "") -> None:
        self._problems.error("octodns-config", detail, place(self._file, node), help)
