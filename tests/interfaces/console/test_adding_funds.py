"""From a wallet to an order of credit."""

import re
import uuid

import pytest
from django.test import Client

from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from tests.books import Books, open_books
from tests.interfaces.console.visits import read, signed_in, text, value, wrong

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk")


@pytest.fixture
def client(books: Books) -> Client:
    return signed_in(books)


@pytest.fixture
def address(client: Client, books: Books) -> str:
    bot = books.bots["helpdesk"].public_id
    page = read(client, f"/wallets/{bot}")
    assert f'href="/wallets/{bot}/funds"' in page
    return f"/wallets/{bot}/funds"


def test_an_order_is_made_once(client: Client, address: str) -> None:
    page = read(client, address)
    assert "from $100.00 to $20,000.00" in text(page)
    sent = {"amount": " 150.50 ", "key": value(page, "key")}
    first, again = (client.post(address, sent) for _ in range(2))
    [made] = Order.objects.all()
    assert first["Location"] == again["Location"] == f"/orders/{made.public_id}"
    assert (made.total_minor, made.ordered_by) == (15_050, f"{made.workspace.name}@example.com")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Say how much."),
        ("lots", "Write an amount such as 250 or 99.50."),
        ("-1", "Write an amount such as 250 or 99.50."),
        ("1e3", "Write an amount such as 250 or 99.50."),
        ("1,000", "Write an amount such as 250 or 99.50."),
        ("99.99", "Between $100.00 and $20,000.00 at once."),
        ("20000.01", "Between $100.00 and $20,000.00 at once."),
        ("100.001", "USD is paid with 2 decimals."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client: Client, address: str, typed: str, said: str
) -> None:
    sent = {"amount": typed, "key": value(read(client, address), "key")}
    answer = client.post(address, sent)
    page = re.sub(r"\s+", " ", answer.content.decode())
    assert (answer.status_code, wrong(page)) == (422, [said])
    assert (value(page, "amount") or "", value(page, "key")) == (typed, sent["key"])
    assert not Order.objects.exists()


def test_a_currency_without_decimals(client: Client, address: str) -> None:
    Workspace.objects.update(currency="JPY")
    sent = {"amount": "100.5", "key": str(uuid.uuid4())}
    answer = client.post(address, sent)
    assert wrong(answer.content.decode()) == ["JPY is paid with no decimals."]


def test_another_amount_with_the_same_form(client: Client, address: str) -> None:
    key = str(uuid.uuid4())
    client.post(address, {"amount": "150", "key": key})
    answer = client.post(address, {"amount": "250", "key": key})
    page = answer.content.decode()
    assert wrong(page) == ["With this form another amount was ordered. Send it once more."]
    assert value(page, "key") != key
    client.post(address, {"amount": "250", "key": value(page, "key")})
    assert [one.due_minor for one in Order.objects.order_by("id")] == [15_000, 25_000]


@pytest.mark.parametrize("key", ["", "nonsense"])
def test_a_form_without_its_key(client: Client, address: str, key: str) -> None:
    assert client.post(address, {"amount": "150", "key": key}).status_code == 422
    assert not Order.objects.exists()
