"""A list for a spreadsheet."""

import csv
import io

import pytest

from quartermaster.usecases.orders.invoices.export_invoices import export_invoices
from tests.usecases.orders.invoices.trade import LATER, Trade

pytestmark = pytest.mark.django_db


def test_all_of_a_workspace() -> None:
    trade = Trade.made()
    trade.credit({2: 1_000})
    text = b"".join(export_invoices(trade.workspace, LATER)).decode()
    note, invoice = csv.DictReader(io.StringIO(text))
    assert (note["number"], note["kind"], note["corrects"]) == (
        "PC-000002",
        "credit_note",
        "PC-000001",
    )
    assert (note["total"], note["status"]) == ("11.90", "issued")
    assert (invoice["net"], invoice["tax"], invoice["total"]) == ("90.00", "17.10", "107.10")
    assert (invoice["credited"], invoice["billing_date"]) == ("11.90", "2026-01-31")
    assert (invoice["customer"], invoice["vat_id"]) == ("Mercer AG", "DE129273398")
    assert invoice["order"].startswith("ord_")
