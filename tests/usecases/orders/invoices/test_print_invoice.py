"""An invoice as a file."""

import pytest

from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.invoices.print_invoice import Form, print_invoice
from quartermaster.usecases.ports.documents import XmlUnavailable
from tests.usecases.orders.invoices.trade import Trade

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("form", "begins"),
    [(Form.HTML, b"<!doctype html>"), (Form.PDF, b"%PDF-"), (Form.XML, b"<?xml")],
)
def test_in_each_form(form: Form, begins: bytes) -> None:
    trade = Trade.made()
    found = print_invoice(InvoicePress(), trade.workspace, "PC-000001", form)
    assert found.name == f"PC-000001.{form}"
    assert found.body.startswith(begins)


def test_what_cannot_be_is_said() -> None:
    workspace = Trade.made(is_taxed=False).workspace
    with pytest.raises(XmlUnavailable):
        print_invoice(InvoicePress(), workspace, "QM-000001", Form.XML)
    with pytest.raises(NotFound):
        print_invoice(InvoicePress(), workspace, "QM-000002", Form.PDF)
