"""Rows for programs and spreadsheets."""

import csv
import io
from decimal import Decimal

import pytest

from quartermaster.core.formats import csv_text
from quartermaster.usecases.orders.invoices.export_invoices import InvoiceRow, export_invoices
from quartermaster.usecases.orders.invoices.list_invoices import Wanted
from tests.usecases.orders.invoices.trade import LATER, Trade

pytestmark = pytest.mark.django_db


def test_all_of_a_workspace() -> None:
    trade = Trade.made()
    trade.credit({2: 1_000})
    note, invoice = export_invoices(Wanted(trade.workspace), LATER)
    assert (note.number, note.kind, note.corrects) == ("PC-000002", "credit_note", "PC-000001")
    assert (note.total, note.status) == (Decimal("11.90"), "issued")
    added = note.to_sum()
    assert (added.net, added.tax, added.total) == tuple(map(Decimal, ("-10.00", "-1.90", "-11.90")))
    assert (str(added.paid), invoice.to_sum()) == ("0.00", invoice)
    sums = (invoice.net, invoice.tax, invoice.total, invoice.credited)
    assert sums == tuple(map(Decimal, ("90.00", "17.10", "107.10", "11.90")))
    assert (invoice.customer, invoice.vat_id) == ("Mercer AG", "DE129273398")
    assert (invoice.order or "").startswith("ord_")


def test_in_a_spreadsheet() -> None:
    rows = export_invoices(Wanted(Trade.made().workspace), LATER)
    text = b"".join(csv_text.whole(InvoiceRow._fields, [rows])).decode()
    (invoice,) = csv.DictReader(io.StringIO(text))
    assert (invoice["total"], invoice["billing_date"]) == ("107.10", "2026-01-31")
    assert (invoice["corrects"], invoice["payment_method"]) == ("", "")
