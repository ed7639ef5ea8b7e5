"""What is live -> minimal edits of the files, so that git says the same; every other line stays as it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from itertools import chain

from reconciler.edit.choice import Chosen, choose
from reconciler.edit.codes import CODES
from reconciler.edit.emit import emit
from reconciler.edit.init import SECTIONS, Draft, RequiredSecret, write_account
from reconciler.edit.patch import Delete, Edit, patch_text
from reconciler.edit.places import Path, Placed, place_values
from reconciler.edit.records import LeftOutError, ZoneText
from reconciler.edit.sections import added_resource, changed_resource, draft_of, home_of, options_entry, put_resource
from reconciler.edit.source import UnsupportedError
from reconciler.kinds import KINDS
from reconciler.kinds.record import as_record
from reconciler.model.account import ZoneOptions
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import Json, Value
from reconciler.model.late import dataclass
from reconciler.model.plan import Choice, Plan
from reconciler.model.state import Applied, Desired, Live


@dataclass(frozen=True, slots=True)
class Adoption:
    """Texts of files by path, old (None: the file is new) and new (None: it goes), and what was adopted.

    ``secrets`` are those to which the files now refer; ``left_out`` says why something that was asked for stays.
    """

    old: Mapping[str, str | None]
    new: Mapping[str, str | None]
    adopted: tuple[Address, ...]
    secrets: tuple[RequiredSecret, ...] = ()
    left_out: Mapping[Address, str] = field(default_factory=dict)


def adopt_live(
    plan: Plan, desired: Desired, live: Live, applied: Applied, choice: Choice, read: Callable[[str], bytes]
) -> Adoption:
    """Return the files after what ``choice`` names of a plan's differences was written into them.

    ``read`` returns a file of the account folder. Raises :class:`~reconciler.model.errors.UsageError` for an address
    at which there is nothing to adopt.
    """
    return _Adopting(desired, live, applied, choose(plan, live.state, applied, choice), read).run()


def demand_adopted(adoption: Adoption, before: Plan, after: Plan) -> None:
    """Raise ``DiagnosticsError`` unless what was adopted is in no part of the new plan, and nothing new is in it."""
    still = (_open(after) & set(adoption.adopted)) | (_open(after) - _open(before) - adoption.left_out.keys())
    refused = {refusal.code for refusal in after.refusals} - {refusal.code for refusal in before.refusals}
    if not still and not refused:
        return
    remedy = "Nothing was written. Write this one by hand, and adopt the others by name."
    summary = CODES["not-adopted"].summary
    found = [f"{address} would still differ from what is live." for address in sorted(still)]
    found += [f"The plan would be refused: `reconciler explain {code}`." for code in sorted(refused)]
    raise DiagnosticsError([Diagnostic("not-adopted", summary, detail, help=remedy) for detail in found])


def _open(plan: Plan) -> set[Address]:
    """Return every address that isn't as git says it should be."""
    return {change.address for change in (*plan.changes, *plan.refused, *plan.drift)} | set(plan.unmanaged)


@dataclass(slots=True)
class _Adopting:
    """One run: the edits of each file by what they adopt, files that come whole or go, and what is left out."""

    desired: Desired
    live: Live
    applied: Applied
    chosen: Chosen
    read: Callable[[str], bytes]
    edits: dict[str, dict[tuple[Address, ...], list[Edit]]] = field(default_factory=dict)
    whole: dict[str, str | None] = field(default_factory=dict)
    adopted: set[Address] = field(default_factory=set)
    left_out: dict[Address, str] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)

    def run(self) -> Adoption:
        """Return the new texts of all files."""
        draft = draft_of(self.desired, self.applied)
        gone = [a for a in self.chosen.gone if f"zone/{_zone_of(a)}" not in self.chosen.gone or kind_of(a) == "zone"]
        for address in gone:
            with self._leaving_out(address):
                self._delete(address)
        for address, (desired, live) in self.chosen.changed.items():
            with self._leaving_out(address):
                self._change(draft, address, desired, live)
        self._add_records()
        self._add_zones()
        self._add_resources(draft)
        texts = {file: self._patched(file) for file in self.edits if file not in self.whole}
        new = {file: text for file, text in (texts | self.whole).items() if text != self._old(file)}
        secrets = tuple(secret for secret in draft.secrets if secret.address in self.adopted)
        return Adoption(
            {file: self._old(file) for file in new}, new, tuple(sorted(self.adopted)), secrets, self.left_out
        )

    @contextmanager
    def _leaving_out(self, *addresses: Address) -> Iterator[None]:
        """Note what can't be adopted, and why."""
        try:
            yield
        except LeftOutError as reason:
            self._leave_out(str(reason), *addresses)
        else:
            self.adopted |= set(addresses) - self.left_out.keys()

    def _leave_out(self, reason: str, *addresses: Address) -> None:
        self.left_out |= dict.fromkeys(addresses, reason)
        self.adopted -= set(addresses)

    def _delete(self, address: Address) -> None:
        if kind_of(address) != "zone":
            file, path = self._place(address)
            self._note(file, [Delete(path)], address)
            return
        self.whole[self._zone_file(_zone_of(address))] = None
        ordinary = [file for file in self.desired.files if not self._is_zone_file(file)]
        for file in (file for file in ordinary if "zones:" in self._text(file)):
            if options := options_entry(self._placed(file), address):
                self._note(file, [Delete(options)], address)

    def _change(self, draft: Draft, address: Address, desired: Value, live: Value) -> None:
        file, path = self._place(address)
        if kind_of(address) == "record":
            text = self._zone_text(_zone_of(address), file)
            self._note(file, text.changed(path, as_record(desired), as_record(live)), address)
        else:
            self._note(file, changed_resource(draft, address, path, self._placed(file), desired, live), address)

    def _add_records(self) -> None:
        """Add record sets to the files of their zones."""
        by_zone: dict[str, list[Address]] = {}
        for address in self.chosen.new:
            if kind_of(address) == "record":
                by_zone.setdefault(_zone_of(address), []).append(address)
        for zone, addresses in by_zone.items():
            with self._leaving_out(*addresses):
                file = self._zone_file(zone)
                text = self._zone_text(zone, file)
                paths = [edit.path for edits in self.edits.get(file, {}).values() for edit in edits]
                writable = {}
                for address in addresses:
                    with self._leaving_out(address):
                        text.written(address, as_record(self.chosen.new[address]))
                        writable[address] = as_record(self.chosen.new[address])
                for together, edits in text.added(writable, paths).items():
                    self._note(file, edits, *together)

    def _add_zones(self) -> None:
        """Write a file for each new zone, as ``init`` does."""
        zones = {_zone_of(address) for address in self.chosen.new if kind_of(address) == "zone"}
        mine = {a: v for a, v in self.live.state.items() if kind_of(a) in ("zone", "record") and _zone_of(a) in zones}
        servers = ("/@/SOA", "/@/NS")
        state = {a: v for a, v in mine.items() if not a.endswith(servers)}
        if not state:
            return
        written = write_account(
            Live(self.live.account, self.live.origin, state), self.desired.config, ["dns"], account_file=False
        )
        self.whole |= written.files
        self.adopted |= state.keys() - set(written.left_out)
        self._leave_out("no file may hold its name or its text", *written.left_out)

    def _add_resources(self, draft: Draft) -> None:
        """Add resources to the file that holds their section, or to a new one."""
        fresh: dict[str, dict[str, Json]] = {}
        for address, value in self.chosen.new.items():
            if kind_of(address) in ("record", "zone"):
                continue
            with self._leaving_out(address):
                kind = KINDS[kind_of(address)]
                path, data = added_resource(draft, address, value)
                file = home_of(self.desired, kind, path) or self._empty_home(str(path[0]))
                if file in self.desired.files:
                    self._note(file, put_resource(self._placed(file), kind, path, address, data), address)
                    continue
                place = fresh.setdefault(file, {})
                for step in path[:-1]:
                    place = place.setdefault(str(step), {})
                place[str(path[-1])] = {**place.get(str(path[-1]), {}), **data} if isinstance(data, dict) else data
        headers = dict(SECTIONS.values())
        self.whole |= {file: emit(sections, headers[file]) for file, sections in fresh.items()}

    def _empty_home(self, section: str) -> str:
        """Return the file that holds a section without any entry, else the one that ``init`` gives it."""
        for file in self.desired.files:
            root = (
                self._placed(file).root if f"{section}:" in self._text(file) and not self._is_zone_file(file) else None
            )
            if root and root.child(section):
                return file
        return SECTIONS[section][0]

    def _note(self, file: str, edits: list[Edit], *addresses: Address) -> None:
        self.edits.setdefault(file, {})[addresses] = edits

    def _patched(self, file: str) -> str:
        """Return a file after its edits; those that can't be made are left out, each with the reason."""
        edits = self.edits[file]
        if self._is_zone_file(file):
            edits = _whole_names(self._placed(file), edits)
        try:
            return self._patch(file, chain.from_iterable(edits.values()))
        except DiagnosticsError:
            possible = {together: some for together, some in edits.items() if self._is_possible(file, together, some)}
        try:
            return self._patch(file, chain.from_iterable(possible.values()))
        except DiagnosticsError as error:
            self._leave_out(_reason(error), *chain.from_iterable(edits))
            return self._text(file)

    def _is_possible(self, file: str, addresses: tuple[Address, ...], edits: list[Edit]) -> bool:
        try:
            self._patch(file, edits)
        except DiagnosticsError as error:
            self._leave_out(_reason(error), *addresses)
            return False
        return True

    def _patch(self, file: str, edits: Iterable[Edit]) -> str:
        zone = self._is_zone_file(file)
        templates = self.desired.config.dns.templates if zone else True
        placed = self._placed(file)
        return patch_text(self._text(file), file, edits, zone=zone, templates=templates, placed=placed)

    def _place(self, address: Address) -> tuple[str, Path]:
        """Return the file and the path of a declared resource."""
        if preset := self.desired.presets.get(address):
            raise LeftOutError(f"it comes from the preset {preset}")
        span = self.desired.places[address]
        if not span.file.endswith(".yaml"):
            raise LeftOutError(f"{span.file} isn't YAML")
        path = self._placed(span.file).path_at(span.line, span.column)
        if path is None:
            raise LeftOutError(f"{span} holds more than this one")
        return span.file, path

    def _zone_file(self, zone: str) -> str:
        file = self.desired.places[f"zone/{zone}"].file
        if not file.endswith(".yaml") or not self._is_zone_file(file):
            raise LeftOutError(f"the zone has no YAML file of its own ({file})")
        return file

    def _is_zone_file(self, file: str) -> bool:
        return file.startswith(f"{self.desired.config.dns.directory}/")

    def _zone_text(self, zone: str, file: str) -> ZoneText:
        options = self.desired.zone_options.get(f"zone/{zone}", ZoneOptions())
        return ZoneText(decode_part(zone), self._placed(file), options, self.desired.config.dns.templates)

    def _placed(self, file: str) -> Placed:
        if file not in self.placed:
            self.placed[file] = _placed(file, self._text(file).replace("\r\n", "\n").replace("\r", "\n"))
        return self.placed[file]

    def _text(self, file: str) -> str:
        return self.read(file).decode()

    def _old(self, file: str) -> str | None:
        return self._text(file) if file in self.desired.files else None


def _placed(file: str, text: str) -> Placed:
    """Return the values of a file; raises :class:`LeftOutError` for one that is written too oddly to be edited."""
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return place_values(text)
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise LeftOutError(f"{file}{line} is written so that it can't be edited ({error.problem})") from None
    except (UnsupportedError, RecursionError) as error:
        raise LeftOutError(f"{file} is written so that it can't be edited ({error})") from None


def _reason(error: DiagnosticsError) -> str:
    problem = error.diagnostics[0]
    return f"{problem.span}: {problem.detail.removesuffix('.')}"


def _zone_of(address: Address) -> str:
    """Return the zone of a zone or a record set, as addresses spell it."""
    return address.split("/")[1] if "/" in address else ""


def _whole_names(
    placed: Placed, edits: Mapping[tuple[Address, ...], list[Edit]]
) -> dict[tuple[Address, ...], list[Edit]]:
    """Return edits of a zone file in which a name goes whole, where each record set of its list goes."""
    deleted = [e.path for some in edits.values() for e in some if isinstance(e, Delete) and len(e.path) == 2]
    added = {e.path[0] for some in edits.values() for e in some if not isinstance(e, Delete) and len(e.path) == 1}
    names = {
        path[0]
        for path in deleted
        if isinstance(path[1], int)
        and path[0] not in added
        and (node := placed.at(path[:1])) is not None
        and sum(other[0] == path[0] for other in deleted) == len(node.items)
    }
    return {a: [Delete(e.path[:1]) if e.path[0] in names else e for e in some] for a, some in edits.items()}
