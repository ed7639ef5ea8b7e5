"""Rules over ``meta.until``: what was meant to be temporary."""

from collections.abc import Iterator
from datetime import date, timedelta

from reconciler.check.codes import CODES
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.state import Desired

#: How long before its day a resource is reported.
NEAR = timedelta(days=14)


def until_passed(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each resource whose day has passed."""
    for address, until, owner in _dated(desired):
        if until < today:
            yield Diagnostic(
                "until-passed",
                CODES["until-passed"].summary,
                f"{address} was meant to stay until {until}{owner}.",
                desired.places.get(address),
                "Delete the resource, or give `until` a later day.",
                Severity.WARNING,
                address,
            )


def until_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each resource whose day comes within two weeks."""
    for address, until, owner in _dated(desired):
        if today <= until <= today + NEAR:
            yield Diagnostic(
                "until-near",
                CODES["until-near"].summary,
                f"{address} is meant to stay until {until}{owner}.",
                desired.places.get(address),
                "Plan its end, or give `until` a later day.",
                Severity.NOTE,
                address,
            )


def _dated(desired: Desired) -> Iterator[tuple[Address, date, str]]:
    for address, meta in desired.metas.items():
        if meta.until is not None:
            yield address, meta.until, f" (owner: {meta.owner})" if meta.owner else ""
