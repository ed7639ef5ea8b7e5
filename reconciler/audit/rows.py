"""One row for each change of each apply: what an auditor exports."""

from collections.abc import Iterator

from reconciler.audit.applies import Applies
from reconciler.audit.attribution import Ancestry
from reconciler.audit.chain import Link
from reconciler.model.address import Address
from reconciler.model.approvals import Grant
from reconciler.model.fields import Json
from reconciler.model.history import COLUMNS, LoggedCommit, seen_as


def rows(ancestry: Ancestry, applies: Applies) -> Iterator[dict[str, str]]:
    """Yield the changes of all applies in order; commit and author are those of the cause, where it is in sight.

    After them come the attestations, each with the hash of its evidence in place of an approval.
    """
    for link in applies.links:
        yield from _of_one(ancestry, link)
    for link in applies.attestations:
        for address, entry in sorted(link.attested.items()):
            yield dict(zip(COLUMNS, _attested(ancestry, link, address, entry), strict=True))


def _attested(ancestry: Ancestry, link: Link, address: Address, entry: Json) -> tuple[str, ...]:
    cause = ancestry.commits.get(entry["commit"])
    return (
        link.trailers.get("Reconciler-Receipt", ""),
        entry["when"],
        entry["who"],
        entry["commit"],
        cause.author if cause else "",
        address,
        "attest",
        "",
        "",
        seen_as(entry),
        f"evidence {entry['evidence']}",
        entry.get("run_url", ""),
    )


def _of_one(ancestry: Ancestry, link: Link) -> Iterator[dict[str, str]]:
    facts, config = link.facts, link.facts["config_commit"]
    asked = [step["address"] for step in facts["steps"] if step["origin"] in ("asked", "both")]
    origins = ancestry.origins(config, asked)
    for step in facts["steps"]:
        cause = origins.get(step["address"], ancestry.commits.get(config))
        yield dict(zip(COLUMNS, _cells(facts, step, config, cause), strict=True))


def _cells(facts: Json, step: Json, config: str, cause: LoggedCommit | None) -> tuple[str, ...]:
    return (
        str(facts["number"]),
        facts["finished"] or facts["started"],
        facts["who"],
        cause.id if cause else config,
        cause.author if cause else "",
        step["address"],
        step["action"],
        step["origin"],
        step.get("risk", ""),
        step["status"],
        "; ".join(Grant.from_json(one).line for one in facts.get("approvals", ())),
        facts["run_url"],
    )
