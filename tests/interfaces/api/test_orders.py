"""Subscriptions and orders over HTTP."""

import json
import uuid
from typing import Any

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions import operations
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from tests.books import NOW, Books, open_books
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller, assert_problem, caller
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, Shop

BOT = "/bots/helpdesk"


@pytest.fixture
def shop(books: Books, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A catalog to buy from, and a gateway that does as it is told."""
    shop = Shop.opened(books)
    shop.at = NOW
    shop.gateway.next = urls.GATEWAY.next = []
    return shop


def order(api: Caller, offer: str, key: str = "k", **more: Any) -> Any:
    return api.post(f"{BOT}/orders", {"offer": offer, **more}, idempotency_key=key)


def buy(api: Caller, offer: str, key: str = "k", **more: Any) -> Any:
    made = order(api, offer, key, **more).json()
    return api.post(f"/orders/{made['id']}/pay").json()


def test_preview_order_and_pay(api: Caller, shop: Shop) -> None:
    wanted = {"offer": ESSENTIAL, "cadence": "annual", "seats": 5}
    preview = api.post(f"{BOT}/subscriptions/preview", wanted)
    made = order(api, ESSENTIAL, cadence="annual", seats=5)
    assert (preview.status_code, made.status_code) == (200, 201)
    assert (preview.json()["total"], preview.json()["is_now"]) == ("900.00", True)
    assert made.json()["lines"] == preview.json()["lines"]
    assert [one["formula"] for one in made.json()["lines"]] == [
        "$600.00",
        "2 included + 3 × $100.00 = $300.00",
    ]
    assert (made.json()["state"], made.json()["payments"]) == ("awaiting_payment", [])
    found = api.get(f"{BOT}/subscriptions").json()
    assert found == {"subscriptions": [], "support": "support/basic"}
    paid = api.post(f"/orders/{made.json()['id']}/pay").json()
    assert (paid["state"], paid["payments"][0]["outcome"]) == ("fulfilled", "succeeded")
    assert api.get(f"/orders/{paid['id']}").json() == paid
    [has] = api.get(f"{BOT}/subscriptions").json()["subscriptions"]
    assert (has["offer"], has["cadence"], has["seats"]) == (ESSENTIAL, "annual", 5)
    assert (has["id"], has["place"], has["next"]) == (paid["subscription"], PRODUCT, None)


def test_the_same_key_is_the_same_order(api: Caller, shop: Shop) -> None:
    first = order(api, ESSENTIAL, "a").json()
    assert order(api, ESSENTIAL, "a").json() == first
    assert_problem(order(api, ADVANCED, "a"), 409, "key_reused", "Idempotency-Key")
    assert_problem(order(api, ADVANCED, "b"), 409, "change_in_progress", "offer")
    assert len(api.get("/orders").json()["orders"]) == 1


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "k" * 201])
def test_a_key_is_needed(api: Caller, shop: Shop, key: str) -> None:
    response = order(api, ESSENTIAL, key)
    assert_problem(response, 422, "invalid", "Idempotency-Key")
    missing = api.post(f"{BOT}/orders", {"offer": ESSENTIAL})
    assert_problem(missing, 422, "invalid", "Idempotency-Key")
    assert missing.json()["detail"] == "send the header Idempotency-Key"


def test_a_payment_that_is_not_known_and_one_that_is_declined(api: Caller, shop: Shop) -> None:
    made = order(api, ESSENTIAL).json()
    urls.GATEWAY.next = [Outcome.UNKNOWN, Outcome.DECLINED]
    waits = api.post(f"/orders/{made['id']}/pay").json()
    assert (waits["state"], waits["payments"][0]["outcome"]) == ("awaiting_payment", None)
    assert_problem(api.post(f"/orders/{made['id']}/cancel"), 409, "payment_in_flight", "order")
    declined = api.post(f"/orders/{made['id']}/pay").json()
    assert declined["payments"][0]["reason"] == "insufficient funds"
    assert api.post(f"/orders/{made['id']}/cancel").json()["state"] == "canceled"
    assert_problem(api.post(f"/orders/{made['id']}/pay"), 409, "order_settled", "order")


def test_up_and_down(api: Caller, shop: Shop) -> None:
    buy(api, ESSENTIAL, "a")
    up = buy(api, ADVANCED, "b")
    assert [one["what"] for one in up["lines"]] == ["unused", "fee"]
    down = order(api, ESSENTIAL, "c").json()
    assert (down["kind"], down["state"], down["total"]) == ("schedule", "fulfilled", "0.00")
    [has] = api.get(f"{BOT}/subscriptions").json()["subscriptions"]
    following = {"offer": ESSENTIAL, "version": 1, "cadence": "monthly", "seats": 2}
    assert has["next"] == following
    kept = api.post(f"{BOT}/subscriptions/{PRODUCT}/keep").json()
    assert kept["next"] is None


def test_trial_cancel_and_keep(api: Caller, shop: Shop) -> None:
    begun = api.post(f"{BOT}/trials", {"offer": ESSENTIAL})
    assert (begun.status_code, begun.json()["state"]) == (201, "trialing")
    ended = api.post(f"{BOT}/subscriptions/{PRODUCT}/cancel").json()
    assert ended["state"] == "canceled"
    buy(api, ESSENTIAL)
    assert api.post(f"{BOT}/subscriptions/{PRODUCT}/cancel").json()["is_ending"]
    assert not api.post(f"{BOT}/subscriptions/{PRODUCT}/keep").json()["is_ending"]
    found = api.get(f"{BOT}/subscriptions").json()["subscriptions"]
    assert [one["state"] for one in found] == ["active", "canceled"]


def test_pages_of_orders(api: Caller, shop: Shop) -> None:
    for bot in ("helpdesk", "bookings"):
        buyer = Shop(shop.books, shop.books.bots[bot], at=NOW)
        buyer.buy(ESSENTIAL)
        for key in ("support/enhanced", "add_on/advanced_rag"):
            buyer.order(key)
    found = api.pages("/orders", "orders", limit=2)
    assert len({one["id"] for one in found}) == 6
    assert [one["place"] for one in api.get("/orders", bot="bookings").json()["orders"]] == [
        "advanced_rag",
        "support",
        PRODUCT,
    ]


SAID = [
    ("orders", {"offer": "plan/x"}, (404, "not_sold", "offer")),
    ("orders", {"offer": ESSENTIAL, "seats": 1}, (422, "seats_not_offered", "seats")),
    (
        "orders",
        {"offer": "support/basic", "cadence": "annual"},
        (422, "cadence_not_offered", "cadence"),
    ),
    ("orders", {"offer": ESSENTIAL, "cadence": "weekly"}, (422, "invalid", "cadence")),
    ("orders", {"offer": ESSENTIAL, "seats": "3"}, (422, "invalid", "seats")),
    ("orders", {"offer": ESSENTIAL, "seats": -1}, (422, "invalid", "seats")),
    ("orders", {"offer": "a\x00b"}, (422, "invalid", "offer")),
    ("orders", {}, (422, "invalid", "offer")),
    ("orders", {"offer": ADVANCED}, (422, "nothing_changes", "offer")),
    ("orders", {"offer": ESSENTIAL, "seats": 9}, (403, "mixed_change", "offer")),
    ("trials", {"offer": ADVANCED}, (409, "subscribed_already", "offer")),
    ("trials", {"offer": "support/basic"}, (403, "no_trial", "offer")),
    (f"subscriptions/{PRODUCT}/keep", {}, (409, "nothing_to_take_back", "place")),
    ("subscriptions/nothing/cancel", {}, (404, "not_found", "place")),
]


@pytest.mark.parametrize(("path", "body", "said"), SAID)
def test_refusals(
    api: Caller, shop: Shop, path: str, body: Any, said: tuple[int, str, str]
) -> None:
    buy(api, ADVANCED)
    assert_problem(api.post(f"{BOT}/{path}", body, idempotency_key="x"), *said)


def test_what_is_in_use_cannot_go(api: Caller, shop: Shop) -> None:
    buy(api, ADVANCED)
    operations.tell_limit(shop.bot.id, PRODUCT, "queues", 6, NOW)
    refused = order(api, ESSENTIAL, "b")
    assert_problem(refused, 403, "more_in_use", "offer")
    assert refused.json()["detail"] == "queues: 6 in use, 5 allowed"


def test_a_catalog_in_another_currency(api: Caller, shop: Shop) -> None:
    Workspace.objects.update(currency="EUR")
    assert_problem(order(api, ESSENTIAL), 403, "other_currency", "offer")


def test_a_body_that_is_no_json(api: Caller, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "x"}
    kind = "application/json"
    sent = api.client.post(f"/v1{BOT}/orders", "{", content_type=kind, headers=headers)
    assert_problem(sent, 400, "invalid", None)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_said_to_be_json(api: Caller, shop: Shop, kind: str) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "x"}
    body = json.dumps({"offer": ESSENTIAL})
    sent = api.client.post(f"/v1{BOT}/orders", body, content_type=kind, headers=headers)
    assert_problem(sent, 415, "unsupported_media_type", "Content-Type")


def test_a_field_that_is_there_twice(api: Caller, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "x"}
    kind = "application/json; charset=utf-8"
    body = f'{{"offer": "{ADVANCED}", "offer": "{ESSENTIAL}"}}'
    sent = api.client.post(f"/v1{BOT}/orders", body, content_type=kind, headers=headers)
    assert_problem(sent, 422, "invalid", "offer")
    assert api.get("/orders").json()["orders"] == []


def test_nothing_of_another_workspace(api: Caller, shop: Shop) -> None:
    made = order(api, ESSENTIAL).json()
    other = caller(open_books("elsewhere"))
    assert other.get("/orders").json()["orders"] == []
    for path in ("", "/pay", "/cancel"):
        ask = other.post if path else other.get
        assert_problem(ask(f"/orders/{made['id']}{path}"), 404, "not_found", "order")
    for path in ("orders", "trials", "subscriptions/preview", "subscriptions/support/cancel"):
        body = {"offer": ESSENTIAL}
        assert_problem(
            other.post(f"{BOT}/{path}", body, idempotency_key="k"), 404, "not_found", "bot"
        )
    assert_problem(other.get(f"{BOT}/subscriptions"), 404, "not_found", "bot")
    mine = other.post("/bots/elsewhere/orders", {"offer": ADVANCED}, idempotency_key="k")
    assert mine.status_code == 201, "the key is another one in another workspace"


def test_a_contract_orders_without_paying(api: Caller, shop: Shop) -> None:
    agree_contract(Wanted(shop.books.workspace), uuid.uuid4(), NOW)
    assert order(api, ESSENTIAL).json()["state"] == "fulfilled"


def test_what_was_tried_is_not_tried_again(api: Caller, shop: Shop) -> None:
    body = {"offer": ESSENTIAL}
    api.post(f"{BOT}/trials", body)
    assert_problem(api.post(f"{BOT}/trials", body), 409, "tried_before", "offer")


def test_a_missing_body_is_named(api: Caller, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "Idempotency-Key": "k"}
    for path in (f"{BOT}/subscriptions/preview", f"{BOT}/orders"):
        kind = "application/json"
        answer = api.client.post(f"/v1{path}", "", content_type=kind, headers=headers)
        assert_problem(answer, 422, "invalid", "body")
        assert_problem(api.post(path, idempotency_key="k"), 422, "invalid", "offer")
