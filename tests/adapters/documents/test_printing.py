"""A4 pages with right totals, repeated heads, any script, and the XML inside."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import facturx
import psutil
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.adapters.documents import revising, texts
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.invoices.documents import Document
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.taxes import NO_TAX
from tests.adapters.documents import samples

PRESS = InvoicePress()
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
PDFA = "{http://www.aiim.org/pdfa/ns/"


def read(document: Document) -> pypdf.PdfReader:
    """Strictly: whatever is not as it should be is an error."""
    return pypdf.PdfReader(io.BytesIO(PRESS.pdf(document)), strict=True)


def pages(document: Document) -> list[str]:
    """What stands on each page."""
    return [page.extract_text() for page in read(document).pages]


def named(name: str) -> Document:
    return samples.invoice(1, Party(name), NO_TAX)


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


@pytest.mark.parametrize("count", range(8, 16))
def test_the_total_and_how_to_pay_it_stand_together(count: int) -> None:
    last = pages(samples.invoice(count))[-1]
    assert last.index("Net") < last.index("Total") < last.index("IBAN")


def test_lines_are_not_broken() -> None:
    detail = "so many of them that it takes two lines: " + "5,000 included + 8,240 × $0.18 " * 3
    lines = tuple(replace(one, detail=f"{detail} 7,777") for one in samples.invoice(60).lines)
    found = pages(replace(samples.invoice(60), lines=lines))
    assert len(found) > 3
    for text in found:
        assert text.count("so many of them") == text.count("7,777")


def test_the_xml_is_in_it() -> None:
    one = samples.invoice(5)
    name, xml = facturx.get_xml_from_pdf(PRESS.pdf(one), check_xsd=True)
    assert (name, xml) == ("factur-x.xml", PRESS.xml(one))


def test_it_says_that_it_is_pdf_a_and_what_it_carries() -> None:
    root: Any = read(samples.invoice(5)).trailer["/Root"]
    said = ElementTree.fromstring(root["/Metadata"].get_data())
    texts = {one.tag: one.text for one in said.iter()}
    assert texts[f"{PDFA}id/}}part"] == "3"
    assert texts[f"{PDFA}id/}}conformance"] == "A"
    assert texts["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    wanted = {"DocumentType": "INVOICE", "DocumentFileName": "factur-x.xml"}
    wanted |= {"Version": "1.0", "ConformanceLevel": "EN 16931"}
    assert {name: texts[FX + name] for name in wanted} == wanted
    described = {one.text for one in said.iter(f"{PDFA}property#}}name")}
    assert wanted.keys() < described
    assert "fx" in {one.text for one in said.iter(f"{PDFA}schema#}}prefix")}
    assert len(list(said.iter(f"{PDFA}extension/}}schemas"))) == 1
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    [attached] = root["/AF"]
    assert attached["/AFRelationship"] == "/Alternative"
    assert attached["/UF"] == "factur-x.xml"
    assert attached["/EF"]["/F"]["/Subtype"] == "/text/xml"
    assert root["/Names"]["/EmbeddedFiles"]["/Names"][0] == "factur-x.xml"


def test_it_is_tagged_in_its_language_with_title_and_author() -> None:
    one = samples.credit_note(samples.invoice(5))
    reader = read(one)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("en")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (
        "Credit note PC-000124",
        "Parley Conversations GmbH",
    )
    tags = set(_tags(root["/StructTreeRoot"]))
    assert {"/H1", "/Table", "/THead", "/TH", "/TR", "/TD"} <= tags
    assert reader.pages[0].mediabox.width == pytest.approx(595.28, abs=0.1)


def _tags(node: Any) -> list[str]:
    """Those of a structure's tree."""
    inner = node.get("/K", [])
    several = inner if isinstance(inner, list) else [inner]
    resolved = [one.get_object() for one in several]
    below = (_tags(one) for one in resolved if isinstance(one, dict))
    return [*([node["/S"]] if "/S" in node else []), *(tag for tags in below for tag in tags)]


def test_without_a_country_there_is_no_xml_and_still_a_page() -> None:
    one = samples.invoice(5, Party("Ann"), NO_TAX)
    reader = read(one)
    assert "/AF" not in reader.trailer["/Root"]
    assert "Ann" in reader.pages[0].extract_text()


def test_the_same_document_is_the_same_file() -> None:
    assert PRESS.pdf(samples.invoice(3)) == PRESS.pdf(samples.invoice(3))


def test_several_at_once() -> None:
    several = [replace(samples.invoice(3), number=f"PC-{number:06}") for number in range(24)]
    alone = [PRESS.pdf(one) for one in several]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(PRESS.pdf, several)) == alone
    assert len(set(alone)) == len(several)


def test_memory_does_not_grow() -> None:
    this = psutil.Process()
    several = (replace(samples.invoice(20), number=f"PC-{number:06}") for number in range(100))
    for _, one in zip(range(40), several, strict=False):
        PRESS.pdf(one)
    before = this.memory_info().rss
    for one in several:
        PRESS.pdf(one)
    assert this.memory_info().rss - before < 10_000_000


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("ليلى بنت عبد الرحمن", "NotoSansArabic-SemiBold"),
        ("דוד בן גוריון", "NotoSansHebrew-SemiBold"),
        ("Иван Петров", "NotoSans-SemiBold"),
        ("Łódź Żółć", "NotoSans-SemiBold"),
        ("Αθήνα", "NotoSans-SemiBold"),
    ],
)
def test_names_are_set_in_the_fonts_that_come_with_it(name: str, font: str) -> None:
    page = read(named(name)).pages[0]
    fonts: Any = page["/Resources"]["/Font"].values()
    assert any(str(one.get_object()["/BaseFont"]).endswith(f"+{font}") for one in fonts)
    assert "\ufffd" not in page.extract_text()


def test_digits_in_a_name_from_right_to_left_stand_in_its_middle() -> None:
    places: dict[str, float] = {}

    def seen(text: str, user: list[float], within: list[float], *_: Any) -> None:
        places.setdefault(text.strip(), user[4] + within[4])

    read(named("חברת 2000 השיחות")).pages[0].extract_text(visitor_text=seen)
    assert places["השיחות"] < places["2000"] < places["חברת"]


def test_a_long_name_does_not_leave_the_page() -> None:
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    (text,) = pages(named(name[:200]))
    assert name[:40] in text
    assert name not in text
    assert name[:200] in text.replace("\n", "")


HOSTILE = (
    '#let x = 1 $x$ ]]) \\ `raw` <label> @ref *b* // c /* d */ "q"',
    "<img src=http://127.0.0.1:9/x><script>alert(1)</script>",
    '#read("/etc/passwd")',
)


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_in_names_is_text(name: str) -> None:
    assert name in pages(named(name))[0].replace("\n", "")
    assert "<script>" not in PRESS.html(named(name)).decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("one\x00two\tthree\nfour\x85five", "one two three four five"),
        ("private \ue000 broken \ud800 none \uffff", "private \ufffd broken \ufffd none \ufffd"),
        ("never assigned \u0378", "never assigned \ufffd"),
        ("cuneiform \U00012000, 2 of 3", "cuneiform \ufffd, 2 of 3"),
        ("turned \u202e round", "turned  round"),
    ],
)
def test_signs_that_cannot_be_set_are_replaced(name: str, shown: str) -> None:
    one = samples.invoice(1, replace(samples.BUYER, company=name))
    assert shown in pages(one)[0]
    facturx.get_xml_from_pdf(PRESS.pdf(one), check_xsd=True)


@given(
    st.text(
        st.one_of(
            st.characters(),
            st.sampled_from("aZ09 שلא\u0301\u200d\ufe0f\U0001f469漢"),
        ),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_text_becomes_a_page(text: str) -> None:
    one = samples.invoice(1, Party(text, text, (text,), text), NO_TAX)
    assert PRESS.pdf(replace(one, reason=text)).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["a" * 10_000, "a b " * 2_500, "אב " * 3_300, "e\u0301" * 5_000])
def test_long_texts_go_on_over_pages(name: str) -> None:
    one = samples.invoice(2, Party(name), NO_TAX)
    long = replace(one, lines=(replace(one.lines[0], description=name), one.lines[1]))
    reader = read(replace(long, seller=replace(samples.SELLER, note=name)))
    assert len(reader.pages) > 5


def test_sure_signs_are_set_without_fonts_of_the_machine() -> None:
    signs = [sign for sign in map(chr, range(0x3000)) if texts.sure(sign) == sign]
    page = read(named(" ".join(signs))).pages[0]
    fonts: Any = page["/Resources"]["/Font"].values()
    assert len(signs) > 300
    assert all("+NotoSans" in str(one.get_object()["/BaseFont"]) for one in fonts)
    assert texts.UNKNOWN not in page.extract_text()


@pytest.mark.parametrize("lost", [b"/Metadata ", b"</pdfaExtension:schemas>"])
def test_a_file_that_is_written_otherwise_is_not_guessed_at(lost: bytes) -> None:
    whole = PRESS.pdf(samples.invoice(1, Party("Ann"), NO_TAX))
    assert revising.carrying_invoice(whole).startswith(whole)
    with pytest.raises(InvariantBroken):
        revising.carrying_invoice(whole.replace(lost, b"-" * len(lost)))


def test_html_stands_alone() -> None:
    html = PRESS.html(samples.credit_note(samples.invoice(5))).decode()
    assert "@media screen" in html
    assert "url(" not in html
    for words in ("Credit note", "PC-000124", "For invoice", "PC-000123 of 1 November 2026"):
        assert words in html
