"""What programs ask, and what they are refused."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.fakes.sandbox import SHOP, Sandbox

ASKED = {"kind": "card", "amount_minor": 500, "currency": "USD", "return_url": SHOP}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "cash"}, "kind"),
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": 1.5}, "amount_minor"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "XYZ"}, "currency"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"return_url": "http://[::1"}, "return_url"),
        ({"return_url": "http://shop.example:99999/"}, "return_url"),
        ({"return_url": "http://shop.example/\r\nX: y"}, "return_url"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"kind": "wire", "save": True}, "save"),
        ({"colour": "red"}, "colour"),
        ({"return_url": None}, "return_url"),
    ],
)
def test_what_is_wrong_is_named(shared: Sandbox, change: dict[str, Any], field: str) -> None:
    response = shared.ask("POST", "/v1/checkouts", ASKED | change)
    assert (response.status_code, response.json()["field"]) == (422, field)


def test_what_is_no_request_at_all_is_refused(shared: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {shared.keys.secret}", "Idempotency-Key": "no-request"}
    for body, code in (
        (b"{", "malformed_json"),
        (b'{"kind": "\\ud800"}', "malformed_json"),
        (b"[" * 30_000, "invalid"),
        (b'{"metadata": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "invalid"),
        (b" " * 65_537, "too_large"),
    ):
        # a connection of its own: one with an unread body is closed
        response = httpx.post(f"{shared.url}/v1/checkouts", content=body, headers=headers)
        assert response.json()["code"] == code
    assert shared.ask("PUT", "/v1/webhook", {"url": "http://["}).json()["field"] == "url"


@pytest.mark.parametrize("field", ASKED)
def test_what_is_missing_is_named(shared: Sandbox, field: str) -> None:
    rest = {name: value for name, value in ASKED.items() if name != field}
    response = shared.ask("POST", "/v1/checkouts", rest)
    assert (response.status_code, response.json()["field"]) == (422, field)


def test_without_the_secret_nothing_is_told(shared: Sandbox) -> None:
    for headers in ({}, {"Authorization": "Bearer sandbox_guessed"}):
        response = shared.client.get("/v1/payments", headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")


def test_what_makes_something_needs_a_key(shared: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {shared.keys.secret}"}
    response = shared.client.post("/v1/checkouts", json=ASKED, headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "key_missing")


def test_addresses_say_what_they_take(shared: Sandbox) -> None:
    assert shared.ask("DELETE", "/v1/payments").status_code == 405
    assert shared.ask("GET", "/v1/payments/pay_none").json()["code"] == "not_found"
    assert shared.client.get("/pay/pay_none").status_code == 404
    charged = shared.charge(shared.saved_card()["id"])
    assert charged["url"] is None
    assert shared.client.get(f"/pay/{charged['id']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "field", "text"),
    [
        ("/v1/payments", "start", "yesterday"),
        ("/v1/payments", "end", "9999-12-31T23:59:59-05:00"),
        ("/v1/payments", "limit", "0"),
        ("/v1/payments", "after", "x"),
        ("/v1/payments", "after", "%%%"),
        ("/v1/bank/entries", "end", "9999-12-31"),
        ("/v1/bank/statements/camt.053", "end", "2000-01-01"),
        ("/v1/methods", "payer", ""),
    ],
)
def test_a_query_that_cannot_be_taken_is_named(
    shared: Sandbox, path: str, field: str, text: str
) -> None:
    response = shared.ask("GET", path, **{field: text})
    assert (response.status_code, response.json()["field"]) == (422, field)


def test_a_setup_is_no_payment(shared: Sandbox) -> None:
    setup = shared.told("POST", "/v1/setups", {"kind": "card", "return_url": SHOP})
    assert shared.ask("GET", f"/v1/payments/{setup['id']}").status_code == 404
    assert shared.told("POST", f"/v1/setups/{setup['id']}/cancel")["state"] == "canceled"


def test_refunds_never_exceed_what_was_paid(shared: Sandbox) -> None:
    checkout = shared.checkout()
    path = f"/v1/payments/{checkout['id']}/refunds"
    assert shared.ask("POST", path, {"amount_minor": 1}).json()["code"] == "not_paid"
    shared.buyer().pay(checkout["url"])
    made = shared.told("POST", path, {"amount_minor": 4_000, "reason": "unused"})
    assert shared.told("GET", f"/v1/refunds/{made['id']}") == made
    refused = shared.ask("POST", path, {"amount_minor": 2_001})
    assert (refused.status_code, refused.json()["code"]) == (422, "more_than_paid")
    assert refused.json()["field"] == "amount_minor"
    assert shared.told("POST", path)["amount_minor"] == 2_000
    assert shared.ask("POST", path).status_code == 422
    assert shared.payment(checkout["id"])["refunded_minor"] == 6_000


@pytest.mark.parametrize(("outcome", "gone"), [("won", 0), ("lost", 1_000)])
def test_a_dispute_takes_the_money_until_it_is_won(
    shared: Sandbox, outcome: str, gone: int
) -> None:
    checkout = shared.checkout()
    shared.buyer().pay(checkout["url"])
    path = f"/v1/payments/{checkout['id']}/disputes"
    made = shared.told("POST", path, {"amount_minor": 1_000})
    assert shared.payment(checkout["id"])["disputed_minor"] == 1_000
    closed = shared.told("POST", f"/v1/disputes/{made['id']}/close", {"outcome": outcome})
    assert closed["state"] == shared.told("GET", f"/v1/disputes/{made['id']}")["state"] == outcome
    told = shared.payment(checkout["id"])
    assert (told["disputed_minor"], told["lost_minor"]) == (gone, gone)


def test_payments_are_listed_by_the_time_they_began(shared: Sandbox) -> None:
    start = datetime.now(UTC).isoformat()
    made = [shared.checkout(amount_minor=amount)["id"] for amount in (1, 2, 3)]
    end = datetime.now(UTC).isoformat()
    shared.checkout()
    first = shared.told("GET", "/v1/payments", start=start, end=end, limit="2")
    rest = shared.told("GET", "/v1/payments", start=start, end=end, after=first["next"])
    assert [one["id"] for one in (*first["payments"], *rest["payments"])] == made
    assert rest["next"] is None


def test_operators_give_back_and_settle_on_pages(shared: Sandbox) -> None:
    checkout = shared.checkout(description="Advanced plan")
    shared.buyer().pay(checkout["url"])
    person = shared.buyer()
    assert "Advanced plan" in person.visit("/")
    person.visit(f"/payments/{checkout['id']}")
    assert "At most $60.00 is left" in person.send("", act="refund", amount="60.01").text
    assert "Enter an amount" in person.send("", act="refund", amount="much").text
    person.send("", act="refund", amount="10.50")
    person.send("", act="dispute", amount="20")
    told = shared.payment(checkout["id"])
    assert (told["refunded_minor"], told["disputed_minor"]) == (1_050, 2_000)
