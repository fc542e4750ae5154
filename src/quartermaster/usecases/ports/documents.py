"""What use cases ask of whoever sets invoices for people and machines to read."""

from typing import ClassVar, Protocol

from quartermaster.core import errors
from quartermaster.core.invoices.documents import Document


class XmlUnavailable(errors.Refusal):
    """What EN 16931 asks of an invoice is not known for this one."""

    code: ClassVar[str] = "xml_unavailable"
    kind: ClassVar[errors.Kind] = "conflict"


class Documents(Protocol):
    """Sets invoices and credit notes. The same document gives the same pages."""

    def html(self, document: Document) -> bytes:
        """A page of its own, which needs nothing else."""

    def pdf(self, document: Document) -> bytes:
        """PDF/A-3 in A4, with the XML in it where there can be one."""

    def xml(self, document: Document) -> bytes:
        """As Cross Industry Invoice by EN 16931. XmlUnavailable, naming what is missing."""
