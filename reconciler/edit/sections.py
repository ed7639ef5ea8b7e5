"""Resources of sections that are live -> edits of the file in which they stand, or shall stand."""

from collections import Counter

from reconciler.edit.init import Draft, add_resource, reference
from reconciler.edit.literal import can_be_written, without_templates
from reconciler.edit.naming import Names
from reconciler.edit.patch import Delete, Edit, Put
from reconciler.edit.places import Node, Path, Placed, data_of
from reconciler.edit.records import LeftOutError
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address, split
from reconciler.model.fields import Fields, Json, Value, has_digest
from reconciler.model.kind import Kind
from reconciler.model.scalars import refusals
from reconciler.model.state import Applied, Desired


def changed_resource(
    draft: Draft, address: Address, path: Path, placed: Placed, desired: Value, live: Value
) -> list[Edit]:
    """Return the edits after which the resource at ``path`` says what is live; raises :class:`LeftOutError`.

    ``desired`` and ``live`` hold the declared fields. A field that is live at nothing at all is deleted, for YAML can't
    say so.
    """
    kind = KINDS[kind_of(address)]
    node = placed.at(path)
    if node is None or not isinstance(desired, Fields) or not isinstance(live, Fields):
        raise LeftOutError("it isn't written in a place of its own")
    both = sorted(live.names & desired.names)
    if not both:
        raise LeftOutError("the account holds no secret here; apply it, or take it out by hand")
    changed = [name for name in both if live.value(name) != desired.value(name)]
    _demand_readable(live.only(changed))
    written = {name: _written(draft, kind, address, name, live, node) for name in changed}
    short = getattr(kind, "short_form", None)
    if short is not None and node.sort == "list":
        return [Put(path, written[short])]
    edits: list[Edit] = []
    for name, data in written.items():
        if data is not None:
            edits.append(Put((*path, name), data))
        elif node.child(name):
            edits.append(Delete((*path, name)))
    return edits


def _demand_readable(value: Value) -> None:
    """Raise :class:`LeftOutError` for private values that somebody attested: nobody can write them from digests."""
    if has_digest(value):
        raise LeftOutError("its private values were only attested; write by hand what you saw")


def added_resource(draft: Draft, address: Address, value: Value) -> tuple[Path, Json]:
    """Return the path of a new resource, and what is written there.

    Raises :class:`LeftOutError` for what no file can hold.
    """
    kind = KINDS[kind_of(address)]
    _demand_readable(value)
    path = add_resource(draft, kind, address, value)
    if not path:
        raise LeftOutError("no file may hold its name or its text")
    data = draft.sections
    for step in path[:-1]:
        data = data[step]
    return path, data[path[-1]]


def put_resource(placed: Placed, kind: Kind, path: Path, address: Address, data: Json) -> list[Edit]:
    """Return the edits that write a resource below the keys as the file spells them."""
    spelt = _spelt(placed, kind, path, address)
    if placed.at(spelt) is None or not isinstance(data, dict):
        return [Put(spelt, data)]
    return [Put((*spelt, name), part) for name, part in data.items()]


def draft_of(desired: Desired, applied: Applied) -> Draft:
    """Return a draft that knows which names and variables are taken, and which entries have a name already."""
    draft = Draft(secret_names=Names((ref.name for ref in desired.secrets.values()), separator="_"))
    for address, known in applied.provenance.items():
        if known.live_id is not None and address in desired.state:
            draft.names[live_id_address(kind_of(address), known.live_id)] = address
    for address in desired.state:
        kind = KINDS[kind_of(address)]
        if kind.natural_key is not None:
            draft.sections.setdefault(kind.path[0], {})[split(address)[1]] = None
    return draft


def home_of(desired: Desired, kind: Kind, path: Path) -> str | None:
    """Return the file for a new resource, where most of its domain, kind and section are; None where none is."""
    section = str(path[0])
    domain = str(path[1]) if section == "mail" else ""
    nearest: Counter[str] = Counter()
    for address, span in desired.places.items():
        other = KINDS[kind_of(address)]
        if other.path[:1] == (section,) and address not in desired.presets:
            same_domain = bool(domain) and split(address)[1].rpartition("@")[2] == domain
            nearest[span.file] += 10**12 * same_domain + 10**6 * (other.name == kind.name) + 1
    return min(nearest, key=lambda file: (-nearest[file], file), default=None)


def _written(draft: Draft, kind: Kind, address: Address, name: str, live: Fields, node: Node) -> Json:
    """Return one field as it is written; None for one that YAML can't say."""
    if live.value(name) is None:
        if kind.defaults.get(name, "") is not None:
            raise LeftOutError(f"its {name} is empty in the account, which YAML can't say")
        return None
    whole = Fields.of({name: live.value(name)})
    references = {
        path: _reference(draft, kind, address, path, node)
        for path in sorted(kind.secrets_of(live))
        if path.partition(".")[0] == name
    }
    given = kind.to_yaml(address, whole, references)
    if isinstance(given, dict):
        given = given[name] if name in given else kind.write_field(address, name, live.value(name))
    if not can_be_written((), given, templates=True):
        raise LeftOutError("no file may hold its text")
    return without_templates(given)


def _reference(draft: Draft, kind: Kind, address: Address, path: str, node: Node) -> Json:
    """Return the reference to a secret: the one that stands there, else a new one."""
    found: Node | None = node
    for step in path.split("."):
        item = found.child(step) if found else None
        found = item.value if item else None
    return data_of(found) if found else reference(draft, kind, address, path)


def _spelt(placed: Placed, kind: Kind, path: Path, address: Address) -> Path:
    """Return a path with each key as the file spells it, where it is there."""
    found: list[str | int] = []
    node = placed.root
    for number, step in enumerate(path):
        names = [item.name for item in node.items] if node and node.sort == "mapping" else []
        star = kind.path[number] == "*"
        name = next((n for n in names if n == step or (star and _means(kind, path, number, n, address))), str(step))
        found.append(name)
        item = node.child(name) if node else None
        node = item.value if item else None
    return tuple(found)


def _means(kind: Kind, path: Path, number: int, name: str, address: Address) -> bool:
    """Tell whether another spelling of one key leads to the same address."""
    steps = [name if at == number else str(step) for at, step in enumerate(path)]
    keys = tuple(step for step, part in zip(steps, kind.path, strict=True) if part == "*")
    try:
        return kind.address(keys) == address
    except refusals():
        return False


def options_entry(placed: Placed, zone: Address) -> Path | None:
    """Return where a file gives options to a zone."""
    path: Path = ("zones", zone.partition("/")[2])
    spelt = _spelt(placed, KINDS["zone"], path, zone)
    return spelt if placed.at(spelt) is not None else None
