"""The table of kinds; adding one is a file and a row here."""

from collections.abc import Mapping

from reconciler.kinds.alias import AliasKind
from reconciler.kinds.billing import BillingKind
from reconciler.kinds.contact import ContactKind
from reconciler.kinds.data_processing_agreement import DataProcessingAgreementKind
from reconciler.kinds.ftp_account import FtpAccountKind
from reconciler.kinds.mail_domain import MailDomainKind
from reconciler.kinds.mailbox import MailboxKind
from reconciler.kinds.notification import NotificationKind
from reconciler.kinds.order import OrderKind
from reconciler.kinds.ownership_change import OwnershipChangeKind
from reconciler.kinds.password import PasswordKind
from reconciler.kinds.payment import PaymentKind
from reconciler.kinds.postal_address import AddressKind
from reconciler.kinds.record import RecordKind
from reconciler.kinds.support_request import SupportRequestKind
from reconciler.kinds.whitelist_entry import WhitelistEntryKind
from reconciler.kinds.zone import ZoneKind
from reconciler.model.kind import Kind

#: Every kind by its name, in the order in which sections are shown and created.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        ZoneKind(),
        RecordKind(),
        MailDomainKind(),
        MailboxKind(),
        AliasKind(),
        FtpAccountKind(),
        ContactKind(),
        WhitelistEntryKind(),
        NotificationKind(),
        AddressKind(),
        BillingKind(),
        PasswordKind(),
        OrderKind(),
        PaymentKind(),
        OwnershipChangeKind(),
        DataProcessingAgreementKind(),
        SupportRequestKind(),
    )
}
