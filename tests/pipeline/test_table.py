"""Each row of the table of cases, for each kind, on an embedded account with its record: apply, work by hand, plan."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply.approval import Approval
from reconciler.kinds import KINDS
from reconciler.model.address import Address, live_id_address
from reconciler.model.change import Action, Origin
from reconciler.model.outcome import Status
from reconciler.model.plan import Options, Plan
from reconciler.model.typed_text import known_fields
from reconciler.pipeline import applying, planning, session
from reconciler.store import by_hand
from reconciler.store.account import Store
from table import ROWS, SAMPLES, SETTINGS, Which, address_of, made_of, reading, value_of
from ticking import standing

ACCOUNT = {
    "version": 1,
    "account": "K-104711",
    "providers": {"default": {"type": "embedded", "path": "account.db"}},
    "policy": {"guards": "off"},
}
SECRET = {"SECRET": "a-long-secret"}
MANY = 13


@dataclass
class Walk:
    """One account on which some rows of the table are walked at once, each with an address of its own."""

    kind: str
    rows: Mapping[str, int]
    folder: Path

    def __post_init__(self) -> None:
        self.session = session.Session(self.folder, SECRET, standing())
        self.store = Store(self.folder / "account.db")

    def address(self, row: str) -> Address:
        """Return a row's address."""
        return address_of(self.kind, self.rows[row])

    def write(self, side: str) -> None:
        """Write the files that declare each row's value on one side, and let everything else go."""
        found = {row: which for row in self.rows if (which := getattr(ROWS[row], side))}
        gone = [] if KINDS[self.kind].fixed else [self.address(row) for row in self.rows if row not in found]
        zones = {f"mail{n}.example": {"records": "none"} for n in range(MANY) if self.kind == "mail_domain"}
        mail = {f"zone{n}.example": {} for n in range(MANY) if self.kind == "zone"}
        document: dict[str, Any] = {"zones": zones, "mail": {"example.org": {}, **mail}}
        records: dict[str, Any] = {}
        for row, which in found.items():
            written, keys = (
                SAMPLES[self.kind].written(which, self.rows[row]),
                list(KINDS[self.kind].keys(self.address(row))),
            )
            if self.kind == "record":
                records[keys[1]] = {"type": "A", "value": written}
            else:
                put(document, [keys.pop(0) if part == "*" else part for part in KINDS[self.kind].path], written)
        document["removed"] = {address: {"reason": "it left"} for address in gone}
        self._save({"account.yaml": ACCOUNT, "resources.yaml": document, "zones/example.org.yaml": records})

    def _save(self, files: Mapping[str, Any]) -> None:
        for name, data in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(data))

    def plan(self, **options: Any) -> Plan:
        """Plan."""
        return planning.plan(self.session, Options(**options)).plan

    def apply(self) -> None:
        """Apply with every permission; each change must be done and stay done."""
        options = Options(include_drift=True, override=frozenset(map(self.address, self.rows)), reason="test")
        planned = planning.plan(self.session, options)
        assert not planned.plan.refusals
        done = applying.apply(self.session, planned, Approval(), lambda _: None)
        assert [one for one in done.outcomes if one.status is not Status.DONE] == []
        assert done.proof.is_whole

    def work_by_hand(self) -> None:
        """Make each row's live value true in the account, as somebody would in the portal."""
        provenance = planning.plan(self.session, Options()).state.applied.provenance
        for row in self.rows:
            states, known = ROWS[row], provenance.get(self.address(row))
            entry = live_id_address(self.kind, known.live_id) if known and known.live_id else self.address(row)
            if states.live is None:
                if states.applied:
                    by_hand.delete(self.store, entry)
            elif states.live != states.applied:
                fields = dict(self._texts(states.live, self.rows[row]))
                key = KINDS[self.kind].natural_key
                by_hand.set_fields(self.store, f"{self.kind}/{fields[key]}" if key and not known else entry, fields)

    def _texts(self, which: Which, number: int) -> Iterator[tuple[str, str]]:
        kind = KINDS[self.kind]
        value = value_of(self.kind, which, number)
        if self.kind == "record":
            yield from {"ttl": "3600", "value": SAMPLES["record"].written(which, number)}.items()
            return
        for name, data in kind.to_json(kind.readable(value)).items():
            yield name, data if isinstance(data, str) else json.dumps(data)


def put(document: dict[str, Any], path: list[str], written: object) -> None:
    """Put what is written where its keys lead; what is there already stays beside it."""
    *above, last = path
    for key in above:
        document = document.setdefault(key, {})
    document[last] = {**document[last], **written} if isinstance(written, dict) and last in document else written


def rows_of(kind: str) -> list[str]:
    """Return the rows that an embedded account can show for a kind."""
    seen = []
    for row, (_, applied, live) in ROWS.items():
        expected = reading(kind, row)
        by_hand = live != applied and not (known_fields(KINDS[kind]) or kind == "zone")
        without = KINDS[kind].fixed and live is None
        if expected and not expected.incomplete and not by_hand and not without:
            seen.append(row)
    return seen


@pytest.mark.parametrize("kind", SETTINGS)
def test_every_row_on_a_real_account(kind: str, tmp_path: Path) -> None:
    """What git said first is applied; hands work; git says something else: each row comes to what the table says."""
    sample = SAMPLES[kind]
    walked = rows_of(kind)
    for number in range(0, len(walked), sample.many):
        rows = walked[number : number + sample.many]
        walk = Walk(kind, {row: index for index, row in enumerate(rows)}, tmp_path / str(number))
        walk.write("applied")
        walk.apply()
        walk.work_by_hand()
        walk.write("desired")
        plan = walk.plan()
        found = {row: made_of(plan, walk.address(row)) for row in rows}
        assert found == {row: reading(kind, row) for row in rows}
        counted = [one.action for one in found.values() if one and not one.refused and one.origin is not Origin.DRIFT]
        assert plan.counts() == tuple(map(counted.count, (Action.CREATE, Action.UPDATE, Action.DELETE)))
        walk.apply()
        again = walk.plan()
        assert (again.changes, again.drift, again.notes, again.refused) == ((), (), (), ())
