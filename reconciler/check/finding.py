"""What a rule over a whole configuration finds, as a diagnostic; what codes mean is loaded once something is found."""

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.span import Span
from reconciler.model.state import Desired


def finding(
    desired: Desired,
    code: str,
    address: Address,
    detail: str,
    help: str,
    severity: Severity = Severity.WARNING,
    related: tuple[Span, ...] = (),
) -> Diagnostic:
    """Return what was found about a resource, at its place."""
    found = policy_finding(code, desired.places.get(address), detail, help, severity)
    return found._replace(address=address, related=related)


def policy_finding(code: str, span: Span | None, detail: str, help: str, severity: Severity) -> Diagnostic:
    """Return what was found about a rule of the policy, at its place."""
    from reconciler.check.codes import CODES

    return Diagnostic(code, CODES[code].summary, detail, span, help, severity)
