"""An invoice as a document."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quartermaster.store import sql
from quartermaster.store.invoices import queries, telling
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.ports.documents import Documents


class Form(StrEnum):
    """What it can be had as."""

    HTML = "html"
    PDF = "pdf"
    XML = "xml"


_MEDIA: Final = {
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.XML: "application/xml",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A file: what it is called, its media type, and what is in it."""

    name: str
    media_type: str
    body: bytes


def print_invoice(documents: Documents, workspace: Workspace, name: str, form: Form) -> Printed:
    """By its public id or number, set outside of any transaction. NotFound, XmlUnavailable."""
    with sql.snapshot():
        found = queries.get_of(workspace.id, name)
        document = telling.document(found, queries.lines_of([found.id]))
    make = {Form.HTML: documents.html, Form.PDF: documents.pdf, Form.XML: documents.xml}[form]
    return Printed(f"{document.number}.{form}", _MEDIA[form], make(document))
