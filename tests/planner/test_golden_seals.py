"""The seals of known plans, kept: approvals outlive versions of the program, or their format says that they don't."""

import json
from collections.abc import Iterator
from pathlib import Path

from planner.world import World, a, contact, desired, fields, mailbox, record, tombstones
from reconciler.model.address import Address
from reconciler.model.fields import Json, Value
from reconciler.model.plan import Options, Plan
from reconciler.model.seals import SEAL_FORMAT

GOLDEN = Path(__file__).parent / "golden"
#: What to do when the same plan has other seals than before.
INSTRUCTION = """
The same plan has other seals than it had, so approvals given before would not fit, or would fit something else.
If that isn't meant, undo it. If it is: raise SEAL_FORMAT in reconciler/model/seals.py, run this test once, which writes
{path}, and commit that file. Keep the old ones.
"""
BOX: Address = "mailbox/m@example.org"
WWW: Address = "record/example.org/www/A"
State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields(), WWW: a()}


def plans() -> Iterator[tuple[str, Plan]]:
    """Yield plans in which every ingredient of a seal has a part."""
    yield "nothing", World().own(ZONE).plan(desired(ZONE))
    yield "create", World().plan(desired({**ZONE, BOX: mailbox(quota=5), "contact/erika": contact("e@example.org")}))
    yield "update", World().own(ZONE).plan(desired({**ZONE, WWW: a("192.0.2.2", "192.0.2.3", ttl=60)}))
    yield "refers", World().plan(desired({BOX: mailbox(), "alias/a@example.org": fields(targets=("m@example.org",))}))
    yield "delete", World().own(ZONE).plan(desired({"zone/example.org": fields()}))
    yield "zone with all it holds", World().own(ZONE).plan(desired({}, tombstones("zone/example.org")))
    yield (
        "move",
        World().own({"contact/a": contact("e@example.org")}).plan(desired({"contact/b": contact("e@example.org")})),
    )
    yield "secret", World().own({BOX: mailbox()}).plan(desired({BOX: mailbox(2)}))
    yield (
        "types",
        World().own(ZONE).plan(desired({**ZONE, "record/example.org/@/MX": record("MX", "10 mx.example.net.")})),
    )
    yield "policy", World().own(ZONE).plan(desired({**ZONE, WWW: a("192.0.2.2")}, drift="revert", guards="off"))
    second = World().own(ZONE)
    second.apply(desired({"zone/example.org": fields()}))
    yield "second life", second.plan(desired(ZONE))
    by_hand = World().own(ZONE)
    by_hand.account.hold(WWW, a("192.0.2.99"))
    yield "drift", by_hand.plan(desired(ZONE), Options(include_drift=True))
    yield "both", by_hand.plan(desired({**ZONE, WWW: a("192.0.2.2")}))


def sealed(plan: Plan) -> Json:
    return {
        "seal": plan.seal,
        "context": plan.seals.context,
        "changes": {f"{change.action} {change.address}": change.seal for change in plan.changes},
    }


def test_the_same_plan_keeps_its_seals() -> None:
    """Or the seal format is raised, which makes every older approval stale, with a golden file of its own."""
    now = {name: sealed(plan) for name, plan in plans()}
    path = GOLDEN / f"seals-{SEAL_FORMAT}.json"
    if not path.exists():
        path.write_text(json.dumps(now, indent=1) + "\n")
    assert json.loads(path.read_text()) == now, INSTRUCTION.format(path=GOLDEN / f"seals-{SEAL_FORMAT + 1}.json")


def test_every_format_keeps_its_golden_file_and_shares_no_seal_with_another() -> None:
    """So that nobody can mend the test above by writing over an old file without a reviewer seeing it."""
    files = [GOLDEN / f"seals-{number}.json" for number in range(1, SEAL_FORMAT + 1)]
    assert sorted(GOLDEN.iterdir()) == sorted(files)
    seals = [{s for one in json.loads(f.read_text()).values() for s in one["changes"].values()} for f in files]
    assert len(set().union(*seals)) == sum(map(len, seals))
