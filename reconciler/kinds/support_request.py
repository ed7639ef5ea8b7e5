"""Requests to the support team, authorised as any change is."""

from typing import Annotated

from reconciler.kinds.request_kind import Attachments, RequestKind, RequestModel, Words
from reconciler.model.change import Risk
from reconciler.model.marks import said
from reconciler.model.scalars import PRIVATE, Text


class SupportRequestModel(RequestModel):
    """A question or an order to the support team."""

    subject: Words = said(description="What it is about, in a line.")
    text: Annotated[Words, PRIVATE] = said(description="What is asked for.")
    about: Text | None = said(default=None, description="The package, server or domain that it is about.")
    attachments: Attachments = said(default=(), description="Files of the account folder that go with it.")


class SupportRequestKind(RequestKind):
    """``requests: REFERENCE: support_request``."""

    name = "support_request"
    title = "support request"
    path = ("requests", "*", "support_request")
    model = SupportRequestModel
    worst = Risk.LEGAL
    lasting = "The support team has read it, or will; write to them to stop what it asks for."
