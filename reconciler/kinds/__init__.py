"""The table of kinds; adding one is a file and a row here. A kind is imported when something is done with it."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from reconciler.model.fields import Fields, from_json, to_json

if TYPE_CHECKING:
    from reconciler.model.kind import Kind


#: How a new account is billed: by post, paid by transfer.
_BY_POST = Fields.of({"invoice": Fields.of({"by": "post", "contact": None}), "pay": Fields.of({"by": "transfer"})})


class _Row:
    """Stands for a kind: knows where it lies and what each run asks of all kinds; for anything else, it is imported."""

    def __init__(self, place: str, *path: str, secrets: tuple[str, ...] = (), **known: Any) -> None:
        module, _, self._class = place.partition(":")
        self._module = f"{__name__}.{module}"
        usual: dict[str, Any] = dict.fromkeys(("fixed", "is_request", "holds_data"), False)
        usual |= {"section": path[0] if path else "", "natural_key": None, "secret_keys": frozenset(secrets)}
        if path:
            usual |= {"from_json": from_json, "to_json": to_json}
        vars(self).update({**usual, "path": path, **known})

    def __getattr__(self, name: str) -> Any:
        if name == "_kind":
            self._kind = getattr(import_module(self._module), self._class)()
            return self._kind
        found = getattr(self._kind, name)
        vars(self)[name] = found
        return found


def _is_unset(_address: str, value: object) -> bool:
    return isinstance(value, Fields) and all(field in (None, False, ()) for _, field in value)


def _always(_address: str, _value: object) -> bool:
    return True


def _is_by_post(_address: str, value: object) -> bool:
    return value == _BY_POST


def _request(place: str, name: str) -> _Row:
    return _Row(place, "requests", "*", name, is_request=True)


#: Every kind by its name, in the order in which sections are shown and created.
KINDS: Mapping[str, "Kind"] = cast(
    "Mapping[str, Kind]",
    {
        "zone": _Row("zone:ZoneKind", "zones", "*", section="dns", holds_data=True),
        "record": _Row("record:RecordKind", section="dns"),
        "mail_domain": _Row("mail_domain:MailDomainKind", "mail", "*", fixed=True, is_at_rest=_is_unset),
        "mailbox": _Row("mailbox:MailboxKind", "mail", "*", "mailboxes", "*", holds_data=True, secrets=("password",)),
        "alias": _Row("alias:AliasKind", "mail", "*", "aliases", "*"),
        "ftp_account": _Row(
            "ftp_account:FtpAccountKind",
            "ftp_accounts",
            "*",
            natural_key="login",
            holds_data=True,
            secrets=("password",),
        ),
        "contact": _Row("contact:ContactKind", "contacts", "*", natural_key="email"),
        "whitelist_entry": _Row("whitelist_entry:WhitelistEntryKind", "whitelist", "*", natural_key="address"),
        "notification": _Row("notification:NotificationKind", "notifications", "*", fixed=True, is_at_rest=_is_unset),
        "address": _Row("postal_address:AddressKind", "address", fixed=True, is_at_rest=_is_unset),
        "billing": _Row("billing:BillingKind", "billing", fixed=True, is_at_rest=_is_by_post, secrets=("iban",)),
        "password": _Row(
            "password:PasswordKind",
            "passwords",
            "*",
            fixed=True,
            is_at_rest=_always,
            secrets=("service", "telephone"),
        ),
        "order": _request("order:OrderKind", "order"),
        "payment": _request("payment:PaymentKind", "payment"),
        "ownership_change": _request("ownership_change:OwnershipChangeKind", "ownership_change"),
        "data_processing_agreement": _request(
            "data_processing_agreement:DataProcessingAgreementKind", "data_processing_agreement"
        ),
        "support_request": _request("support_request:SupportRequestKind", "support_request"),
    },
)
for _name, _row in KINDS.items():
    vars(_row)["name"] = _name


def in_use() -> frozenset[str]:
    """Return the names of the kinds with which something has been done in this run."""
    return frozenset(name for name, row in KINDS.items() if "_kind" in vars(row))
