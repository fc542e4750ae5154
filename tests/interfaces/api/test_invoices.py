"""Invoices over HTTP."""

import csv
import io
import json
from typing import Any

import pytest

from quartermaster.usecases.orders.invoices.settle_invoice import settle_invoice
from tests.books import NOW, open_books
from tests.interfaces.api.conftest import Caller, assert_problem, caller
from tests.usecases.orders.invoices.trade import Trade
from tests.usecases.plans.contracts.deal import Deal
from tests.usecases.shop import ESSENTIAL

NUMBER = "PC-000001"
FORMS = {"pdf": "application/pdf", "html": "text/html", "xml": "application/xml"}


@pytest.fixture
def trade(db: None, settings: Any) -> Trade:
    """An invoice of an order, and a credit note of it."""
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    trade = Trade.made()
    trade.credit({2: 1_000})
    return trade


@pytest.fixture
def api(trade: Trade) -> Caller:
    return caller(trade.shop.books)


def test_the_list_and_what_it_is_narrowed_to(trade: Trade, api: Caller) -> None:
    note, invoice = api.get("/invoices").json()["invoices"]
    assert (note["kind"], note["corrects"], note["total"]) == ("credit_note", NUMBER, "11.90")
    assert (invoice["number"], invoice["status"]) == (NUMBER, "overdue")
    assert (invoice["billing_date"], invoice["total"]) == ("2026-01-31", "107.10")
    assert (invoice["credited"], invoice["payment_method"]) == ("11.90", None)
    assert api.pages("/invoices", "invoices", limit=1) == [note, invoice]
    assert api.get("/invoices", kind="invoice").json()["invoices"] == [invoice]
    assert api.get("/invoices", status="issued").json()["invoices"] == [note]
    assert api.get("/invoices", status="paid").json()["invoices"] == []
    settle_invoice(trade.workspace, NUMBER, "wire 12", NOW)
    assert len(api.get("/invoices", status="paid", kind="invoice").json()["invoices"]) == 1


def test_the_list_as_a_file(api: Caller) -> None:
    answer = api.ask("/invoices", {"Accept": "text/csv"}, kind="invoice")
    assert answer["Content-Type"] == "text/csv"
    assert answer["Content-Disposition"] == 'attachment; filename="invoices.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.getvalue().decode()))
    [told] = api.get("/invoices", kind="invoice").json()["invoices"]
    assert row == {name: value or "" for name, value in told.items()}


def test_a_file_to_add_up(api: Caller) -> None:
    csv_, lines = (
        api.ask("/invoices", {"Accept": form}).getvalue().decode()
        for form in ("text/csv", "application/x-ndjson")
    )
    note, invoice = csv.DictReader(io.StringIO(csv_))
    assert (note["kind"], note["net"], note["total"]) == ("credit_note", "-10.00", "-11.90")
    assert (invoice["kind"], invoice["total"]) == ("invoice", "107.10")
    told = json.loads(lines.splitlines()[0])
    assert (told["kind"], told["total"]) == ("credit_note", "11.90"), "as in pages of JSON"


def test_every_line_leads_to_what_it_is_made_of(api: Caller) -> None:
    found = api.get(f"/invoices/{NUMBER}").json()
    assert found == api.get(f"/invoices/{found['id']}").json()
    fee, seats = found["lines"]
    assert (fee["unit_price"], fee["tax_rate"], fee["tax"]) == ("60.00", "19", "11.40")
    assert seats["made_of"]["formula"] == "2 included + 3 × $10.00 = $30.00"
    order = api.get(seats["made_of"]["url"].removeprefix("/v1")).json()
    assert (order["id"], seats["made_of"]["line"]) == (found["order"], 2)
    assert order["lines"][1]["formula"] == seats["made_of"]["formula"]
    assert order["invoice"] == {"id": found["id"], "number": NUMBER}
    assert found["taxes"] == [{"category": "S", "rate": "19", "net": "90.00", "tax": "17.10"}]
    assert (found["buyer"]["company"], found["seller"]["country"]) == ("Mercer AG", "DE")
    [note] = found["credit_notes"]
    given = api.get(f"/invoices/{note['number']}").json()
    assert (given["reason"], given["credit_notes"]) == ("A test", [])
    assert given["lines"][0]["made_of"]["url"] == f"/v1/invoices/{found['id']}"


def test_a_line_of_a_cycle_leads_to_its_sessions(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    deal = Deal.made()
    deal.price()
    deal.talk(10)
    statement = deal.close()
    api = caller(deal.books)
    [listed] = api.get("/invoices").json()["invoices"]
    assert (listed["statement"], listed["payment_method"]) == (statement.public_id, "wire")
    [line] = api.get(f"/invoices/{listed['id']}").json()["lines"]
    [told] = api.get(line["made_of"]["url"].removeprefix("/v1")).json()["lines"]
    assert (line["made_of"]["formula"], line["made_of"]["bots"]) == (told["formula"], told["bots"])
    assert told["bots"][0]["sessions"].startswith("/v1/sessions?")


@pytest.mark.parametrize("form", FORMS)
def test_as_a_document(api: Caller, form: str) -> None:
    answer = api.ask(f"/invoices/{NUMBER}", {"Accept": FORMS[form]})
    assert answer["Content-Type"].partition(";")[0] == FORMS[form]
    assert answer["Content-Disposition"] == f'attachment; filename="{NUMBER}.{form}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Accept" in answer["Vary"]
    begins = {"pdf": b"%PDF-", "html": b"<!doctype html>", "xml": b"<?xml"}[form]
    assert answer.content.startswith(begins)
    if form == "html":
        assert "style-src 'unsafe-inline'" in answer["Content-Security-Policy"]


def test_what_cannot_be_made(api: Caller) -> None:
    refused = api.ask(f"/invoices/{NUMBER}", {"Accept": "image/png"})
    assert_problem(refused, 406, "not_acceptable", "Accept")


def test_an_electronic_form_that_lacks_something(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    api = caller(Trade.made(is_taxed=False).shop.books)
    refused = api.ask("/invoices/QM-000001", {"Accept": "application/xml"})
    assert_problem(refused, 409, "xml_unavailable", None)


def test_nothing_of_another_workspace(trade: Trade, api: Caller) -> None:
    other = caller(open_books("elsewhere"))
    assert other.get("/invoices").json()["invoices"] == []
    page = api.get("/invoices", limit=1).json()["next_cursor"]
    assert other.get("/invoices", cursor=page).json()["invoices"] == []
    for name in (NUMBER, trade.invoice.public_id):
        for form in ("application/json", *FORMS.values()):
            refused = other.ask(f"/invoices/{name}", {"Accept": form})
            assert_problem(refused, 404, "not_found", "invoice")
    other.put("/billing-profile", {"name": "Other"})
    assert api.get("/billing-profile").json()["company"] == "Mercer AG"


def test_the_billing_profile(trade: Trade, api: Caller) -> None:
    sent = {"name": "Ann", "company": "Acme", "address": ["Rue 1"], "country": "fr"}
    told = api.put("/billing-profile", sent).json()
    assert (told["company"], told["country"], told["vat_id"]) == ("Acme", "FR", "")
    assert api.get("/billing-profile").json() == told
    assert api.get(f"/invoices/{NUMBER}").json()["buyer"]["company"] == "Mercer AG"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, (422, "invalid", "name")),
        ({"name": " "}, (422, "bad_billing_profile", "name")),
        ({"name": "A", "country": "XX"}, (422, "bad_billing_profile", "country")),
        ({"name": "A", "email": "nobody"}, (422, "bad_billing_profile", "email")),
        ({"name": "A", "country": "DE", "vat_id": "DE1"}, (422, "bad_vat_id", "vat_id")),
        ({"name": "A", "address": ["x"] * 5}, (422, "invalid", "address")),
    ],
)
def test_no_billing_profile(api: Caller, sent: Any, said: tuple[int, str, str]) -> None:
    before = api.get("/billing-profile").json()
    assert_problem(api.put("/billing-profile", sent), *said)
    assert api.get("/billing-profile").json() == before


def test_an_order_names_its_invoice(trade: Trade, api: Caller) -> None:
    order = trade.shop.fund()
    assert api.get(f"/orders/{order.public_id}").json()["invoice"] is None
    paid = trade.shop.pay(order)
    found = api.get(f"/orders/{paid.public_id}").json()["invoice"]
    assert found["number"] == "PC-000003"
    listed = api.get("/orders").json()["orders"]
    assert [one["invoice"] and one["invoice"]["number"] for one in listed] == ["PC-000003", NUMBER]
    assert ESSENTIAL in [one["offer"] for one in listed]
