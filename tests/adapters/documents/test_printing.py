"""A4 pages with right totals, repeated heads, any script, and the XML inside."""

import io
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import facturx
import pypdf
import pytest

from quartermaster.adapters.documents import printing
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.core.invoices.documents import Document
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.taxes import NO_TAX
from quartermaster.usecases.ports.documents import PdfUnavailable
from tests.adapters.documents import samples

PRESS = InvoicePress()


def pages(document: Document) -> list[str]:
    """What stands on each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(PRESS.pdf(document))).pages]


def test_an_invoice_on_one_page() -> None:
    one = samples.paid(samples.invoice(5))
    (text,) = pages(one)
    assert one.totals.net_minor == 368_023
    for words in ("PC-000123", "€3,680.23", "€699.24", "€4,379.47", "Page 1 of 1", "is paid"):
        assert words in text


def test_hundreds_of_lines_repeat_the_head_on_every_page() -> None:
    found = pages(samples.invoice(300))
    assert len(found) > 10
    for place, text in enumerate(found, 1):
        assert f"Page {place} of {len(found)}" in text
        assert "HRB 140921 B" in text
    assert all("Description" in text for text in found[:-1])
    assert "Total" in found[-1]
    assert "IBAN" in found[-1]


def test_the_xml_is_in_it() -> None:
    one = samples.invoice(5)
    name, xml = facturx.get_xml_from_pdf(PRESS.pdf(one), check_xsd=True)
    assert (name, xml) == ("factur-x.xml", PRESS.xml(one))


def test_it_says_that_it_is_pdf_a_and_what_it_carries() -> None:
    reader = pypdf.PdfReader(io.BytesIO(PRESS.pdf(samples.invoice(5))))
    root = reader.trailer["/Root"]
    said = root["/Metadata"].get_data().decode()
    for words in ("<pdfaid:part>3<", "<pdfaid:conformance>B<", "EN 16931", "Invoice PC-000123"):
        assert words in said
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Alternative"
    assert reader.pages[0].mediabox.width == pytest.approx(595.28, abs=0.1)


def test_without_a_country_there_is_no_xml_and_still_a_page() -> None:
    one = samples.invoice(5, Party("Ann"), NO_TAX)
    reader = pypdf.PdfReader(io.BytesIO(PRESS.pdf(one)))
    assert "/AF" not in reader.trailer["/Root"]
    assert "Ann" in reader.pages[0].extract_text()


def test_the_same_document_is_the_same_file() -> None:
    assert PRESS.pdf(samples.invoice(3)) == PRESS.pdf(samples.invoice(3))


def test_several_at_once() -> None:
    several = [replace(samples.invoice(3), number=f"PC-{number:06}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(PRESS.pdf, several))
    texts = [pypdf.PdfReader(io.BytesIO(one)).pages[0].extract_text() for one in made]
    assert all(f"PC-{number:06}" in text for number, text in enumerate(texts))


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("ليلى بنت عبد الرحمن", "Noto-Sans-Arabic"),
        ("דוד בן גוריון", "Noto-Sans-Hebrew"),
        ("Иван Петров", "Noto-Sans"),
        ("Łódź Żółć", "Noto-Sans"),
    ],
)
def test_names_are_set_in_the_fonts_that_come_with_it(name: str, font: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(PRESS.pdf(samples.invoice(1, Party(name), NO_TAX))))
    fonts = {one.get_object()["/BaseFont"] for one in _fonts(reader)}
    assert any(font in str(one) for one in fonts)
    assert "\ufffd" not in reader.pages[0].extract_text()


def _fonts(reader: pypdf.PdfReader) -> Iterator[pypdf.generic.PdfObject]:
    return iter(reader.pages[0]["/Resources"]["/Font"].values())


def test_a_long_name_does_not_leave_the_page() -> None:
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    (text,) = pages(samples.invoice(1, Party(name[:200]), NO_TAX))
    assert name[:40] in text.replace("\n", "")


def test_markup_in_names_is_text() -> None:
    buyer = Party("<img src=http://127.0.0.1:9/x><script>alert(1)</script>")
    html = PRESS.html(samples.invoice(1, buyer, NO_TAX)).decode()
    assert "<script>" not in html
    assert "&lt;img src" in html
    assert "<img src=http" in pages(samples.invoice(1, buyer, NO_TAX))[0].replace("\n", "")


def test_nothing_is_fetched() -> None:
    press = printing._press()
    for url in ("http://127.0.0.1:9/x", "file:///etc/passwd", "font:../../secret", "font:x"):
        with pytest.raises(ValueError, match="nothing is fetched"):
            press._fetcher.fetch(url)


def test_html_stands_alone() -> None:
    html = PRESS.html(samples.credit_note(samples.invoice(5))).decode()
    assert "@media screen" in html
    assert "url(" not in html
    for words in ("Credit note", "PC-000124", "For invoice", "PC-000123 of 1 November 2026"):
        assert words in html


def test_without_pango_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    printing._press.cache_clear()
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(PdfUnavailable, match="apt-get install libpango"):
        PRESS.pdf(samples.invoice(1))
    assert PRESS.html(samples.invoice(1))
