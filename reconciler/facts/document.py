"""Documents: terms, price lists, forms, the agreement on data processing and its annex, manuals; each is a PDF."""

from datetime import date

from pydantic import Field

from reconciler.model.fact import Fact


class Document(Fact):
    """A document of the company in its present version."""

    kind = "document"
    plural = "documents"
    columns = ("id", "title", "sort", "version", "date")
    has_file = True

    id: str
    title: str
    sort: str = Field(description="`terms`, `price_list`, `form`, `agreement`, `annex`, `manual`.")
    version: str
    date: date
    sha256: str = Field(default="", description="Of the file, in hexadecimal.")
    size: int = Field(default=0, description="Of the file, in octets.")
