"""The table of kinds says of each kind, without importing it, what the kind says of itself."""

import subprocess
import sys
from importlib import import_module

import pytest

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.kinds._fields import FieldsKind
from reconciler.kinds.zone import ZoneKind
from reconciler.model.address import kind_of
from reconciler.model.kind import Kind
from reconciler.store.tables import first_values, mail_domain_value
from table import SETTINGS, address_of, value_of


@pytest.mark.parametrize("name", KINDS)
def test_a_row_says_what_the_kind_says(name: str) -> None:
    """Where it is written, and what every run asks of it."""
    row = KINDS[name]
    own: Kind = row._kind  # type: ignore[attr-defined]
    for said in ("name", "path", "section", "fixed", "is_request", "natural_key", "secret_keys", "holds_data"):
        assert vars(row)[said] == getattr(own, said), said
    assert (row.title, row.model) == (own.title, own.model)
    for name in ("to_json", "from_json"):
        theirs = getattr(type(own), name)
        if row.path:
            assert theirs in (getattr(FieldsKind, name), getattr(ZoneKind, name)), (
                "it keeps its values in a way of its own"
            )


@pytest.mark.parametrize("name", [name for name in SETTINGS if KINDS[name].fixed])
def test_a_row_knows_what_nobody_would_write(name: str) -> None:
    """Of what a new account has, and of what tests declare, it says the same as the kind."""
    row, own = KINDS[name], KINDS[name]._kind  # type: ignore[attr-defined]
    new = [(address, value) for address, value in first_values().items() if kind_of(address) == name]
    new += [mail_domain_value("example.org")] if name == "mail_domain" else []
    set_ = [(f"{name}/x", own.from_json({"is_set": True}))] if name == "password" else []
    assert new
    samples = [(address_of(name), value_of(name, which)) for which in ("one", "two", "hand")]
    for address, value in [*new, *set_, *samples]:
        assert row.is_at_rest(address, value) == (not own.to_yaml(address, value)), value


@pytest.mark.parametrize("name", FACTS)
def test_a_row_of_facts_leads_to_the_fact(name: str) -> None:
    """The table's name of a fact is its own."""
    assert FACTS[name].kind == name


def test_every_file_of_a_kind_has_a_row() -> None:
    """No kind is left out."""
    import pkgutil

    import reconciler.kinds as room

    known = {type(row._kind) for row in KINDS.values()}  # type: ignore[attr-defined]
    for module in pkgutil.iter_modules(room.__path__):
        if module.name.startswith("_") or module.name == "request_kind":
            continue
        found = vars(import_module(f"reconciler.kinds.{module.name}")).values()
        own = {one for one in found if isinstance(one, type) and one.__module__.endswith(f".{module.name}")}
        assert not {one for one in own if one.__name__.endswith("Kind")} - known, module.name


def test_the_table_imports_no_kind() -> None:
    """Going through the table, and asking where kinds are written, imports none of them."""
    code = (
        "import sys; from reconciler.kinds import KINDS; from reconciler.facts import FACTS\n"
        "[(kind.path, kind.section, kind.is_request) for kind in KINDS.values()]; 'invoice' in FACTS, list(FACTS)\n"
        "print(*[name for name in sys.modules if name.startswith(('reconciler.kinds.', 'reconciler.facts.'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
