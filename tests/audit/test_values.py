"""history, blame, export and status: the life of a value as the test made it."""

import csv
import io

from reconciler.apply.approval import Approval
from reconciler.audit.rows import rows
from reconciler.audit.values import blame, versions
from reconciler.model.approvals import Grant
from reconciler.model.history import COLUMNS, Verdict
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.auditing import timeline
from reconciler.pipeline.planning import plan
from reconciler.report.audit import rows_csv
from reconciler.report.history import history_lines
from reconciler.report.ink import plain

from .world import ERIKA, MAX, World, address

CONTACT = "contacts: {erika: {name: Erika Mustermann, email: erika@example.org, phone: '%s', may: [authorise]}}\n"


def test_history_tells_every_value(world: World) -> None:
    """In order, with who gave it and whether it was ever applied; and its end."""
    world.commit("One", a=300, b=1)
    world.apply()
    world.commit("Two", MAX, a=600)
    world.commit("Three", a=900)
    world.apply()
    world.commit("Gone", MAX, a=None)
    made = timeline(world.session)
    found = versions(made.ancestry, made.judged, made.applies, [address("a")])
    told = [(v.commit.subject, v.commit.author, v.verdict, v.facts and v.facts["number"]) for v in found]
    assert told == [
        ("One", ERIKA, Verdict.APPLIED, 1),
        ("Two", MAX, Verdict.SUPERSEDED, None),
        ("Three", ERIKA, Verdict.APPLIED, 2),
        ("Gone", MAX, Verdict.PENDING, None),
    ]
    assert found[-1].value is None
    assert len(versions(made.ancestry, made.judged, made.applies, ["record/example.org/*/*"])) == 5


def test_history_masks_private_fields(world: World) -> None:
    """A telephone number never stands there, old or new."""
    world.repo.write({"contacts.yaml": CONTACT % "+49 511 123456"})
    world.commit("One", a=300)
    world.apply()
    world.repo.write({"contacts.yaml": CONTACT % "+49 511 654321"})
    world.commit("Two")
    made = timeline(world.session)
    found = versions(made.ancestry, made.judged, made.applies, ["contact/erika"])
    text = plain(history_lines(found))
    assert len(found) == 2
    assert not [part for part in ("123456", "654321", "erika@example.org") if part in text]


def test_blame_goes_by_field_and_behind_merges(world: World) -> None:
    """A field keeps the commit that set it while others change; a star where it isn't applied."""
    first = world.commit("Begin", a=300, b=300)
    world.apply()
    world.switch("topic", new=True)
    ttl = world.commit("Only the TTL", MAX, a=600)
    world.switch("main")
    world.merge("topic", "Merge it", a=600)
    made = timeline(world.session)
    found = {
        (one.address, one.name): one for one in blame(made.ancestry, made.head, made.applies, "zones/example.org.yaml")
    }
    assert found[address("a"), "ttl"].commit.id == ttl
    assert found[address("a"), "ttl"].applied is False
    values = next(name for where, name in found if where == address("a") and name != "ttl")
    assert found[address("a"), values].commit.id == first
    assert found[address("a"), values].applied is True
    assert found[address("b"), "ttl"].place.startswith("zones/example.org.yaml:")


def test_an_export_is_csv_that_no_spreadsheet_computes(world: World) -> None:
    """RFC 4180, one row for each change; a name that begins like a formula is text."""
    world.commit("Begin", '=HYPERLINK("x"), <evil@example.org>', a=300)
    world.apply()
    made = timeline(world.session)
    found = tuple(rows(made.ancestry, made.applies))
    text = rows_csv(found)
    assert text.count("\r\n") == len(found) + 1
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert tuple(read[0]) == COLUMNS
    assert {row[COLUMNS.index("status")] for row in read[1:]} == {"done"}
    assert all(row[COLUMNS.index("author")].startswith("'=HYPERLINK") for row in read[1:])
    assert {row[COLUMNS.index("address")] for row in read[1:]} >= {address("a"), "zone/example.org"}
    assert {row[COLUMNS.index("risk")] for row in read[1:]} == {"cosmetic", "traffic"}


def test_what_an_apply_rested_on_is_told(world: World) -> None:
    """History and export name the approval that the receipt holds."""
    world.commit("Begin", a=300)
    made = plan(world.session, Options())
    grant = Grant("github", made.plan.seal, "bot", commit="1" * 40, pull_request="5", head="2" * 40)
    apply(world.session, made, Approval(frozenset((made.plan.seal,)), grants=(grant,)), lambda _: None)
    told = timeline(world.session)
    assert {row["approval"] for row in rows(told.ancestry, told.applies)} == {grant.line}
