"""The pages of orders: the list, one order until it is paid, and adding funds."""

import re
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from quartermaster.core.formats import creditor_reference
from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Event, State
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.pages.orders import words
from quartermaster.store.billing import operations as billing
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.wires import operations as wires
from quartermaster.usecases.orders.wires.pay_waiting import pay_waiting
from quartermaster.usecases.ports.gateways import Decline, Gateways
from tests.books import NOW, Books, assert_books_hold, open_books
from tests.fakes.provider import Provider
from tests.interfaces.console import urls
from tests.interfaces.console.till import act, badge, buttons, fresh_provider, leave, order
from tests.interfaces.console.visits import (
    at_most,
    read,
    rows,
    signed_in,
    text,
)
from tests.usecases.orders.wires.bank import paying

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]


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


def state(name: str) -> str:
    return Order.objects.get(public_id=name).state


def test_before_anything_is_ordered(client: Client) -> None:
    page = read(client, "/orders")
    assert "Nothing was ordered yet" in text(page)
    assert 'href="/wallets"' in page.partition("<main")[2]


def test_the_list(client: Client, books: Books, provider: Provider) -> None:
    paid, waits, wired = (order(books) for _ in range(3))
    provider.pay(leave(client, paid, "card"))
    read(client, f"/orders/{paid}", returned="1")
    act(client, wired, "pay", way="wire")
    what = "Credit helpdesk"
    listed = rows(read(client, "/orders"), "Orders")
    day = "Nov 22, 2026"
    assert listed == [
        [wired, what, day, "$150.50", "Wire transfer", "Pending payment clearance", "–"],
        [waits, what, day, "$150.50", "–", "To be paid", "–"],
        [paid, what, day, "$150.50", "Card", "Paid", "QM-000001 PDF , HTML"],
    ]


def test_pages_of_the_list(client: Client, books: Books) -> None:
    made = [order(books) for _ in range(27)]
    page = read(client, "/orders")
    first = [row[0] for row in rows(page, "Orders")]
    [after] = re.findall(r'href="(\?after=[^"]+)"', page)
    rest = [row[0] for row in rows(read(client, f"/orders{after}"), "Orders")]
    assert first + rest == made[::-1]
    assert len(rest) == 2
    assert rows(read(client, "/orders?after=nonsense%00"), "Orders")
    with at_most(10):
        client.get("/orders")


def test_an_order_that_is_to_be_paid(client: Client, books: Books) -> None:
    name = order(books)
    page = read(client, f"/orders/{name}")
    assert badge(page) == "To be paid"
    assert rows(page, "What was ordered")[0] == ["Credit for helpdesk", "$150.50", "$150.50"]
    assert buttons(page) == ["PayPal", "Card", "Wire transfer", "Cancel the order"]
    assert page.index("btn-primary") < page.index('value="paypal"') < page.index('value="card"')
    assert rows(page, "What happened") == [
        ["Nov 22, 2026, 12:00:00", "Ordered", "buyer@example.com"]
    ]


def test_there_and_back(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    reference = leave(client, name, is_saved="on")
    assert queries.get_of(books.workspace.id, name).state == State.AWAITING_PAYMENT
    [payment] = queries.payments_of(Order.objects.get().id)
    assert payment.return_url == f"http://testserver/orders/{name}?returned=1"
    assert (payment.kind, payment.is_saved) == ("paypal", True)
    provider.pay(reference)
    page = read(client, f"/orders/{name}", returned="1")
    assert badge(page) == "Paid"
    assert "It is done: what was ordered is there." in text(page)
    assert buttons(page) == []
    assert [row[2] for row in rows(page, "Payments")] == ["Paid"]
    assert [row[1] for row in rows(page, "What happened")] == [
        "Ordered",
        "Paid",
        "What was ordered was given",
    ]
    assert books.paid() == 150_500_000
    assert badge(read(client, f"/orders/{name}", returned="1")) == "Paid", "once is enough"
    assert_books_hold()


def test_what_the_bank_has_called_back(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    provider.pay(leave(client, name))
    assert "called back" not in text(read(client, f"/orders/{name}", returned="1"))
    for lost_minor, words_ in ((0, "not decided yet"), (15_050, "the buyer keeps the money")):
        Payment.objects.update(disputed_minor=15_050, lost_minor=lost_minor)
        page = text(read(client, f"/orders/{name}"))
        assert "The bank has called back $150.50." in page
        assert words_ in page
        assert page.index("The bank has called back") < page.index("What was ordered")


def test_behind_a_proxy_they_come_back_to_what_browsers_see(
    client: Client, books: Books, settings: Any
) -> None:
    name = order(books)
    proxied: Any = ModuleType("proxied")
    proxied.urlpatterns = addresses.build(replace(urls.SHELL, origin="https://qm.example"))
    settings.ROOT_URLCONF = proxied
    leave(client, name)
    [payment] = queries.payments_of(Order.objects.get().id)
    assert payment.return_url == f"https://qm.example/orders/{name}?returned=1"


def test_without_coming_back_nobody_is_asked(
    client: Client, books: Books, provider: Provider
) -> None:
    name = order(books)
    provider.pay(leave(client, name))
    assert badge(read(client, f"/orders/{name}")) == "To be paid"


@pytest.mark.parametrize("why", set(Decline) - {Decline.CANCELED})
def test_a_payment_that_was_declined(
    client: Client, books: Books, provider: Provider, why: Decline
) -> None:
    name = order(books)
    provider.turn_back(leave(client, name, "card"), why)
    page = read(client, f"/orders/{name}", returned="1")
    assert "The payment was declined, and nothing was taken." in text(page)
    assert text(page).count(words.DECLINES[why]) == 2
    assert buttons(page)[:2] == ["PayPal", "Card"], "another attempt may follow"


def test_another_way_closes_the_page(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    card = leave(client, name, "card")
    provider.pay(leave(client, name, "paypal"))
    assert provider.paid[card].code == Decline.CANCELED
    page = read(client, f"/orders/{name}", returned="1")
    assert badge(page) == "Paid"
    assert len(rows(page, "Payments")) == 2


def test_a_saved_method_pays_at_once(client: Client, books: Books, provider: Provider) -> None:
    first, second = order(books), order(books)
    provider.pay(leave(client, first, "card", is_saved="on"))
    read(client, f"/orders/{first}", returned="1")
    page = read(client, f"/orders/{second}")
    assert "With Visa 4242 (default)" in buttons(page)
    [method] = re.findall(r'name="way" value="(pm_\w+)"', page)
    paid = act(client, second, "pay", way=method)
    assert (paid.status_code, paid["Location"]) == (302, f"/orders/{second}")
    assert state(second) == State.FULFILLED
    assert rows(read(client, "/orders"), "Orders")[0][4] == "Visa 4242"


def test_a_saved_method_that_hesitates(client: Client, books: Books, provider: Provider) -> None:
    first, second = order(books), order(books)
    provider.pay(leave(client, first, "card", is_saved="on"))
    page = read(client, f"/orders/{first}", returned="1")
    [method] = re.findall(r'name="way" value="(pm_\w+)"', read(client, f"/orders/{second}"))
    provider.hesitates = True
    act(client, second, "pay", way=method)
    page = read(client, f"/orders/{second}")
    assert "We are waiting for your bank." in text(page)
    refused = act(client, second, "cancel")
    assert refused.status_code == 409
    assert "This was not done." in text(refused.content.decode())
    provider.settle()
    assert badge(read(client, f"/orders/{second}", returned="1")) == "Paid"


def test_wire(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    act(client, name, "pay", way="wire")
    page = read(client, f"/orders/{name}")
    assert badge(page) == "Pending payment clearance"
    assert "Transfer $150.50" in text(page)
    assert "The bank details are not set up yet." in text(page)
    assert buttons(page) == ["PayPal", "Card", "Cancel the order"], "other ways stay open"
    assert rows(page, "What happened")[1][1:] == [
        "Payment by wire chosen",
        f"{books.workspace.name}@example.com",
    ]
    provider.pay(leave(client, name, "card"))
    assert badge(read(client, f"/orders/{name}", returned="1")) == "Paid"


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (5_000, "$50.00 of $150.50 came by bank transfer, and $100.50 is missing."),
        (16_050, "$160.50 came by bank transfer, $10.00 more than is due."),
    ],
)
def test_a_wire_that_is_not_what_is_due(client: Client, books: Books, came: int, said: str) -> None:
    name = order(books)
    act(client, name, "pay", way="wire")
    arrive(name, came)
    shown = text(read(client, f"/orders/{name}"))
    assert said in shown
    assert ("Transfer $100.50" in shown) == (came == 5_000)
    assert "Transfer $150.50" not in shown
    act(client, name, "cancel")
    shown = text(read(client, f"/orders/{name}"))
    assert "came by bank transfer that this order did not need." in shown


def test_who_brought_an_exact_wire(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    arrive(name, 15_050)
    assert list(pay_waiting(Gateways((provider,)), lambda _: NOW))
    page = read(client, f"/orders/{name}")
    assert badge(page) == "Paid"
    assert [row[2] for row in rows(page, "What happened") if row[1] == "Paid"] == [
        "Bank transfer with the exact reference"
    ]


def arrive(name: str, amount_minor: int) -> None:
    """So much comes by bank for an order."""
    file = wires.add_file("s.xml", name.encode(), "olga", NOW)
    assert file is not None
    wires.add_entries(file, "DE1", [paying(Order.objects.get(public_id=name), amount_minor)])


def test_where_a_wire_goes(client: Client, books: Books) -> None:
    name = order(books)
    act(client, name, "pay", way="wire")
    bank = Bank("Example GmbH", "DE02120300000000202051", "BYLADEM1001", "DKB")
    billing.set_seller(Seller(Party("Example GmbH"), "EX", bank=bank), NOW)
    shown = text(read(client, f"/orders/{name}"))
    reference = creditor_reference.printed(creditor_reference.of(name))
    for said in ("Example GmbH", "DE02 1203 0000 0000 2020 51", "BYLADEM1001", reference):
        assert said in shown


def test_a_draft(client: Client, books: Books) -> None:
    name = order(books, is_draft=True)
    page = read(client, f"/orders/{name}")
    assert buttons(page) == ["Submit the order", "Cancel the order"]
    assert act(client, name, "submit")["Location"] == f"/orders/{name}"
    assert badge(read(client, f"/orders/{name}")) == "To be paid"
    assert act(client, name, "cancel").status_code == 302
    page = read(client, f"/orders/{name}")
    assert (badge(page), buttons(page)) == ("Canceled", [])
    [step] = [row for row in rows(page, "What happened") if row[1] == "Canceled"]
    assert step[2] == f"{books.workspace.name}@example.com"


def test_canceling_closes_the_page(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    reference = leave(client, name)
    page = read(client, f"/orders/{name}")
    assert buttons(page)[-1] == "Cancel the order"
    assert "Nobody can pay on the page that is open." in text(page)
    act(client, name, "cancel")
    assert provider.paid[reference].code == Decline.CANCELED
    page = read(client, f"/orders/{name}")
    assert (badge(page), buttons(page)) == ("Canceled", [])


def test_canceling_what_was_paid_meanwhile(
    client: Client, books: Books, provider: Provider
) -> None:
    name = order(books)
    provider.pay(leave(client, name))
    refused = act(client, name, "cancel")
    assert refused.status_code == 409
    assert "It was paid meanwhile: the order is fulfilled already" in text(refused.content.decode())
    assert badge(refused.content.decode()) == "Paid"


def test_refusals_are_told_on_the_page(client: Client, books: Books, provider: Provider) -> None:
    name = order(books)
    provider.is_out = True
    refused = act(client, name, "pay", way="card")
    assert refused.status_code == 429
    assert "The payment provider cannot be reached" in text(refused.content.decode())
    assert act(client, name, "pay", way="nonsense").status_code == 404
    assert act(client, name, "pay").status_code == 404
    provider.is_out = False
    provider.pay(leave(client, name, "card"))
    late = act(client, name, "pay", way="paypal")
    assert late.status_code == 409
    assert "Paid" in badge(late.content.decode())


@pytest.mark.parametrize("what", ["pay", "submit", "cancel"])
def test_whoever_only_looks_where_forms_go_is_shown_the_order(
    client: Client, books: Books, what: str
) -> None:
    name = order(books)
    for look in (client.get, client.head):
        answer = look(f"/orders/{name}/{what}")
        assert (answer.status_code, answer["Location"]) == (302, f"/orders/{name}")
    assert client.put(f"/orders/{name}/{what}").status_code == 405
    assert state(name) == State.AWAITING_PAYMENT
    signed_out = Client().post(f"/orders/{name}/{what}", follow=True)
    assert signed_out.redirect_chain[0][0].endswith(f"?next=/orders/{name}/{what}")


def test_nobody_takes_cards_here(client: Client, books: Books, provider: Provider) -> None:
    provider.kinds = frozenset()
    page = read(client, f"/orders/{order(books)}")
    assert buttons(page) == ["Wire transfer", "Cancel the order"]
    assert "Nobody takes PayPal or cards here." in text(page)


def test_only_members_see_it(client: Client, books: Books) -> None:
    name = order(books)
    assert Client().get(f"/orders/{name}").status_code == 302
    assert Client().post(f"/orders/{name}/pay", {"way": "wire"}).status_code == 302
    other = signed_in(open_books("elsewhere"))
    assert other.get(f"/orders/{name}").status_code == 404
    for what in ("pay", "submit", "cancel", "withdraw"):
        assert act(other, name, what, way="wire").status_code == 404
    bot = books.bots["helpdesk"].public_id
    assert other.get(f"/wallets/{bot}/funds").status_code == 404
    assert rows(read(other, "/orders"), "Orders") == []
    assert state(name) == State.AWAITING_PAYMENT


def test_forms_have_their_token(books: Books) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(books).cookies
    assert act(strict, order(books), "pay", way="wire").status_code == 403


def test_every_state_and_event_has_its_words() -> None:
    assert set(words.STATUS) == set(State)
    assert set(words.EVENTS) == set(Event)
    assert set(words.KINDS) == set(MethodKind)
    assert set(words.DECLINES) == set(Decline)
    assert set(words.AT_PAYPAL) < set(Decline)
