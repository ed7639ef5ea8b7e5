"""Where everything is; every path begins with the version of the contract.

    ==========================================  ======  ==================================================
    path                                        method
    ==========================================  ======  ==================================================
    /v1/health                                  GET     whether the service works; the only one without a token
    /v1/account                                 GET     ``account.AccountInfo``
    /v1/settings/KIND                           GET     ``entries.Page`` of settings
    /v1/settings/KIND                           POST    make one whose name is an id of the account's own
    /v1/settings/KIND/NAME                      GET     ``entries.Entry``
    /v1/settings/KIND/NAME                      PUT     make (``If-None-Match: *``) or change (``If-Match``) one
    /v1/settings/KIND/NAME                      DELETE  ``If-Match``
    /v1/zones/ZONE/records                      GET     ``entries.Page`` of record sets
    /v1/batches                                 POST    ``writes.Batch``: all of it or nothing
    /v1/requests                                GET     ``requests.RequestPage``
    /v1/requests/KIND/REFERENCE                 GET     ``requests.RequestEntry``
    /v1/requests/KIND/REFERENCE                 PUT     submit one (``If-None-Match: *``)
    /v1/facts/KIND                              GET     ``entries.FactPage``
    /v1/facts/KIND/NAME/file                    GET     the file, with ``Content-Digest`` (RFC 9530)
    ==========================================  ======  ==================================================

NAME is what follows the kind in an address, percent-encoded for the path; ``-`` for a kind of which there is only one.
Writes carry ``Idempotency-Key`` (a batch: a key in each write), and ``Managed-By`` from who claims what he writes.
"""

from typing import Final
from urllib.parse import quote

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.model.address import Address

VERSION: Final = "/v1"
#: The only path without a token, and from any address.
HEALTH: Final = f"{VERSION}/health"
ACCOUNT: Final = f"{VERSION}/account"
BATCHES: Final = f"{VERSION}/batches"
REQUESTS: Final = f"{VERSION}/requests"
#: The headers of the contract's own, beside those of HTTP.
KEY_HEADER: Final = "Idempotency-Key"
CLAIM_HEADER: Final = "Managed-By"
#: Stands in a path for the name of what has none, because there is only one.
ONLY: Final = "-"


def settings_path(kind: str) -> str:
    """Return the path of all settings of a kind."""
    return f"{VERSION}/settings/{kind}"


def setting_path(address: Address) -> str:
    """Return the path of one setting."""
    kind, _, name = address.partition("/")
    return f"{settings_path(kind)}/{quote(name, safe='') if name else ONLY}"


def address_of(kind: str, name: str) -> Address:
    """Return the address that a kind and what follows it in a path mean, once the path is percent-decoded."""
    return kind if name == ONLY and _is_alone(kind) else f"{kind}/{name}"


def _is_alone(kind: str) -> bool:
    """Tell whether there is only one of a kind: in others, a dash is a name."""
    return (kind in KINDS and "*" not in KINDS[kind].path) or (kind in FACTS and FACTS[kind].single)


def records_path(zone: str) -> str:
    """Return the path of a zone's record sets; ``zone`` as it stands in addresses."""
    return f"{VERSION}/zones/{quote(zone, safe='')}/records"


def request_path(address: Address) -> str:
    """Return the path of a request."""
    kind, _, reference = address.partition("/")
    return f"{REQUESTS}/{kind}/{quote(reference, safe='')}"


def facts_path(kind: str) -> str:
    """Return the path of all facts of a kind."""
    return f"{VERSION}/facts/{kind}"


def file_path(address: Address) -> str:
    """Return the path of a fact's file."""
    kind, _, name = address.partition("/")
    return f"{facts_path(kind)}/{quote(name, safe='') if name else ONLY}/file"
