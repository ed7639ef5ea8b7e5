"""Text to Desired: the way from the files of an account to the desired state."""

from collections.abc import Mapping
from functools import cached_property, partial

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.gitrepo.objects import blob_id
from reconciler.kinds import KINDS
from reconciler.load.account_file import OWN_KEYS, read_config, readable_part, report_same_accounts, rule_places
from reconciler.load.attachments import Attachments
from reconciler.load.files import ACCOUNT_FILE, find_files
from reconciler.load.kept_settings import find_settings, keep_settings
from reconciler.load.memo import Memo, Ordinary
from reconciler.load.merge import Merged
from reconciler.load.nodes import Mapping as MappingNode
from reconciler.load.nodes import describe
from reconciler.load.problems import Problems, place
from reconciler.load.sections import Sections, read_sections, trie_of
from reconciler.load.spelling import did_you_mean
from reconciler.load.templates import Templates
from reconciler.load.tree import Entry, ListedTree, Tree
from reconciler.load.variables import Variables
from reconciler.load.zone_records import Records, ZoneContent, Zones, ZoneSettings
from reconciler.load.zones import ZoneReader, check_options, settings_of, zone_files
from reconciler.model.account import AccountConfig, Dns, ZoneOptions
from reconciler.model.address import Address
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import Fields
from reconciler.model.groups import Groups, groups_of
from reconciler.model.span import Span
from reconciler.model.state import Desired
from reconciler.model.text import is_template

_TRIE = trie_of(KINDS.values())
_APART = frozenset({"expect", "removed", "vars"})
_EVERYWHERE = _APART | _TRIE.named.keys()
_IN_ACCOUNT = _EVERYWHERE | OWN_KEYS


def load_desired(tree: Tree, dns: Dns | None = None, memo: Memo | None = None, cache: Cache = NO_CACHE) -> Desired:
    """Return what the files of an account desire; warnings are in ``findings``. ``dns`` rules in place of their own.

    ``memo`` remembers what other trees of the same account declare in the same files, ``cache`` what earlier runs read.

    Raises :class:`~reconciler.model.errors.DiagnosticsError` with every error of every file at once.
    """
    load = _Load(tree, dns, memo or Memo(), cache)
    config, zones = load.read()
    if config is None or load.problems.failed:
        raise DiagnosticsError(load.problems.sorted())
    desired = load.desired(config, zones)
    load.problems.forget_sources()  # a load stands in a cycle, so it outlives this
    return desired


class _Load:
    """One load: the files read so far, and what they declare."""

    def __init__(self, tree: Tree, dns: Dns | None, memo: Memo, cache: Cache) -> None:
        self._tree = tree
        self._dns = dns
        self._memo = memo
        self._cache = cache
        self._blobs: dict[str, str] = {}
        self._settings: tuple[bytes, MappingNode] | None = None
        self._templated: set[str] = set()
        self._declared: set[str] = set()
        self.problems = Problems(key for kind in KINDS.values() for key in kind.secret_keys)
        self._variables = Variables(self.problems)
        self._merged = Merged(self.problems)
        self._attachments = Attachments(lambda: self._entries, self._bytes)
        self._presets: Mapping[Address, str] = {}
        self._related: Mapping[Address, tuple[Span, ...]] = {}
        self._zone_options: dict[Address, ZoneOptions] = {}
        self._rules_at: dict[str, tuple[Span, ...]] = {}

    def read(self) -> tuple[AccountConfig | None, Zones]:
        """Read every file; the settings are None where account.yaml has errors."""
        entries = self._entries
        root = self._read_account(ACCOUNT_FILE in entries)
        config = read_config(root, _IN_ACCOUNT, KINDS, self.problems) if root is not None else None
        if config is not None and self._settings and not self.problems.failed:
            keep_settings(self._cache, *self._settings, config)
        self._rules_at = {name: rule_places(root, name) for name in ("ignore", "silence") if root is not None}
        dns, exclude = readable_part(root)
        sure = dns is not None and exclude is not None
        dns = self._dns or dns or Dns()
        files = find_files(entries, dns.directory, exclude or (), dns.exclude, self.problems)
        documents = {ACCOUNT_FILE: root} if root is not None else {}
        for path in files.ordinary:
            if (node := self._read_ordinary(path, sure)) is not None:
                documents[path] = node
        templates = self._collect_variables(documents)
        for path, node in documents.items():
            self._take(path, node, templates)
        zones = self._read_zones(files.zones, dns, templates)
        self._merged.check_removals()
        self._merged.check_renamings()
        self._merged.check_references()
        if any(path.endswith(f"/{ACCOUNT_FILE}") for path in entries):
            report_same_accounts(self._tree, self.problems)
        return config, zones

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        try:
            return self._tree.paths()
        except OSError as error:
            detail = f"{error.filename or self._tree.label}: {error.strerror or error}."
            self.problems.error("unreadable-file", detail, None, "Name the account folder with `-C DIR`.")
            return {}

    def _read_account(self, exists: bool) -> MappingNode | None:
        if not exists and self.problems.failed:
            return None
        if not exists:
            at = Span(ACCOUNT_FILE, 1, 1)
            remedy = "Run `reconciler init` to write one, or name its folder with `-C DIR`."
            self.problems.error("no-account-file", f"{self._tree.label} holds no {ACCOUNT_FILE}.", at, remedy)
            return None
        root = self._document(ACCOUNT_FILE)
        if root is None and not self.problems.failed:
            at = Span(ACCOUNT_FILE, 1, 1)
            self.problems.error("missing-key", "account.yaml is empty.", at, "Write `version`, `account`, `providers`.")
        if root is None:
            return None
        settings = self._variables.refused_mapping(ACCOUNT_FILE, root.only(OWN_KEYS))
        return root.replaced({**root.entries, **settings.entries})

    def _read_ordinary(self, path: str, sure: bool) -> MappingNode | None:
        """Return a file's content; unless ``sure`` that it is an ordinary file, only if it looks like one."""
        node = self._document(path)
        sure = sure or self._memo.find_ordinary(path, self._blobs.get(path, "")) is not None
        if node is not None and not sure and not node.entries.keys() & _EVERYWHERE:
            return None
        return node

    def _document(self, path: str) -> MappingNode | None:
        raw = self._bytes(path)
        if raw is None:
            return None
        if path == ACCOUNT_FILE and (known := find_settings(self._cache, raw)) is not None:
            self.problems.source(path, raw)
            return known
        if (before := self._memo.find_ordinary(path, self._blobs[path])) is not None:
            self.problems.source(path, raw)
            return before.rest
        from reconciler.load.yaml_text import YamlReader

        reader = YamlReader(path, raw, self.problems)
        node = reader.root()
        if reader.failed:
            self._variables.complete = False
        if reader.text and is_template(reader.text):
            self._templated.add(path)
        if path == ACCOUNT_FILE and isinstance(node, MappingNode):
            self._settings = raw, node
        if node is None or isinstance(node, MappingNode):
            return node
        detail = f"A file is a mapping of sections, but this is {describe(node)}."
        self.problems.error("wrong-type", detail, place(path, node), "Begin with a section, such as `contacts:`.")
        return None

    def _bytes(self, path: str) -> bytes | None:
        try:
            raw = self._tree.read(path)
        except OSError as error:
            self.problems.error("unreadable-file", f"{path}: {error.strerror or error}.", Span(path, 1, 1))
            return None
        self._blobs[path] = blob_id(raw)
        return raw

    def _collect_variables(self, documents: dict[str, MappingNode]) -> Templates:
        for path, node in documents.items():
            if (found := node.get("vars")) is not None:
                self._variables.collect(path, found)
        return self._variables.templates()

    def _take(self, path: str, document: MappingNode, templates: Templates) -> None:
        """Take the sections and removals of one file."""
        known = _IN_ACCOUNT if path == ACCOUNT_FILE else _EVERYWHERE
        for name, (key, _) in document.entries.items():
            if name in known:
                continue
            if name in OWN_KEYS:
                remedy = f"Move it to {ACCOUNT_FILE}."
                self.problems.error(
                    "wrong-file", f"`{name}` may stand in {ACCOUNT_FILE} only.", place(path, key), remedy
                )
            else:
                remedy = did_you_mean(name, known, "Known keys")
                what = "neither a setting nor a section" if path == ACCOUNT_FILE else "no section"
                self.problems.error("unknown-key", f"`{name}` is {what}.", place(path, key), remedy)
        ours = document.only(_EVERYWHERE - {"vars"})
        if path in self._templated:
            ours = self._variables.rendered_mapping(templates, path, ours)
        sections = self._sections(path, ours, document)
        self._declared |= sections.declared
        for piece in sections.pieces:
            self._merged.add(piece)
        if (removed := ours.get("removed")) is not None:
            from reconciler.load.removals import read_removals

            for removal in read_removals(path, removed, KINDS, self.problems):
                self._merged.add_removal(removal)
        if (expected := ours.get("expect")) is not None:
            from reconciler.load.expectations import read_expectations

            for expectation in read_expectations(path, expected, self.problems):
                self._merged.add_expectation(expectation)

    def _sections(self, path: str, ours: MappingNode, document: MappingNode) -> Sections:
        """Return what a file's sections declare; where nothing else plays a part in that, it is remembered."""
        blob = self._blobs[path]
        if (before := self._memo.find_ordinary(path, blob)) is not None:
            return before.sections
        entries = ours.without(_APART).entries
        sections = read_sections(path, entries, _TRIE, self.problems, self._attachments)
        alone = path != ACCOUNT_FILE and path not in self._templated and not self._attachments.found
        if alone and not self.problems.has_any:
            self._memo.keep_ordinary(path, blob, Ordinary(sections, document.only(_APART)))
        return sections

    def _read_zones(self, paths: tuple[str, ...], dns: Dns, templates: Templates) -> Zones:
        options = self._merged.zones
        files = zone_files(paths, dns.directory, KINDS["zone"], self.problems)
        check_options(files, options, dns.directory, self.problems)
        settings = settings_of({*files, *options}, options, dns.defaults)
        for address, path in files.items():
            self._declared |= {"zone", f"record/{address.partition('/')[2]}"}
            self._merged.places[address] = Span(path, 1, 1)
        for address, how in settings.items():
            self._merged.state[address] = Fields()
            self._zone_options[address] = how.options
        render = partial(self._variables.rendered_entry, templates) if dns.templates else None
        reader = ZoneReader(self.problems, self._memo, self._cache, render)
        if isinstance(self._tree, ListedTree):
            self._blobs |= self._tree.blobs(files.values())
        zones = reader.zones(files, settings, self._bytes, self._blobs)
        return self._with_presets(zones, settings) if self._merged.uses else zones

    def _with_presets(self, zones: Zones, settings: Mapping[Address, ZoneSettings]) -> Zones:
        from reconciler.load.presets.expand import expand_all

        self._declared |= {f"record/{address.partition('/')[2]}" for address in self._merged.uses}
        origins, added = expand_all(self._merged.uses, settings, zones, self.problems)
        self._presets, self._related = origins.presets, origins.related
        return {**zones, **{address: self._content(records) for address, records in added.items()}}

    def _content(self, records: Records) -> ZoneContent:
        return ZoneContent(self._cache.keep_group(records.state), records.places, records.metas)

    def desired(self, config: AccountConfig, zones: Zones) -> Desired:
        """Return everything that was read as one value."""
        merged = self._merged
        held = {f"record/{address.partition('/')[2]}": zone for address, zone in zones.items() if zone.state}
        return Desired(
            config=config,
            state=Groups({**groups_of(merged.state), **{name: zone.state for name, zone in held.items()}}),
            places=Groups({**groups_of(merged.places), **{name: zone.places for name, zone in held.items()}}),
            metas=merged.metas | {address: meta for zone in held.values() for address, meta in zone.metas.items()},
            secrets=merged.secrets,
            removals=tuple(sorted(merged.removals.values(), key=lambda removal: removal.pattern)),
            renamings=merged.renamings,
            expectations=tuple(sorted(merged.expectations.values(), key=lambda one: one.address)),
            declared=frozenset(self._declared),
            files=dict(sorted(self._blobs.items())),
            findings=self.problems.sorted(),
            presets=self._presets,
            related=self._related,
            zone_options=self._zone_options,
            ignored_at=self._rules_at.get("ignore", ()),
            silenced_at=self._rules_at.get("silence", ()),
            attachments=self._attachments.found,
        )
