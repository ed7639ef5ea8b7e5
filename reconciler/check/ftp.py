"""Rules over FTP logins: what each of them sees."""

from collections.abc import Iterator
from datetime import date

from reconciler.check.finding import finding
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Fields
from reconciler.model.groups import of_kind
from reconciler.model.state import Desired


def ftp_home_inside(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each login whose home lies inside another one's, with the nearest of these."""
    homes: dict[str, list[str]] = {}
    for address, value in sorted(of_kind(desired.state, "ftp_account").items()):
        if isinstance(value, Fields):
            homes.setdefault(str(value.value("home")), []).append(address)
    for home, inner in homes.items():
        outer = next((folder for folder in _above(home) if folder in homes), "")
        for address in inner if outer else ():
            other = homes[outer][0]
            detail = f"{address} has the home {home}, which lies inside that of {other}, {outer}."
            remedy = "Give them homes side by side if they are not meant to share files."
            related = (span,) if (span := desired.places.get(other)) else ()
            yield finding(desired, "ftp-home-inside", address, detail, remedy, related=related)


def _above(home: str) -> Iterator[str]:
    """Yield the folders above a home, the nearest first, the account's root last."""
    folder = home
    while folder != "/":
        folder = folder.rpartition("/")[0] or "/"
        yield folder
