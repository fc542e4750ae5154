"""Sets invoices: the port `Documents`."""

from quartermaster.adapters.documents import cross_industry, pages, printing
from quartermaster.core.invoices.documents import Document


class InvoicePress:
    """HTML by Django's templates, PDF by Typst, XML by factur-x."""

    def html(self, document: Document) -> bytes:
        """A page of its own."""
        return pages.page(document).encode()

    def pdf(self, document: Document) -> bytes:
        """With the XML in it where there can be one."""
        is_known = not cross_industry.missing(document)
        return printing.pdf(document, cross_industry.written(document) if is_known else None)

    def xml(self, document: Document) -> bytes:
        """XmlUnavailable, naming what is missing."""
        return cross_industry.written(document)
