"""What the account tells of itself: facts in pages, and their files."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reconciler.facts import FACTS
from reconciler.model.fields import Json
from reconciler.service.account import Account
from reconciler.service.conditions import etag, is_known
from reconciler.service.contract import ETAG, Cursor, FactKind, IfNoneMatch, Limit, Name, answers, pages
from reconciler.service.problems import ProblemError
from reconciler.service.reading import page_of
from reconciler.service.scopes import READ
from reconciler.service.settings import Settings
from reconciler.service.visits import visit_of
from reconciler.wire.entries import FactPage
from reconciler.wire.paths import VERSION, address_of

_PDF = "application/pdf"
_FILE: Json = {
    **ETAG,
    "Content-Digest": {"description": "SHA-256 of the file (RFC 9530).", "schema": {"type": "string"}},
}


def telling(account: Account, settings: Settings) -> APIRouter:
    """Return the routes that tell facts."""
    router = APIRouter(prefix=VERSION, tags=["facts"])
    most = settings.limits.page

    @router.get(
        "/facts/{kind}",
        response_model=FactPage,
        responses=pages("list_facts", "kind"),
    )
    def list_facts(
        request: Request, kind: FactKind, cursor: Cursor = None, limit: Limit = most, known: IfNoneMatch = None
    ) -> Response:
        """List the facts of one kind in pages."""
        visit_of(request).demand(READ)
        _demand_kind(kind)
        revision, found = account.facts(kind)
        return page_of(list(found), revision, found.__getitem__, cursor, min(limit, most), known)

    @router.get(
        "/facts/{kind}/{name:path}/file",
        response_class=Response,
        responses=answers(304, 404) | {200: {"content": {_PDF: {}}, "headers": _FILE}},
    )
    def send_file(request: Request, kind: FactKind, name: Name, known: IfNoneMatch = None) -> Response:
        """Send the file of one fact (an invoice, a document)."""
        visit_of(request).demand(READ)
        _demand_kind(kind)
        content = account.file(address_of(kind, name))
        if content is None:
            raise ProblemError("not-found", "The account has no such file.")
        headers = _file_headers(content)
        if is_known(known, sha256(content).hexdigest()):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=_PDF)

    return router


def _demand_kind(kind: str) -> None:
    if kind not in FACTS:
        raise ProblemError("not-found", f"The kinds of facts are {', '.join(FACTS)}.")


def _file_headers(content: bytes) -> Mapping[str, str]:
    digest = sha256(content)
    return {
        "ETag": etag(digest.hexdigest()),
        "Content-Digest": f"sha-256=:{b64encode(digest.digest()).decode('ascii')}:",
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
    }
