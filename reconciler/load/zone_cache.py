"""What earlier runs read from zone files: a file that is the same again costs a look at its bytes, and nothing more.

An entry goes by everything on which the outcome depends: the bytes, the path, the zone with its settings, and this
version of the program. Files with errors aren't kept, nor what depends on other files (templates, presets).
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeAlias

from reconciler import __version__
from reconciler.cache.cache import Cache
from reconciler.load.memo import Kept
from reconciler.load.places import Places, pack, places_of, unpack
from reconciler.load.problems import Problems
from reconciler.load.zone_records import ZoneContent, ZoneSettings
from reconciler.model.address import Address, join
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.meta import Meta
from reconciler.model.span import Span

_SORT = "file"
#: Raised whenever a file of the same version of the program could be read differently, or is kept in another form.
_FORMAT = 1
#: What :func:`_told` makes of a finding.
_Told: TypeAlias = tuple[str, str, tuple[str, int, int] | None, str, Address | None, list[tuple[str, int, int]]]


def key_of(path: str, raw: bytes, settings: ZoneSettings) -> str:
    """Return what a zone file's outcome goes by."""
    options = (settings.default_ttl, settings.lenient, settings.escaped_semicolons, sorted(settings.cuts))
    digest = sha256(
        repr((_FORMAT, __version__, sys.byteorder, path, settings.zone, options)).encode("utf-8", "surrogatepass")
    )
    digest.update(raw)
    return digest.hexdigest()


def find_zone(cache: Cache, key: str, path: str, zone: str) -> Kept | None:
    """Return what an earlier run read, and what it found then; None where it read nothing of the kind."""
    entry = cache.find(_SORT, key)
    if entry is None:
        return None
    name, count, places, metas, findings, unlisted = entry
    found = None
    if findings:
        found = Problems()
        found.take(path, map(_finding, findings), unlisted)
    group = cache.group(join("record", zone), name, count)
    numbers = Places(path, count, lambda: group.found, lambda: unpack(cache.blob(places)))
    return Kept(ZoneContent(group, numbers, _metas(metas)), found)


def keep_zone(cache: Cache, key: str, path: str, content: ZoneContent, problems: Problems) -> ZoneContent:
    """Return what was read from a zone file, kept for later runs unless there is an error in it."""
    group = cache.keep_group(content.state)
    if group.id and not problems.failed:
        places = cache.keep_bytes(pack(places_of(path, content.places).in_order(sorted(content.state))))
        metas = {address: _written(meta) for address, meta in content.metas.items()}
        findings, unlisted = problems.warnings(path)
        told = [_told(found) for found in findings]
        cache.keep(_SORT, key, (group.id, len(group), places, metas, told, unlisted))
    return ZoneContent(group, content.places, content.metas)


def _written(meta: Meta) -> dict[str, Any]:
    """Return ``meta:`` as people write it."""
    data = meta.model_dump(exclude_defaults=True)
    return data | ({"protect": "true"} if meta.protect else {})


def _metas(written: Mapping[Address, dict[str, Any]]) -> dict[Address, Meta]:
    return {address: Meta.model_validate(data) for address, data in written.items()}


def _told(found: Diagnostic) -> _Told:
    """Return a warning as plain values; its line is taken from the file again, its summary goes by its code."""
    span = found.span and found.span[:]
    return found.code, found.detail, span, found.help, found.address, [place[:] for place in found.related]


def _finding(told: _Told) -> Diagnostic:
    from reconciler.load.codes import CODES

    code, detail, span, remedy, address, related = told
    places = tuple(Span(*place) for place in related)
    at = Span(*span) if span else None
    return Diagnostic(code, CODES[code].summary, detail, at, remedy, Severity.WARNING, address, related=places)
