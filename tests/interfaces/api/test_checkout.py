"""Adding funds and paying orders over HTTP."""

from typing import Any

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.ports.gateways import Decline
from tests.books import NOW, Books, assert_books_hold, open_books
from tests.fakes.provider import Provider
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller, assert_problem, caller
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import ESSENTIAL, Shop

BACK = "https://example.com/paid?order=1"
CARD = {"method": "card", "return_url": BACK}


@pytest.fixture(autouse=True)
def provider() -> Provider:
    """Who takes cards and PayPal, without a past."""
    fresh = Provider(at=NOW)
    vars(urls.PROVIDER).update(vars(fresh))
    urls.GATEWAY.next = []
    return urls.PROVIDER


def add_funds(api: Caller, amount: Any = "100.00", key: str = "k", **more: Any) -> Any:
    body = {"amount": amount, **more}
    return api.post("/bots/helpdesk/funds", body, idempotency_key=key)


def check_out(api: Caller, order: str, **wanted: Any) -> Any:
    return api.post(f"/orders/{order}/checkout", CARD | wanted)


def reference(answer: Any) -> str:
    """What the provider calls the payment of a page."""
    return str(answer.json()["url"].rpartition("/")[2])


def test_from_funds_to_credit(api: Caller, books: Books, provider: Provider) -> None:
    made = add_funds(api, "150.50")
    assert made.status_code == 201
    order = made.json()
    assert (order["kind"], order["state"], order["total"]) == (
        "funds",
        "awaiting_payment",
        "150.50",
    )
    assert (order["offer"], order["cycle_end_at"], order["due"]) == (None, None, "150.50")
    assert [line["description"] for line in order["lines"]] == ["Credit for helpdesk"]
    page = check_out(api, order["id"])
    [waits] = api.get(f"/orders/{order['id']}").json()["payments"]
    assert (waits["id"], waits["url"]) == (page.json()["payment"], page.json()["url"])
    assert (waits["kind"], waits["provider"], waits["outcome"]) == ("card", "memory", None)
    provider.pay(reference(page))
    paid = api.post(f"/orders/{order['id']}/pay")
    assert_problem(paid, 409, "payment_in_flight", "order")
    tell(api, provider)
    whole = api.get(f"/orders/{order['id']}").json()
    assert (whole["state"], whole["payments"][0]["url"]) == ("fulfilled", None)
    amounts = {
        "total": "150.50",
        "tax": "0.00",
        "due": "0.00",
        "paid": "150.50",
        "refunded": "0.00",
    }
    assert whole.items() >= amounts.items()
    [listed] = api.get("/orders").json()["orders"]
    assert listed.items() >= amounts.items()
    assert [step["event"] for step in whole["steps"]] == ["paid", "fulfilled"]
    assert api.get("/bots/helpdesk/wallet").json()["paid"] == "150.50"
    assert_books_hold()


def tell(api: Caller, provider: Provider) -> None:
    """All that the provider has to say arrives."""
    for notice in provider.told:
        headers, body = provider.sent(notice, NOW)
        kind = "application/json"
        sent = api.client.post("/v1/notices/memory", body, content_type=kind, headers=headers)
        assert sent.status_code == 200


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("99.99", "amount_not_sold"),
        ("20000.01", "amount_not_sold"),
        ("100.001", "amount_too_fine"),
        ("99.999", "amount_too_fine"),
        ("0", "amount_not_sold"),
        ("-1", "invalid"),
        ("+100", "invalid"),
        ("1e3", "invalid"),
        ("100.0001", "invalid"),
        ("100.", "invalid"),
        ("1,000", "invalid"),
        ("１００", "invalid"),
        ("100\n", "invalid"),
        ("NaN", "invalid"),
        ("", "invalid"),
        (100, "invalid"),
        (None, "invalid"),
    ],
)
def test_amounts_that_are_not_taken(api: Caller, amount: Any, code: str) -> None:
    assert_problem(add_funds(api, amount), 422, code, "amount")
    assert api.get("/orders").json()["orders"] == []


@pytest.mark.parametrize("amount", ["100", "100.0", "100.00", "100.000", "20000"])
def test_amounts_that_are_taken(api: Caller, amount: str) -> None:
    assert add_funds(api, amount).json()["total"] in ("100.00", "20000.00")


def test_a_currency_without_decimals(api: Caller) -> None:
    Workspace.objects.update(currency="JPY")
    refused = add_funds(api, "100.5")
    assert_problem(refused, 422, "amount_too_fine", "amount")
    assert refused.json()["detail"] == "JPY is paid with no decimals"
    made = add_funds(api, "150").json()
    assert (made["currency"], made["due"]) == ("JPY", "150")


def test_a_currency_with_three(api: Caller) -> None:
    Workspace.objects.update(currency="KWD")
    assert add_funds(api, "100.125").json()["due"] == "100.125"


def test_the_same_key_is_the_same_order(api: Caller) -> None:
    first = add_funds(api).json()
    assert add_funds(api).json() == first
    assert_problem(add_funds(api, "200"), 409, "key_reused", "Idempotency-Key")
    assert add_funds(api, key="other").json()["id"] != first["id"], "credit may be ordered twice"
    missing = api.post("/bots/helpdesk/funds", {"amount": "100"})
    assert_problem(missing, 422, "invalid", "Idempotency-Key")


def test_a_draft_is_submitted_before_it_is_paid(api: Caller) -> None:
    order = add_funds(api, is_draft=True).json()
    assert order["state"] == "draft"
    assert_problem(check_out(api, order["id"]), 409, "order_not_submitted", "order")
    for act in ("pay", "wire"):
        refused = api.post(f"/orders/{order['id']}/{act}")
        assert_problem(refused, 409, "order_not_submitted", "order")
    for _ in range(2):
        sent = api.post(f"/orders/{order['id']}/submit").json()
        assert (sent["state"], len(sent["steps"])) == ("awaiting_payment", 1)
    assert sent["steps"][0]["by"].startswith("key ")
    assert check_out(api, order["id"]).status_code == 200


def test_the_same_page_is_opened_once(api: Caller, provider: Provider) -> None:
    order = add_funds(api).json()["id"]
    pages = [check_out(api, order).json() for _ in range(2)]
    assert pages[0] == pages[1]
    assert len(provider.paid) == 1


def test_whoever_chooses_another_way_pays_once(api: Caller, provider: Provider) -> None:
    order = add_funds(api).json()["id"]
    card = reference(check_out(api, order))
    paypal = reference(check_out(api, order, method="paypal"))
    assert (provider.paid[card].code, len(provider.paid)) == (Decline.CANCELED, 2)
    provider.pay(paypal)
    assert_problem(check_out(api, order), 409, "order_settled", "order")
    assert api.get(f"/orders/{order}").json()["state"] == "fulfilled"


def test_an_open_page_gives_way(api: Caller, provider: Provider) -> None:
    first, *others = (add_funds(api, key=f"k{number}").json()["id"] for number in range(4))
    provider.pay(reference(check_out(api, first, is_saved=True)))
    tell(api, provider)
    for order, act, state in zip(
        others,
        ("pay", "wire", "cancel"),
        ("fulfilled", "pending_clearance", "canceled"),
        strict=True,
    ):
        page = reference(check_out(api, order))
        done = api.post(f"/orders/{order}/{act}").json()
        assert (done["state"], done["payments"][0]["code"]) == (state, "canceled")
        assert provider.paid[page].code == Decline.CANCELED
    assert_books_hold()


def test_the_page_was_paid_before_it_could_give_way(api: Caller, provider: Provider) -> None:
    first, *others = (add_funds(api, key=f"k{number}").json()["id"] for number in range(4))
    provider.pay(reference(check_out(api, first, is_saved=True)))
    tell(api, provider)
    for order in others:
        provider.pay(reference(check_out(api, order)))
    paid = api.post(f"/orders/{others[0]}/pay").json()
    assert (paid["state"], [one["method"] for one in paid["payments"]]) == ("fulfilled", [None])
    for order, act in zip(others[1:], ("wire", "cancel"), strict=True):
        refused = api.post(f"/orders/{order}/{act}")
        assert_problem(refused, 409, "order_settled", "order")
        assert "paid meanwhile" in refused.json()["detail"]
    assert_books_hold()


def test_a_page_that_cannot_be_closed_now(api: Caller, provider: Provider) -> None:
    order = add_funds(api).json()["id"]
    page = reference(check_out(api, order))
    provider.is_out = True
    for act in ("wire", "cancel"):
        refused = api.post(f"/orders/{order}/{act}")
        assert_problem(refused, 409, "payment_in_flight", "order")
        assert "the page at memory" in refused.json()["detail"]
    provider.is_out = False
    provider.pay(page)
    tell(api, provider)
    assert api.get(f"/orders/{order}").json()["state"] == "fulfilled"


def test_a_payment_that_is_declined_says_why(api: Caller, provider: Provider) -> None:
    order = add_funds(api).json()["id"]
    provider.turn_back(reference(check_out(api, order)), Decline.INSUFFICIENT_FUNDS)
    tell(api, provider)
    found = api.get(f"/orders/{order}").json()
    [declined] = found["payments"]
    assert (declined["outcome"], declined["code"]) == ("declined", "insufficient_funds")
    assert found["state"] == "awaiting_payment"
    assert check_out(api, order).json()["payment"] != declined["id"]


def test_a_saved_method_is_charged(api: Caller, provider: Provider) -> None:
    first = add_funds(api).json()["id"]
    provider.pay(reference(check_out(api, first, is_saved=True)))
    tell(api, provider)
    [method] = api.get("/payment-methods").json()["methods"]
    order = add_funds(api, key="second").json()["id"]
    paid = api.post(f"/orders/{order}/pay", {"method": method["id"]}).json()
    assert (paid["state"], paid["payments"][0]["method"]) == ("fulfilled", method["id"])
    third = add_funds(api, key="third").json()["id"]
    refused = api.post(f"/orders/{third}/pay", {"method": "pm_none"})
    assert_problem(refused, 404, "not_found", "method")
    assert api.post(f"/orders/{third}/pay").json()["state"] == "fulfilled", "it is the default"


def test_what_came_by_wire(api: Caller, shop: Shop) -> None:
    order = shop.fund(10_000)
    assert api.get(f"/orders/{order.public_id}").json()["wire"] is None
    Bank(shop).send(paying(order, 4_000))
    wire = api.get(f"/orders/{order.public_id}").json()["wire"]
    assert wire == {"received": "40.00", "missing": "60.00", "unneeded": "0.00"}


def test_wire(api: Caller, shop: Shop) -> None:
    order = add_funds(api).json()["id"]
    for _ in range(2):
        waits = api.post(f"/orders/{order}/wire").json()
        assert (waits["state"], len(waits["steps"])) == ("pending_clearance", 1)
    assert check_out(api, order).status_code == 200, "other ways stay open"
    shop.buy(ESSENTIAL)
    up = api.post("/bots/helpdesk/orders", {"offer": ESSENTIAL, "seats": 9}, idempotency_key="u")
    refused = api.post(f"/orders/{up.json()['id']}/wire")
    assert_problem(refused, 403, "wire_too_slow", "method")


@pytest.fixture
def shop(books: Books) -> Shop:
    shop = Shop.opened(books)
    shop.at = NOW
    return shop


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"return_url": None}, "return_url"),
        ({"return_url": f"https://example.com/{'x' * 3_000}"}, "return_url"),
        ({"method": "wire"}, "method"),
        ({"method": "by_hand"}, "method"),
        ({"method": None}, "method"),
        ({"is_saved": "yes"}, "is_saved"),
        ({"is_saved": 1}, "is_saved"),
        ({"is_save": True}, "is_save"),
    ],
)
def test_what_cannot_be_asked_of_a_page(api: Caller, wanted: Any, field: str) -> None:
    order = add_funds(api).json()["id"]
    assert_problem(check_out(api, order, **wanted), 422, "invalid", field)
    assert api.get(f"/orders/{order}").json()["payments"] == []


@pytest.mark.parametrize(
    "address",
    [
        *("", "/orders", "//example.com", "ftp://example.com/", "javascript:alert(1)"),
        *("https://ann:secret@example.com/", "https://example.com/a b", "https://example.com/\n"),
    ],
)
def test_where_no_buyer_is_sent(api: Caller, address: str) -> None:
    order = add_funds(api).json()["id"]
    assert_problem(check_out(api, order, return_url=address), 422, "bad_address", "return_url")
    assert api.get(f"/orders/{order}").json()["payments"] == []


def test_nobody_takes_this_here(api: Caller, provider: Provider) -> None:
    provider.kinds = frozenset()
    order = add_funds(api).json()["id"]
    assert_problem(check_out(api, order), 422, "method_not_taken", "method")


def test_a_provider_that_is_out(api: Caller, provider: Provider) -> None:
    order = add_funds(api).json()["id"]
    provider.is_out = True
    assert_problem(check_out(api, order), 429, "provider_unavailable", None)
    provider.is_out = False
    assert check_out(api, order).status_code == 200
    assert len(api.get(f"/orders/{order}").json()["payments"]) == 1


def test_what_is_settled_is_not_paid_again(api: Caller) -> None:
    order = add_funds(api).json()["id"]
    urls.GATEWAY.next = [Outcome.SUCCEEDED]
    assert api.post(f"/orders/{order}/pay").json()["state"] == "fulfilled"
    assert_problem(check_out(api, order), 409, "order_settled", "order")
    for act in ("pay", "wire", "submit", "cancel"):
        assert_problem(api.post(f"/orders/{order}/{act}"), 409, "order_settled", "order")


def test_nothing_of_another_workspace(api: Caller) -> None:
    order = add_funds(api).json()["id"]
    other = caller(open_books("elsewhere"))
    assert_problem(check_out(other, order), 404, "not_found", "order")
    for act in ("pay", "wire", "submit"):
        assert_problem(other.post(f"/orders/{order}/{act}"), 404, "not_found", "order")
    assert_problem(add_funds(other), 404, "not_found", "bot")
    body = {"amount": "300"}
    mine = other.post("/bots/elsewhere/funds", body, idempotency_key="k")
    assert mine.status_code == 201, "the key is another one in another workspace"
