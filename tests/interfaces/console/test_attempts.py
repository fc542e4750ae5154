"""What the page of an order says of attempts to pay it, and of what went back."""

import uuid

import pytest
from django.test import Client

from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.refunds.refund_payment import Back, refund_payment
from quartermaster.usecases.ports.gateways import Decline
from tests.books import NOW, Books, assert_books_hold, open_books
from tests.fakes.provider import Provider
from tests.interfaces.console import urls
from tests.interfaces.console.till import act, badge, fresh_provider, leave, order
from tests.interfaces.console.visits import read, rows, signed_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]

CLOSED = "Nothing was taken on the page that you come from."


@pytest.fixture(autouse=True)
def provider() -> Provider:
    """Who takes cards and PayPal, without a past."""
    return fresh_provider()


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk")


@pytest.fixture
def client(books: Books) -> Client:
    return signed_in(books)


def refund(name: str, amount_minor: int) -> None:
    payment = queries.find_paid(Order.objects.get(public_id=name).id)
    assert payment is not None
    back = Back(payment, amount_minor, "agreed by phone", "ann@example.com")
    refund_payment(urls.SHELL.gateways, back, uuid.uuid4(), lambda: NOW)


def test_what_went_back(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    provider.pay(leave(client, name, "card"))
    read(client, f"/orders/{name}", returned="1")
    refund(name, 5_050)
    page = read(client, f"/orders/{name}")
    assert badge(page) == "Refunded in part"
    assert rows(page, "What happened")[-1][1:] == ["Refunded in part: $50.50", "ann@example.com"]
    assert rows(read(client, "/orders"), "Orders")[0][5] == "Refunded in part"
    assert "Credit note QM-000002:" in text(page)
    for ending in ("pdf", "html"):
        assert f'href="/orders/invoices/QM-000002.{ending}"' in page
    refund(name, 10_000)
    page = read(client, f"/orders/{name}")
    assert badge(page) == "Refunded"
    assert rows(page, "What happened")[-1][1:] == ["Refunded: $100.00", "ann@example.com"]
    assert "Credit note QM-000003:" in text(page)
    assert_books_hold()


def test_what_paypal_declined(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    provider.turn_back(leave(client, name, "paypal"), Decline.DECLINED)
    page = text(read(client, f"/orders/{name}", returned="1"))
    assert page.count("PayPal declined it, and does not say why.") == 2
    assert "bank" not in page.replace("bank transfer", "")


def test_what_was_given_up_was_not_declined(
    client: Client, books: Books, provider: Provider
) -> None:
    name = order(books)
    leave(client, name, "card")
    provider.turn_back(leave(client, name, "paypal"), Decline.DECLINED)
    page = read(client, f"/orders/{name}", returned="1")
    assert [row[1:] for row in rows(page, "What happened")[1:]] == [
        ["A payment was given up", "–"],
        ["A payment was declined", "Quartermaster, by itself"],
    ]
    outcomes = [row[2] for row in rows(page, "Payments")]
    assert outcomes[0] == "Given up Nobody paid on the page, or another way was chosen."
    assert outcomes[1].startswith("Declined PayPal declined it")


def test_an_outcome_that_is_not_known(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    reference = leave(client, name)
    open_page = read(client, f"/orders/{name}")
    assert "A payment page is open for this order." in text(open_page)
    assert f'href="https://pay.example/{reference}"' in open_page
    for is_out in (False, True):
        provider.is_out = is_out
        page = read(client, f"/orders/{name}", returned="1")
        assert "We do not know yet whether you have paid." in text(page)
        assert badge(page) == "To be paid"
        assert f'href="https://pay.example/{reference}"' in page
        assert f'href="/orders/{name}?returned=1"' in page
    provider.is_out = False
    provider.pay(reference)
    assert badge(read(client, f"/orders/{name}?returned=1")) == "Paid"


def test_a_made_up_return_promises_nothing(
    client: Client, books: Books, provider: Provider
) -> None:
    name = order(books)
    leave(client, name, "card")
    page = read(client, f"/orders/{name}?returned=1&status=succeeded")
    assert "We do not know yet whether you have paid." in text(page)
    assert "You need not do anything" not in text(page)
    assert "Go on to the payment page" in text(page)


def test_back_from_a_page_that_was_closed(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    card = leave(client, name, "card")
    act(client, name, "pay", way="wire")
    assert CLOSED not in text(read(client, f"/orders/{name}"))
    page = read(client, f"/orders/{name}?returned=1&reference={card}&status=canceled")
    assert CLOSED in text(page)
    assert "We wait for your bank transfer." in text(page)
    assert CLOSED in text(read(client, f"/orders/{name}", returned="1"))
    paypal = leave(client, name, "paypal")
    assert CLOSED not in text(read(client, f"/orders/{name}", returned="1"))
    assert CLOSED in text(read(client, f"/orders/{name}", returned="1", reference=card))
    provider.pay(paypal)
    page = read(client, f"/orders/{name}", returned="1", token=card)
    assert (badge(page), CLOSED in text(page)) == ("Paid", True)
    assert CLOSED not in text(read(client, f"/orders/{name}", returned="1", reference=paypal))
