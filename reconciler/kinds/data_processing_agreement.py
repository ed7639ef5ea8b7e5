"""Agreements on data processing (in German: AV-Vertrag): which data of whom, and which version of the annex."""

from typing import Annotated

from reconciler.kinds._fields import fields_of
from reconciler.kinds._mail import sorted_unique
from reconciler.kinds.request_kind import RequestKind, RequestModel, Words
from reconciler.model.change import Risk
from reconciler.model.fields import Value
from reconciler.model.marks import AfterValidator, said
from reconciler.model.scalars import PRIVATE, NotEmpty

Several = Annotated[tuple[Words, ...], AfterValidator(sorted_unique), NotEmpty()]


class DataProcessingAgreementModel(RequestModel):
    """The agreement that is to be concluded."""

    data: Several = said(description="The kinds of personal data, such as `[names, e-mail addresses]`.")
    subjects: Several = said(description="The people whom the data are about, such as `[customers, employees]`.")
    annex: Words = said(description="The version of the annex of technical and organisational measures.")
    signed_by: Annotated[Words, PRIVATE] = said(description="Who signs for the customer.")


class DataProcessingAgreementKind(RequestKind):
    """``requests: REFERENCE: data_processing_agreement``."""

    name = "data_processing_agreement"
    title = "agreement on data processing"
    path = ("requests", "*", "data_processing_agreement")
    model = DataProcessingAgreementModel
    worst = Risk.LEGAL
    lasting = "The agreement stays concluded until it is terminated, or another one takes its place."


def annex_of(value: Value) -> str:
    """Return the version of the annex that the agreement names."""
    return str(fields_of(value).value("annex"))
