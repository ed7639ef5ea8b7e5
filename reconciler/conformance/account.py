"""The account in which the story is told: made for that, so that nothing of anybody's is touched."""

from reconciler.conformance.samples import MARK
from reconciler.conformance.service import BrokenError, Service, demand, model_of, pages
from reconciler.kinds import KINDS
from reconciler.model.address import Address, live_id_of
from reconciler.model.errors import RefusedError
from reconciler.wire.account import AccountInfo
from reconciler.wire.entries import Page
from reconciler.wire.paths import ACCOUNT, settings_path

_SOME = 5


def account_of(service: Service) -> AccountInfo:
    """Return the account; raises :class:`BrokenError` where the service doesn't tell it."""
    return model_of(demand(service.get(ACCOUNT), 200, what=ACCOUNT), AccountInfo, ACCOUNT)


def demand_own(service: Service, info: AccountInfo) -> None:
    """Raise ``RefusedError`` for an account that holds what the story didn't make.

    What every account has, its domains and what these brought along were made for the story as the account was.
    """
    others = [
        entry.address
        for kind in info.kinds
        if kind in KINDS and not KINDS[kind].fixed and not KINDS[kind].is_request and kind != "record"
        for _, page in pages(service, settings_path(kind), Page, info.page_limit)
        for entry in page.items
        if not is_ours(entry.address, entry.value, info)
    ]
    if others:
        more = f" and {len(others) - _SOME} more" if len(others) > _SOME else ""
        raise RefusedError(
            f"The account {info.number} holds what wasn't made for this: {', '.join(others[:_SOME])}{more}.",
            "Let an account be made for it. With --beside the story is told beside what is there; it changes address, "
            "catch-all and a notification and gives them back.",
        )


def is_ours(address: Address, value: object, info: AccountInfo) -> bool:
    """Tell whether an entry is one that the story makes: by its name, or what it holds where it has no name."""
    if live_id_of(address) is not None:
        return MARK in str(value)
    name = address.partition("/")[2]
    return name.startswith(MARK) or (address.startswith("zone/") and name in info.domains)


def domain_of(info: AccountInfo) -> str:
    """Return the domain in which things are made; raises :class:`BrokenError` for an account without one."""
    if not info.domains:
        raise BrokenError("The account has no domain, so no mail and no zone can be made in it.")
    return min(info.domains)
