"""adopt on real history: 500 changes by hand in 405 zones, and more beside them, become edits of those lines only."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from accounts import Account
from reconciler.edit.places import place_values
from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_text import record_address, wire_value
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.change import Action
from reconciler.model.plan import Choice
from reconciler.pipeline.editing import adopt
from reconciler.pipeline.session import Session
from reconciler.ports import Write
from reconciler.store.by_hand import delete, set_fields
from ticking import standing

from .harness import Replay
from .oracle import FOLDER, git

EDITS = 500
PEOPLE = 40
VALUES = {
    "A": ("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    "AAAA": ("2001:db8::1", "2001:db8::2"),
    "CAA": ('0 issue "ca.example.net"', '0 iodef "mailto:x@example.net"'),
    "CNAME": ("one.example.net.", "two.example.net."),
    "MX": ("10 mx.example.net.", "20 mx2.example.net."),
    "NS": ("ns1.example.net.", "ns2.example.net."),
    "SRV": ("1 2 443 srv.example.net.",),
    "TXT": ('"v=spf1 -all; x"', '"a \\"quoted\\" text"', '"plain"'),
}
#: Lines of the corpus that take a comment beside them.
_TAKES_COMMENT = re.compile(r" +(?:ttl: \d+|type: [A-Z]+|- [A-Za-z0-9.=_-]+|- type: [A-Z]+|value: [A-Za-z0-9._-]+)\Z")


@dataclass
class Hand:
    """Somebody who changes zones past git; ``touched`` says by zone what was done at which name."""

    account: Account
    dice: random.Random
    touched: dict[str, dict[str, str]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Make all changes, each at a name of its own."""
        state = self.account.state
        records = sorted(a for a in state if kind_of(a) == "record" and not a.endswith("/@/NS"))
        self.dice.shuffle(records)
        for address in records:
            if self.done.total() < EDITS:
                self._change(address, state)

    def _change(self, address: Address, state: dict[Address, RecordValue]) -> None:
        zone, name, rtype = address.split("/")[1:]
        sort = self.dice.choice(("ttl", "values", "values", "delete", "type", "types", "name"))
        new = f"{self.dice.choice('abcmxyz059')}{self.done.total()}-new"
        if name in self.touched.get(zone, {}) or (sort == "values" and rtype not in VALUES):
            return
        if sort in ("type", "types") and any(f"record/{zone}/{name}/{t}" in state for t in ("CNAME", "CAA", "SRV")):
            return
        self.done[sort] += 1
        self.touched.setdefault(zone, {})[new if sort == "name" else name] = sort
        old = state[address]
        match sort:
            case "delete":
                self._write(address, old, None)
            case "ttl":
                self._write(address, old, old._replace(ttl=old.ttl + 7))
            case "values":
                self._write(address, old, self._other(rtype, old))
            case "name":
                for each in self.dice.sample(("A", "TXT", "MX"), self.dice.randint(1, 3)):
                    self._write(f"record/{zone}/{new}/{each}", None, self._made(each))
            case _:
                for each in ("CAA", "SRV")[: 1 + (sort == "types")]:
                    self._write(f"record/{zone}/{name}/{each}", None, self._made(each))

    def _other(self, rtype: str, old: RecordValue) -> RecordValue:
        """Return the record set with some of its values gone and others come."""
        alone = rtype == "CNAME"
        kept = [] if alone else [value for value in old.values if self.dice.random() < 0.6]
        count = 1 if alone else self.dice.randint(0 if kept else 1, len(VALUES[rtype]))
        return record_value(rtype, old.ttl, [*kept, *self._wires(rtype, count)])

    def _made(self, rtype: str) -> RecordValue:
        return record_value(rtype, 300, self._wires(rtype, self.dice.randint(1, len(VALUES[rtype]))))

    def _wires(self, rtype: str, count: int) -> list[bytes]:
        return [wire_value(rtype, text) for text in self.dice.sample(VALUES[rtype], count)]

    def _write(self, address: Address, before: RecordValue | None, after: RecordValue | None) -> None:
        action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
        self.account.done(Write(action, address, before, after, self.account.key()))


def test_five_hundred_changes_by_hand_become_minimal_edits(corpus: Path, tmp_path: Path) -> None:
    """The plan is empty, each comment is there that isn't a deleted thing's own, only lines concerned differ."""
    replay, dice = Replay(corpus, tmp_path / "account"), random.Random(20261126)
    replay.session = Session(replay.folder, {"MAIL": "a-long-secret"}, standing())
    replay.commit(git(corpus, "rev-parse", "HEAD").strip(), guards="off")
    old = {path: commented(path.read_text(), dice) for path in sorted((replay.folder / FOLDER).glob("*.yaml"))}
    old |= {replay.folder / "people.yaml": people()}
    for path, text in old.items():
        path.write_text(text)
    git(replay.folder, "add", "-A")
    git(replay.folder, "commit", "-q", "-m", "Comments, mail and contacts")
    refused = replay.apply(replay.plan())
    hand = Hand(Account(replay.folder / "account.db"), dice)
    hand.run()
    change_people(hand.account)
    adoption = adopt(replay.session, Choice(("record/*/*/*", "mailbox/*", "alias/*", "contact/*")), write=True)
    assert not adoption.left_out
    plan = replay.plan().plan
    assert (plan.drift, plan.refused, plan.refusals) == ((), (), ())
    assert {change.address for change in plan.changes} <= {f"record/{z}/{n or '@'}/{t}" for z, n, t in refused}
    assert not [address for address in plan.unmanaged if kind_of(address) in ("record", "mailbox", "alias", "contact")]
    assert hand.done.total() == EDITS
    for path in sorted((replay.folder / FOLDER).glob("*.yaml")):
        if path.stem in hand.touched:
            check_zone(path.stem, old[path], path.read_text(), hand.touched[path.stem])
        else:
            assert path.read_text() == old[path]
    check_people(old[replay.folder / "people.yaml"], (replay.folder / "people.yaml").read_text())


def commented(text: str, dice: random.Random) -> str:
    """Return a zone file with comments above names, above record sets and beside values, each unlike the others."""
    lines: list[str] = []
    for line in text.splitlines():
        if line[:1] not in ("", " ", "-", "#") and lines and dice.random() < 0.3:
            lines.append(f"# above {len(lines)}: {line}")
        elif line.startswith("  - type") and dice.random() < 0.3:
            lines.append(f"  # inside {len(lines)}")
        beside = _TAKES_COMMENT.match(line) and dice.random() < 0.3
        lines.append(f"{line}  # beside {len(lines)}" if beside else line)
    return "".join(f"{line}\n" for line in lines)


def check_zone(zone: str, old: str, new: str, touched: dict[str, str]) -> None:
    """Assert that every line that differs, and every comment that is gone, belongs to a name that was touched."""
    (before, before_comments), (after, after_comments) = names_by_line(zone, old), names_by_line(zone, new)
    lines, others = old.splitlines(), new.splitlines()
    for what, i, end, j, until in SequenceMatcher(None, lines, others, autojunk=False).get_opcodes():
        if what != "equal":
            assert {*before[i:end], *after[j:until]} <= touched.keys(), (zone, lines[i:end], others[j:until])
    gone = before_comments - after_comments
    gone_from = {before[number] for number, line in enumerate(lines) if any(line.endswith(text) for text in gone)}
    assert {touched[name] for name in gone_from} <= {"delete", "values"}
    assert not any(text.startswith("# above") for text in gone if touched_by(text, lines, before, touched) != "delete")


def touched_by(text: str, lines: list[str], names: list[str], touched: dict[str, str]) -> str:
    """Return what was done at the name to which a comment belongs."""
    return touched[names[next(number for number, line in enumerate(lines) if line.endswith(text))]]


def names_by_line(zone: str, text: str) -> tuple[list[str], Counter[str]]:
    """Return for each line the name that it belongs to, comments above a name with it; and all comments."""
    placed = place_values(text)
    root = placed.root
    assert root is not None
    found, lines = ["---"] * text.count("\n"), text.splitlines()
    starts = [text.count("\n", 0, item.start) for item in root.items]
    for number, item in enumerate(root.items):
        start = starts[number]
        while start and lines[start - 1].startswith("#"):
            start -= 1
        name = record_address(decode_part(zone), item.name, "A").split("/")[2]
        found[start:] = [name] * (len(found) - start)
    return found, Counter(comment for _, comment in placed.comments)


def people() -> str:
    """Return a file of mailboxes, aliases and contacts, a comment at each."""
    lines = ["# Who we are.", "mail:", "  example.org:  # ours", "    mailboxes:"]
    for number in range(PEOPLE):
        lines += [f"      # mailbox {number}", f"      m{number}:", f"        quota: 5 GiB  # quota {number}"]
        lines += [
            "        password: {secret: env/MAIL, version: 1}",
            f"        forward_to: [x{number}@example.net]",
            "",
        ]
    lines += ["    aliases:", *(f"      a{n}: [m{n}]  # alias {n}" for n in range(PEOPLE)), "contacts:"]
    lines += [f"  c{n}: {{name: 'C {n}', email: c{n}@example.org}}  # contact {n}" for n in range(PEOPLE)]
    return "\n".join(lines) + "\n"


def change_people(account: Account) -> None:
    """Change some of them by hand: every fifth differs, every seventh is gone, one of each is new."""
    for number in range(0, PEOPLE, 5):
        set_fields(account.store, f"mailbox/m{number}@example.org", {"quota": "6 GiB", "name": "not declared"})
        set_fields(account.store, f"contact/c{number}@example.org", {"name": f"By hand {number}"})
    for number in range(1, PEOPLE, 7):
        delete(account.store, f"alias/a{number}@example.org")
        delete(account.store, f"contact/c{number}@example.org")
    set_fields(account.store, "alias/new@example.org", {"targets": "m2@example.org"})
    set_fields(account.store, "contact/new@example.org", {"name": "New", "email": "new@example.org"})


def check_people(old: str, new: str) -> None:
    """Assert that each line is as it was but for the numbers that were touched."""
    gone = {*range(1, PEOPLE, 7)}
    changed = {*range(0, PEOPLE, 5)}
    lost = {line.strip() for line in old.splitlines()} - {line.strip() for line in new.splitlines()}
    assert {int(re.findall(r"\d+", line)[0]) for line in lost if "GiB" not in line} == gone | changed
    assert sum("GiB" in line for line in lost) == len(changed)
    before, after = (Counter(comment for _, comment in place_values(text).comments) for text in (old, new))
    assert before - after == Counter(f"# {what} {number}" for number in gone for what in ("alias", "contact"))
