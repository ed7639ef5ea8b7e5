"""Whose request it is, and whether he may do what he asks for."""

from typing import TYPE_CHECKING

from fastapi import Request

from reconciler.model.late import dataclass
from reconciler.service.callers import IpAddress
from reconciler.service.problems import ProblemError

if TYPE_CHECKING:
    from reconciler.store.tokens import Token


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that came in: from where, and by which token (None for the health of the service)."""

    caller: IpAddress
    token: "Token | None" = None

    @property
    def who(self) -> str:
        """Whom the account's log names."""
        return self.token.name if self.token else ""

    def demand(self, scope: str) -> None:
        """Raise ``ProblemError`` unless the token may do this."""
        if self.token is None or scope not in self.token.scopes:
            raise ProblemError("forbidden", f"It needs the scope {scope}.")


def visit_of(request: Request) -> Visit:
    """Return whose request this is."""
    visit: Visit = request.state.visit
    return visit
