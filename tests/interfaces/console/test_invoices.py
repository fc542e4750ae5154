"""Invoices of orders, as files for members."""

import io
from typing import Any

import pypdf
import pytest
from django.test import Client

from tests.books import open_books
from tests.interfaces.console.visits import read, signed_in, text
from tests.usecases.orders.invoices.trade import Trade

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]


@pytest.fixture
def trade() -> Trade:
    return Trade.made()


def get(client: Client, name: str) -> Any:
    return client.get(f"/orders/invoices/{name}")


def test_links_lead_to_the_files(trade: Trade) -> None:
    client, order = signed_in(trade.shop.books), trade.invoice.order
    assert order is not None
    for address in ("/orders", f"/orders/{order.public_id}"):
        page = read(client, address)
        assert "PC-000001" in text(page)
        for ending in ("pdf", "html"):
            assert f'href="/orders/invoices/PC-000001.{ending}"' in page


def test_files(trade: Trade) -> None:
    client = signed_in(trade.shop.books)
    pdf, html = get(client, "PC-000001.pdf"), get(client, f"{trade.invoice.public_id}.html")
    assert (pdf["Content-Type"], pdf.status_code) == ("application/pdf", 200)
    assert pdf["Content-Disposition"] == 'attachment; filename="PC-000001.pdf"'
    printed = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    for shown in (printed, html.content.decode()):
        assert "PC-000001" in shown
        assert "Mercer AG" in shown
    assert "sandbox" in html["Content-Security-Policy"]
    assert "private" in html["Cache-Control"]
    trade.credit()
    assert "PC-000002" in get(client, "PC-000002.html").content.decode()


def test_only_members_have_them(trade: Trade) -> None:
    other = signed_in(open_books("elsewhere"))
    for name in ("PC-000001", trade.invoice.public_id):
        for ending in ("pdf", "html"):
            assert get(Client(), f"{name}.{ending}").status_code == 302
            assert get(other, f"{name}.{ending}").status_code == 404
    assert get(signed_in(trade.shop.books), "PC-000009.pdf").status_code == 404
