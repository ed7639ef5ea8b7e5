"""Payments: an amount that the customer pays to the company."""

from reconciler.kinds.request_kind import PaidAmount, RequestKind, RequestModel
from reconciler.model.change import Risk
from reconciler.model.marks import said
from reconciler.model.scalars import Text


class PaymentModel(RequestModel):
    """A payment, by the way that `billing` says."""

    amount: PaidAmount = said(description="How much: `120.00 EUR`.")
    invoice: Text | None = said(default=None, description="The number of the invoice that is paid.")
    purpose: Text | None = said(default=None, description="What stands on the statement.")


class PaymentKind(RequestKind):
    """``requests: REFERENCE: payment``."""

    name = "payment"
    title = "payment"
    path = ("requests", "*", "payment")
    model = PaymentModel
    worst = Risk.MONEY
    lasting = "What was paid is credited to the account; only the company can pay it back."
