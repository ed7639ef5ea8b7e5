"""Provider ``manual``: a portal without an interface, which is what most hosting companies have today.

Nothing is read but what people attested, and nothing is written: each change awaits the hand of a person.
"""

from pathlib import Path

from reconciler.kinds import KINDS
from reconciler.model.address import join, kind_of
from reconciler.model.by_hand import Attestation
from reconciler.model.outcome import Status
from reconciler.model.providers import ManualProvider
from reconciler.model.state import Asked, Live
from reconciler.ports import Capabilities, Reader, Scope, Write, Writer, Written
from reconciler.providers._provider import Access, Provider

#: A person can enter whatever the portal has; nothing tells what it doesn't have.
CAPABILITIES = Capabilities(kinds=frozenset(KINDS), other_types=frozenset({"ALIAS"}), lists_zones=False)


class ManualReader:
    """Reads what was attested last, which the scope of each read brings from the record."""

    def __init__(self, account: str, origin: str) -> None:
        """Read the portal ``origin`` of the account numbered ``account``."""
        self._account = account
        self._origin = origin

    @property
    def capabilities(self) -> Capabilities:
        """All kinds; nothing can be renamed, and no zones are listed."""
        return CAPABILITIES

    @property
    def origin(self) -> str:
        """``manual:`` and where it is in the portal, as it is written."""
        return self._origin

    def read(self, scope: Scope) -> Live:
        """Return what people saw; that the rest is not there is known only of groups that somebody has looked at.

        Planning leaves out what was never attested, so that it is never taken for absent.
        """
        seen = scope.attested
        zones = scope.domains | scope.zones | scope.owned
        return Live(
            account=self._account,
            origin=self._origin,
            state={address: one.value for address, one in seen.items() if one.value is not None},
            complete=frozenset(KINDS) | {join("record", zone) for zone in zones},
            proof="as attested by hand",
            requests={
                address: _asked(one)
                for address, one in seen.items()
                if one.value is not None and KINDS[kind_of(address)].is_request
            },
            by_hand=frozenset(KINDS),
            attested=seen,
        )


def _asked(seen: Attestation) -> Asked:
    """Return what became of a request that somebody made by hand: that it was submitted, unless they saw more."""
    return Asked(seen.status or "submitted", seen.at)


class ManualWriter:
    """Leaves every change to a person."""

    def __init__(self, portal: str) -> None:
        """Leave changes to whoever finds their way to ``portal``."""
        self._portal = portal

    def prepare(self, domains: frozenset[str]) -> None:
        """Do nothing: a person needs no preparation."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Answer that each awaits a hand, and where."""
        return (Written(Status.AWAITING, self._portal),) * len(batch)


def open_reader(access: Access) -> Reader:
    """Return the reader of a portal's section."""
    return ManualReader(access.account, f"manual:{access.settings.portal}")


def open_writer(access: Access) -> Writer:
    """Return the writer, which writes nothing."""
    return ManualWriter(access.settings.portal)


def local_files(settings: ManualProvider) -> tuple[str, ...]:
    """Return no files: what was attested lies in the record."""
    return ()


def place(settings: ManualProvider, folder: Path) -> str:
    """Return the settings as they are: two sections that are seen to by hand never meet."""
    return repr(settings)


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, local_files, place)
