"""The table of kinds; adding one is a file and a row here. A kind is imported when something is done with it."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from reconciler.model.kind import Kind


class _Row:
    """Stands for a kind: knows where it lies and what each run asks of all kinds; for anything else, it is imported."""

    def __init__(self, place: str, *path: str, **known: Any) -> None:
        module, _, self._class = place.partition(":")
        self._module = f"{__name__}.{module}"
        usual = {"section": path[0] if path else "", "fixed": False, "is_request": False, "natural_key": None}
        vars(self).update({**usual, "path": path, **known})

    def __getattr__(self, name: str) -> Any:
        if name == "_kind":
            self._kind = getattr(import_module(self._module), self._class)()
            return self._kind
        found = getattr(self._kind, name)
        vars(self)[name] = found
        return found


def _request(place: str, name: str) -> _Row:
    return _Row(place, "requests", "*", name, is_request=True)


#: Every kind by its name, in the order in which sections are shown and created.
KINDS: Mapping[str, "Kind"] = cast(
    "Mapping[str, Kind]",
    {
        "zone": _Row("zone:ZoneKind", "zones", "*", section="dns"),
        "record": _Row("record:RecordKind", section="dns"),
        "mail_domain": _Row("mail_domain:MailDomainKind", "mail", "*", fixed=True),
        "mailbox": _Row("mailbox:MailboxKind", "mail", "*", "mailboxes", "*"),
        "alias": _Row("alias:AliasKind", "mail", "*", "aliases", "*"),
        "ftp_account": _Row("ftp_account:FtpAccountKind", "ftp_accounts", "*", natural_key="login"),
        "contact": _Row("contact:ContactKind", "contacts", "*", natural_key="email"),
        "whitelist_entry": _Row("whitelist_entry:WhitelistEntryKind", "whitelist", "*", natural_key="address"),
        "notification": _Row("notification:NotificationKind", "notifications", "*", fixed=True),
        "address": _Row("postal_address:AddressKind", "address", fixed=True),
        "billing": _Row("billing:BillingKind", "billing", fixed=True),
        "password": _Row("password:PasswordKind", "passwords", "*", fixed=True),
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
