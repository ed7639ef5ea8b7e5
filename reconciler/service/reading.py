"""What can be read: the account, settings and record sets, one by one and in pages."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.ports import Capabilities
from reconciler.service.account import Account, View
from reconciler.service.conditions import etag, is_known
from reconciler.service.contract import ETAG, Cursor, IfNoneMatch, Limit, Name, SettingKind, Zone, answers, pages
from reconciler.service.judging import setting_kind
from reconciler.service.pages import cut
from reconciler.service.problems import ProblemError
from reconciler.service.scopes import READ
from reconciler.service.settings import Settings
from reconciler.service.visits import Visit, visit_of
from reconciler.store.tables import RENAMED_KINDS, SERVED_TYPES, TOPICS
from reconciler.wire.account import AccountInfo
from reconciler.wire.entries import Entry, Page
from reconciler.wire.paths import VERSION, address_of


def entry_of(view: View, address: Address) -> dict[str, Any]:
    """Return an entry as JSON."""
    contents = view.contents
    entry = Entry.of(address, contents.state[address], contents.versions[address], contents.claims.get(address))
    return entry.model_dump(mode="json")


def reading(account: Account, settings: Settings) -> APIRouter:
    """Return the routes that read."""
    router = APIRouter(prefix=VERSION, tags=["settings"])
    most = settings.limits.page

    @router.get("/account", response_model=AccountInfo, responses=answers(), tags=["account"])
    def tell_account(request: Request) -> AccountInfo:
        """Tell who the account is, what it can hold and do, and as whom it sees the caller."""
        visit = visit_of(request)
        visit.demand(READ)
        return _info(account.view(), visit, settings)

    @router.get(
        "/settings/{kind}",
        response_model=Page,
        responses=pages("list_settings", "kind"),
    )
    def list_settings(
        request: Request,
        kind: SettingKind,
        cursor: Cursor = None,
        limit: Limit = most,
        known: IfNoneMatch = None,
    ) -> Response:
        """List the settings of one kind in pages; record sets are those of all zones, under the mark of these."""
        visit_of(request).demand(READ)
        setting_kind(kind)
        return _page(account.view(), kind, cursor, min(limit, most), known)

    @router.get(
        "/zones/{zone}/records",
        response_model=Page,
        responses=pages("list_records", "zone"),
    )
    def list_records(
        request: Request, zone: Zone, cursor: Cursor = None, limit: Limit = most, known: IfNoneMatch = None
    ) -> Response:
        """List the record sets of one zone in pages; `zone` as it stands in addresses."""
        visit_of(request).demand(READ)
        view = account.view()
        if f"zone/{zone}" not in view.contents.state:
            raise ProblemError("not-found", "The account has no such zone.")
        return _page(view, f"record/{zone}", cursor, min(limit, most), known)

    @router.get("/settings/{kind}/{name:path}", response_model=Entry, responses=answers(304, 404, headers=ETAG))
    def show_setting(request: Request, kind: SettingKind, name: Name, known: IfNoneMatch = None) -> Response:
        """Show one setting or record set."""
        visit_of(request).demand(READ)
        setting_kind(kind)
        view, address = account.view(), address_of(kind, name)
        if address not in view.contents.state:
            raise ProblemError("not-found", "The account has none of this name.")
        version = view.contents.versions[address]
        if is_known(known, version):
            return Response(status_code=304, headers={"ETag": etag(version)})
        return JSONResponse(entry_of(view, address), headers={"ETag": etag(version)})

    return router


def page_of(
    names: Sequence[str], revision: str, tell: Callable[[str], Json], cursor: str | None, limit: int, known: str | None
) -> Response:
    """Return one page of sorted ``names``, each as ``tell`` has it, or that the mark that is ``known`` still holds."""
    page, headers = cut(names, revision, cursor, limit), {"ETag": etag(revision)}
    if is_known(known, revision):
        return Response(status_code=304, headers=headers)
    items = [tell(name) for name in page.names]
    return JSONResponse({"items": items, "total": len(names), "next": page.next}, headers=headers)


def _page(view: View, group: str, cursor: str | None, limit: int, known: str | None) -> Response:
    def tell(address: Address) -> dict[str, Any]:
        records = {"records": etag(view.revision(address.replace("zone", "record", 1)))} if group == "zone" else {}
        return entry_of(view, address) | records

    return page_of(view.groups.get(group, []), view.revision(group), tell, cursor, limit, known)


def capabilities() -> Capabilities:
    """Return what the account behind the service can hold and do."""
    return Capabilities(kinds=frozenset(KINDS), other_types=SERVED_TYPES, renames=RENAMED_KINDS, facts=frozenset(FACTS))


def _info(view: View, visit: Visit, settings: Settings) -> AccountInfo:
    able, contents = capabilities(), view.contents
    return AccountInfo(
        number=contents.number,
        revision=contents.revision,
        caller=str(visit.caller),
        kinds=[name for name in KINDS if name in able.kinds],
        facts=sorted(able.facts),
        topics=sorted(TOPICS),
        renames=sorted(able.renames),
        other_types=sorted(able.other_types),
        makes_zones=able.makes_zones,
        private_addresses=settings.private_addresses,
        record_sets=True,
        page_limit=settings.limits.page,
        body_limit=settings.limits.body,
        domains=sorted(contents.domains),
    )
