"""Rules over billing: that the contact on the invoice is one of ours."""

from collections.abc import Iterator
from datetime import date

from reconciler.check.finding import finding
from reconciler.check.leaving import leaving
from reconciler.kinds import KINDS
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.state import Desired


def unknown_contact(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield the contact on the invoice that nobody declared; its name means nothing to the account."""
    value = desired.state.get("billing")
    for contact in KINDS["billing"].references("billing", value) if value is not None else ():
        if contact not in desired.state and not leaving(desired, [contact]):
            detail = f"{contact} shall stand on the invoice, and no contact of that name is declared."
            remedy = "Declare the contact, or correct `contact`."
            yield finding(desired, "unknown-contact", "billing", detail, remedy)
