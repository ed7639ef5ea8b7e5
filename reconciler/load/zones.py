"""The zone folder: which file is which zone, with which options, and what else lies there."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.cache.cache import Cache
from reconciler.kinds.zone import ZoneModel
from reconciler.load.memo import Kept, Memo, Version
from reconciler.load.nodes import Node, Scalar
from reconciler.load.problems import Problems, Source
from reconciler.load.zone_cache import find_zone, keep_zone, key_of
from reconciler.load.zone_records import Records, ZoneContent, ZoneSettings
from reconciler.model.account import ZoneOptions
from reconciler.model.address import Address, decode_part
from reconciler.model.collector import collector_paused
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.model.span import Span

_DEFAULTS = ZoneOptions(default_ttl=3600, lenient=False, escaped_semicolons=True)
#: The suffix of master files.
MASTER = ".zone"
_SUFFIXES = frozenset({"yaml", "zone"})


def zone_files(paths: Iterable[str], folder: str, kind: Kind, problems: Problems) -> dict[Address, str]:
    """Return the file of each zone, by the zone's address; other files and second files are reported."""
    found: dict[Address, str] = {}
    for path in paths:
        name = path.removeprefix(f"{folder}/")
        stem, _, suffix = name.rpartition(".")
        at = Span(path, 1, 1)
        if "/" in name or not stem or suffix not in _SUFFIXES:
            remedy = (
                "Name a zone's file `ZONE.yaml`, or `ZONE.zone` if it is a master file, or say under "
                "`dns: {exclude: [...]}` that it lies there on purpose."
            )
            problems.warning("other-file", f"{path} is not read.", at, remedy)
            continue
        try:
            address = kind.address((stem,))
        except refusals() as error:
            remedy = "Name the file after its zone, or name it under `dns: {exclude: [...]}` in account.yaml."
            problems.error("wrong-value", f"{path} is not named after a zone: {error.message()}", at, remedy)
            continue
        if (first := found.setdefault(address, path)) != path:
            detail = f"{first} holds the same zone, {address.partition('/')[2]}."
            problems.error("duplicate-address", detail, at, "Keep one of the two.", related=(Span(first, 1, 1),))
    return found


def check_options(
    files: Mapping[Address, str],
    options: Mapping[Address, tuple[ZoneModel, Span]],
    folder: str,
    problems: Problems,
) -> None:
    """Report zones that have options and no file, and those with a file although they say that they have none."""
    for address, (model, at) in options.items():
        zone = decode_part(address.partition("/")[2])
        if address not in files and model.records is None:
            detail = f"The zone {zone} has options, but there is no file `{folder}/{zone}.yaml`."
            remedy = "Add the file, or write `records: none` for a zone without one."
            problems.error("zone-without-file", detail, at, remedy, address=address)
        elif address in files and files[address].endswith(MASTER) and model.escaped_semicolons is not None:
            detail = f"`escaped_semicolons` is about octoDNS's YAML, but {files[address]} is a master file."
            problems.error("option-without-effect", detail, at, "Delete the option.", address=address)
        elif address in files and model.records is not None:
            remedy = "Delete `records: none`, or the file."
            problems.error("zone-with-file", f"{files[address]} holds records of {zone}.", at, remedy, address=address)


def settings_of(
    addresses: Iterable[Address], options: Mapping[Address, tuple[ZoneModel, Span]], defaults: ZoneOptions
) -> dict[Address, ZoneSettings]:
    """Return how each zone's file is read: its own options, before those of ``dns.defaults``, before ours."""
    every = sorted(addresses)
    cuts = _cuts({decode_part(address.partition("/")[2]) for address in every})
    common = _options((defaults, _DEFAULTS))
    found = {}
    for address in every:
        zone = decode_part(address.partition("/")[2])
        options_of = _options((options[address][0], defaults, _DEFAULTS)) if address in options else common
        found[address] = ZoneSettings(zone, *options_of, frozenset(cuts.get(zone, ())))
    return found


def _options(chain: tuple[ZoneOptions, ...]) -> tuple[int, bool, bool]:
    """Return each option as the first says it that says anything."""
    ttl, lenient, escaped = (
        next(value for option in chain if (value := getattr(option, name)) is not None)
        for name in ("default_ttl", "lenient", "escaped_semicolons")
    )
    return ttl, lenient, escaped


def _cuts(zones: set[str]) -> dict[str, list[str]]:
    """Return for each zone the zones below it, as names relative to it."""
    below: dict[str, list[str]] = {}
    for zone in sorted(zones):
        labels = zone.split(".")
        for n in range(1, len(labels)):
            if (parent := ".".join(labels[n:])) in zones:
                below.setdefault(parent, []).append(".".join(labels[:n]))
    return below


@dataclass(frozen=True, slots=True)
class ZoneReader:
    """Reads the files of zones; one that was read before is read again only where it has to be.

    ``render`` replaces templates in the values of YAML; master files have none. What was read with its help depends on
    other files, so neither ``memo`` nor ``cache`` keeps it.
    """

    problems: Problems
    memo: Memo
    cache: Cache
    render: Callable[[str, Scalar, Node], Node] | None = None

    def zones(
        self,
        files: Mapping[Address, str],
        settings: Mapping[Address, ZoneSettings],
        read: Callable[[str], bytes | None],
        blobs: Mapping[str, str],
    ) -> dict[Address, ZoneContent]:
        """Return what each zone's file declares; ``read`` returns None for a file that it has reported.

        ``blobs`` are the ids of the bytes: of a file that was read, and of those that somebody has listed.
        """
        found = {}
        with collector_paused():
            for address, path in sorted(files.items()):
                content = self._known(path, blobs.get(path), settings[address], read)
                if content is None and (raw := read(path)) is not None:
                    content = self._zone(path, raw, blobs[path], settings[address])
                if content is not None:
                    found[address] = content
        return found

    def _known(
        self, path: str, blob: str | None, settings: ZoneSettings, read: Callable[[str], bytes | None]
    ) -> ZoneContent | None:
        """Return what was read before from the bytes that a file is known to have; they aren't read for that."""
        if blob is None or (self.render is not None and not path.endswith(MASTER)):
            return None
        version = Version(blob, settings)
        kept = self.memo.find(path, version)
        return kept and self._taken(path, lambda: read(path) or b"", version, kept)

    def _zone(self, path: str, raw: bytes, blob: str, settings: ZoneSettings) -> ZoneContent:
        if self.render is not None and not path.endswith(MASTER):
            from reconciler.load.zonefile import read_zone_file

            records = Records()
            read_zone_file(path, raw, settings, records, self.problems, self.render)
            return ZoneContent(self.cache.keep_group(records.state), records.places, records.metas)
        version = Version(blob, settings)
        kept = self.memo.find(path, version) or self._kept(path, raw, settings)
        return self._taken(path, raw, version, kept)

    def _taken(self, path: str, source: Source, version: Version, kept: Kept) -> ZoneContent:
        self.memo.keep(path, version, kept)
        if kept.found is not None:
            self.problems.absorb(kept.found)
        if kept.found is None or not kept.found.failed:
            self.problems.source(path, source)
        return kept.content

    def _kept(self, path: str, raw: bytes, settings: ZoneSettings) -> Kept:
        """Return what an earlier run read, else read it now for later ones."""
        key = key_of(path, raw, settings)
        kept = find_zone(self.cache, key, path, settings.zone)
        if kept is not None:
            return kept
        apart = self.problems.apart()
        content = keep_zone(self.cache, key, path, _read_zone(path, raw, settings, apart), apart)
        if not apart.failed:
            apart.forget_sources()  # whoever asks again has the bytes
        return Kept(content, apart if apart.has_any else None)


def _read_zone(path: str, raw: bytes, settings: ZoneSettings, problems: Problems) -> ZoneContent:
    if not path.endswith(MASTER):
        from reconciler.load.plain_zone import read_plain_zone

        return read_plain_zone(path, raw, settings, problems)
    from reconciler.load.masterfile import read_master_file

    records = Records()
    read_master_file(path, raw, settings, records, problems)
    return ZoneContent(records.state, records.places, records.metas)
