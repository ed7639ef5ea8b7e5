"""octoDNS itself, asked for its plan: its own configuration, its own manager, never an apply.

Every class that the configuration names passes by policy before it is imported, includes aren't followed, and what is
read from the environment never stands in what comes out.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.kinds.record_names import canonical_zone
from reconciler.model.account import Policy
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.errors import AccountError, ReconcilerError
from reconciler.model.scalars import refusals
from reconciler.model.secret import Secret
from reconciler.model.shadow import TheirPlan, Theirs
from reconciler.providers._octodns import asking, demand_admitted, demand_octodns, without_secrets
from reconciler.providers._octodns_records import address_of, keeps_escapes, value_of

#: octoDNS's own, which read their files and compute; everything else is named by policy or isn't imported.
_OWN = (
    *("octodns.provider.yaml.", "octodns.provider.plan.", "octodns.processor.", "octodns.secret.environ."),
    *("octodns.record.", "octodns.zone."),
)
_ACTIONS = {"Create": Action.CREATE, "Update": Action.UPDATE, "Delete": Action.DELETE}


def octodns_plan(config: Path, policy: Policy, environ: Mapping[str, str]) -> TheirPlan:
    """Return what octoDNS would do by its configuration.

    Raises ``RefusedError`` for a class that policy doesn't admit, and ``AccountError`` where nothing can be planned.
    """
    demand_octodns()
    secrets: list[Secret] = []
    with _no_includes():
        with asking(f"octoDNS can't use {config.name}", secrets):
            manager = _manager(config, policy, environ, secrets)
        return _Planning(config.name, manager, secrets).run()


class _Environment:
    """What octoDNS's configuration names as ``env/NAME``, or ``env/NAME/DEFAULT``; every value is a secret to us."""

    def __init__(self, environ: Mapping[str, str], secrets: list[Secret]) -> None:
        self._environ = environ
        self._secrets = secrets

    def fetch(self, name: str, _source: Any) -> Any:
        """Return a variable as octoDNS does: as a number if it is one."""
        variable, _, default = name.partition("/")
        if variable not in self._environ and not default:
            raise AccountError(f"octoDNS's configuration needs the environment variable {variable}.", "Set it.")
        text = self._environ.get(variable, default)
        if variable in self._environ and text:
            self._secrets.append(Secret(text))
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            return text


def _manager(config: Path, policy: Policy, environ: Mapping[str, str], secrets: list[Secret]) -> Any:
    """Return octoDNS's manager, which asks policy for each class, and us for what is in the environment."""
    from octodns.manager import Manager

    def handlers(self: Any, given: Any) -> Any:
        self.secret_handlers["env"] = _Environment(environ, secrets)
        return Manager._config_secret_handlers(self, given)

    def named_class(self: Any, kind: str, name: str, context: Any) -> Any:
        if not name.startswith(_OWN):
            demand_admitted(name, policy)
        return Manager._get_named_class(self, kind, name, context)

    careful = type("Manager", (Manager,), {"_config_secret_handlers": handlers, "_get_named_class": named_class})
    return careful(str(config), max_workers=1)


@contextmanager
def _no_includes() -> Iterator[None]:
    """Have octoDNS's YAML refuse includes: a zone file could bring in any file of this machine by one."""
    from octodns import yaml

    tag = "!include"
    loaders: list[Any] = [
        cls for cls in vars(yaml).values() if isinstance(cls, type) and issubclass(cls, yaml.ContextLoader)
    ]
    tables = [cls.yaml_constructors for cls in loaders] + [yaml.ContextLoader.yaml_flatteners]
    taken = [(table, table.pop(tag)) for table in tables if tag in table]
    try:
        yield
    finally:
        for table, kept in taken:
            table[tag] = kept


class _Plans:
    """Stands where octoDNS prints its plans."""

    def __init__(self) -> None:
        self.found: list[tuple[Any, Any]] = []

    def run(self, plans: list[tuple[Any, Any]], **_: Any) -> None:
        """Take the plans, each with its target."""
        self.found = list(plans)


class _Planning:
    """Asks a manager for its plans: for all zones at once or, where that fails, for each by itself."""

    def __init__(self, name: str, manager: Any, secrets: list[Secret]) -> None:
        self._name = name
        self._manager = manager
        self._secrets = secrets
        self._refused: dict[str, str] = {}
        self._changes: dict[Address, Theirs] = {}

    def run(self) -> TheirPlan:
        """Return every change, and each zone that octoDNS doesn't plan with its reason."""
        try:
            plans = self._plans()
        except ReconcilerError as error:
            plans = self._one_by_one(error)
        targets: dict[str, Any] = {}
        for target, plan in plans:
            zone = canonical_zone(plan.desired.name)
            if targets.setdefault(zone, target) is not target:
                self._refused[zone] = "It writes the zone to several targets, of which only one can be compared."
                continue
            self._check(zone, plan)
            for change in plan.changes:
                self._take(target, change)
        return TheirPlan(self._changes, frozenset(map(canonical_zone, self._zones())), self._refused)

    def _zones(self) -> list[str]:
        return sorted(name for name in self._manager.config["zones"] if not name.startswith("*"))

    def _plans(self, *zones: str) -> list[tuple[Any, Any]]:
        plans = _Plans()
        self._manager.plan_outputs = {"": plans}
        with asking("It can't plan", self._secrets) as heard:
            self._manager.sync(eligible_zones=list(zones), dry_run=True, force=True, plan_output_fh=io.StringIO())
        for error in heard.errors:
            raise AccountError(f"It logs an error: {without_secrets(error, self._secrets)}")
        return plans.found

    def _one_by_one(self, failure: ReconcilerError) -> list[tuple[Any, Any]]:
        plans: list[tuple[Any, Any]] = []
        zones = self._zones()
        if not zones:
            raise AccountError(f"octoDNS can't plan by {self._name}. {failure}", failure.help)
        for zone in zones:
            source = self._manager.config["zones"][zone].get("alias")
            try:
                plans += self._plans(zone, *([source] if source else []))
            except ReconcilerError as error:
                self._refused[canonical_zone(zone)] = str(error)
        return plans

    def _check(self, zone: str, plan: Any) -> None:
        """Note where octoDNS would refuse a plan by its own limits; what it would do is compared all the same."""
        try:
            with asking("It would stop here", self._secrets):
                plan.raise_if_unsafe()
        except ReconcilerError as error:
            self._refused[zone] = str(error)

    def _take(self, target: Any, change: Any) -> None:
        action = _ACTIONS[type(change).__name__]
        escaped = keeps_escapes(type(target).__module__)
        try:
            address = address_of(change.record)
            before, after = (value_of(one, escaped)[1] if one else None for one in (change.existing, change.new))
            self._changes[address] = Theirs(action, after, is_spelling=before == after)
        except refusals() as error:
            name = f"record/{canonical_zone(change.record.zone.name)}/{change.record.name or '@'}/{change.record._type}"
            self._changes[name] = Theirs(action, None, f"octoDNS's value can't be read: {error.message()}")
