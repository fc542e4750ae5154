"""Pages as PDF/A-3, with the XML in them. Everything a page needs is here: nothing is fetched.

WeasyPrint and factur-x take half a second to load and are seldom asked: they are loaded when they
first are. WeasyPrint also needs Pango, which a small machine may not have.
"""

import functools
import gc
import hashlib
import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from threading import Lock
from typing import Any, Final

from quartermaster.adapters.documents import pages
from quartermaster.core.invoices.documents import Document
from quartermaster.usecases.ports.documents import PdfUnavailable

_FONTS: Final = Path(__file__).parent / "fonts"
_FONT: Final = re.compile(r"font:((?:regular|semibold)/[a-z-]+\.woff2)")
_CSS: Final = (Path(__file__).parent / "fonts.css").read_text() + pages.CSS
_XML_NAME: Final = "factur-x.xml"
_PRODUCER: Final = "Quartermaster, WeasyPrint"
_MISSING: Final = (
    "this machine cannot make PDFs: install Pango (on Debian: apt-get install"
    " libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0); HTML works without it"
)
_ONE_AT_A_TIME: Final = Lock()


def pdf(one: Document, xml: bytes | None) -> bytes:
    """A4, as PDF/A-3b. The same document is the same file. PdfUnavailable."""
    press = _press()
    html = pages.page(one, is_printed=True)
    at = datetime.combine(one.issue_date, time(), UTC)
    with _ONE_AT_A_TIME, _uncollected():
        return press.print(html, xml, _Names(one, at))


@contextmanager
def _uncollected() -> Iterator[None]:
    """The boxes of a page are many and live as long as it is made: looking through them for cycles
    again and again would take a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Names:
    """What the file says of itself, in its head and in its metadata."""

    def __init__(self, one: Document, at: datetime) -> None:
        self.title = f"{pages.TITLES[one.kind]} {one.number}"
        self.author = one.seller.party.title
        self.at = at

    def metadata(self, has_xml: bool) -> bytes:
        """As XMP, by factur-x."""
        xmp = importlib.import_module("facturx.facturx")
        said = {
            "pdfa3_flavor": "B",
            "title": self.title,
            "author": self.author,
            "subject": self.title,
            "producer": _PRODUCER,
            "creator_tool": "Quartermaster",
            "timestamp": self.at.isoformat(),
        }
        if has_xml:
            said |= {
                "documenttype": "INVOICE",
                "xml_filename": _XML_NAME,
                "xmp_level": "EN 16931",
                "version": "1.0",
                "urn": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
            }
        whole = importlib.import_module("lxml.etree").tostring(xmp.generate_xmp_object(said))
        head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
        return bytes(head + whole + b'\n<?xpacket end="w"?>')


class _Press:
    """Fonts and style sheet, read once for all documents."""

    def __init__(self) -> None:
        self._weasyprint = importlib.import_module("weasyprint")
        self._fonts = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
        self._fetcher = _fetcher(importlib.import_module("weasyprint.urls"))
        self._css = self._weasyprint.CSS(
            string=_CSS, font_config=self._fonts, url_fetcher=self._fetcher
        )

    def print(self, html: str, xml: bytes | None, names: _Names) -> bytes:
        """A page and, if there is any, its XML."""
        page = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        metadata = names.metadata(xml is not None)
        attached = [] if xml is None else [self._attachment(xml, names)]

        def describe(_: Any, file: Any) -> None:
            stream = file.objects[int(file.catalog["Metadata"].split()[0])]
            stream.stream = [metadata]
            file.info["Producer"] = _text(_PRODUCER)

        found: bytes = page.write_pdf(
            stylesheets=[self._css],
            font_config=self._fonts,
            finisher=describe,
            attachments=attached,
            pdf_variant="pdf/a-3b",
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
        return found

    def _attachment(self, xml: bytes, names: _Names) -> Any:
        return self._weasyprint.Attachment(
            string=xml,
            name=_XML_NAME,
            description="Factur-X invoice",
            created=names.at,
            modified=names.at,
            relationship="Alternative",
        )


@functools.cache
def _press() -> _Press:
    try:
        return _Press()
    except OSError as failure:
        raise PdfUnavailable(f"{_MISSING} ({failure})") from failure


def _text(words: str) -> Any:
    return importlib.import_module("pydyf").String(words)


def _fetcher(urls: Any) -> Any:
    """Fonts of this folder, and nothing else."""

    class Bundled(urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            found = _FONT.fullmatch(url)
            if found is None:
                raise ValueError(f"nothing is fetched for an invoice, and not {url[:80]}")
            return urls.URLFetcherResponse(url, (_FONTS / found[1]).read_bytes())

    return Bundled()
