"""What octoDNS's configuration and zone files may hold, and what becomes of each thing."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.span import Span


class Verdict(StrEnum):
    """What becomes of a feature."""

    TAKEN = "taken over"
    KEPT = "kept in the file"
    NEEDLESS = "not needed"
    LEFT = "not taken over"


class Feature(NamedTuple):
    """A feature: what it is, what becomes of it, and what that means."""

    title: str
    verdict: Verdict
    meaning: str


class Occurrence(NamedTuple):
    """A feature at a place; ``what`` is the name that stands there."""

    feature: str
    span: Span
    what: str


FEATURES: Mapping[str, Feature] = {
    "zones": Feature("zones with one YAML source", Verdict.TAKEN, "Their files are copied byte for byte."),
    "dynamic-zones": Feature("dynamic zones (`'*'`, `glob`)", Verdict.TAKEN, "Every zone that they stand for."),
    "split-files": Feature(
        "split files", Verdict.TAKEN, "The files of a zone become one, every comment and spelling kept."
    ),
    "read-options": Feature(
        "`default_ttl`, `lenient`, `escaped_semicolons`", Verdict.TAKEN, "As options of the zones, which are printed."
    ),
    "alias-records": Feature(
        "types without data (`ALIAS`, provider types)",
        Verdict.KEPT,
        "Left out of the plan where the account can't hold them; nothing is deleted at their names.",
    ),
    "geo": Feature(
        "`geo`", Verdict.KEPT, "The record set is left out of the plan where the account has no such thing."
    ),
    "dynamic": Feature(
        "`dynamic`", Verdict.KEPT, "The record set is left out of the plan where the account has no such thing."
    ),
    "record-options": Feature(
        "`octodns:` and blocks of providers in records",
        Verdict.KEPT,
        "The record set is left out of the plan where the account has no such thing; `lenient` is read.",
    ),
    "other-providers": Feature(
        "other providers, targets",
        Verdict.NEEDLESS,
        "`providers:` in account.yaml says where records go; secrets are written there as `{secret: env/NAME}`.",
    ),
    "runtime": Feature(
        "options of the program (`max_workers`, `plan_outputs`, `enforce_order`, ...)",
        Verdict.NEEDLESS,
        "`plan` and `apply` have their own.",
    ),
    "several-targets": Feature(
        "several targets of a zone",
        Verdict.LEFT,
        "A zone goes to one provider. Its records are imported; a second account takes a second folder.",
    ),
    "processors": Feature(
        "processors, validators, `auto_arpa`, `include_meta`",
        Verdict.LEFT,
        "Nothing changes records on their way: what a filter kept away from octoDNS is declared now. Read the first "
        "plan with that in mind.",
    ),
    "several-sources": Feature(
        "several sources of a zone", Verdict.LEFT, "Such a zone is not imported. Merge its sources into one file first."
    ),
    "other-sources": Feature(
        "sources that aren't YAML", Verdict.LEFT, "Such a zone is not imported. `octodns-dump` writes it as YAML."
    ),
    "shared-files": Feature(
        "`shared_filename`", Verdict.LEFT, "Zones of this source are not imported. Copy the shared records into each."
    ),
    "alias-zones": Feature(
        "alias zones", Verdict.LEFT, "Such a zone is not imported. Copy the file of the zone it names."
    ),
    "regex-zones": Feature(
        "`regex` of a dynamic zone", Verdict.LEFT, "Its zones are not imported. Name them, or use `glob`."
    ),
}


def met(occurrences: Iterable[Occurrence]) -> list[tuple[str, str, str, Sequence[tuple[Span, str]]]]:
    """Return every feature that was met, in the order of the table: title, verdict, meaning, and its places."""
    places: dict[str, list[tuple[Span, str]]] = {}
    for occurrence in occurrences:
        places.setdefault(occurrence.feature, []).append((occurrence.span, occurrence.what))
    return [
        (feature.title, feature.verdict.value, feature.meaning, sorted(places[name]))
        for name, feature in FEATURES.items()
        if name in places
    ]
