"""Plans that are paid by PayPal, and support that is renewed until it cannot be."""

import html
from decimal import Decimal
from typing import Any

from tests.acceptance.journeys.market import BOT, Customer, Market

ADVANCED, ENTERPRISE = "plan/automation_ai/advanced", "plan/automation_ai/enterprise"
DECLINED_LATER = "4000000000000341"


def test_a_plan_is_bought_by_paypal_and_changed_in_mid_cycle(market: Market) -> None:
    with market.customer("paypal") as customer:
        account = customer.save_paypal()
        customer.save_card("4242424242424242")
        customer.told("PUT", "/billing-profile", {"name": "Ada", "country": "FR"})
        [first, _] = customer.get("/payment-methods")["methods"]
        assert (first["id"], first["kind"], first["is_default"]) == (account, "paypal", True)
        bought = customer.told("POST", f"/orders/{customer.buy(ADVANCED)}/pay")
        assert (bought["state"], bought["paid"]) == ("fulfilled", "400.00")
        [payment] = bought["payments"]
        assert (payment["kind"], payment["provider"]) == ("paypal", "sandbox")
        customer.advance("P15D")
        preview = customer.told("POST", f"/bots/{BOT}/subscriptions/preview", {"offer": ENTERPRISE})
        assert preview["is_now"]
        changed = customer.told("POST", f"/orders/{customer.buy(ENTERPRISE)}/pay")
        assert changed["state"] == "fulfilled"
        assert changed["total"] == preview["total"]
        assert changed["lines"] == preview["lines"]
        assert [line["what"] for line in changed["lines"]] == ["unused", "fee"]
        assert_invoiced(customer, bought)
        assert_invoiced(customer, changed)
        [plan] = customer.get(f"/bots/{BOT}/subscriptions")["subscriptions"]
        assert (plan["offer"], plan["state"]) == (ENTERPRISE, "active")
        assert customer.advance("P1M") == ["subscription_renewed"]


def test_support_is_renewed_then_declined_and_canceled(market: Market) -> None:
    with market.customer("support") as customer:
        good = customer.save_card("5555555555554444")
        order = customer.told("POST", f"/orders/{customer.buy('support/enhanced')}/pay")
        assert (order["state"], order["paid"]) == ("fulfilled", "500.00")
        assert customer.advance("P1M") == ["renewal_announced", "subscription_renewed"]
        bad = customer.save_card(DECLINED_LATER)
        customer.told("POST", f"/payment-methods/{bad}/default")
        start = customer.now()
        assert customer.advance("P1M") == ["renewal_announced", "renewal_declined"]
        failed = support(customer)
        assert failed["state"] == "past_due"
        assert failed["failed_at"][:10] == str(customer.now().date())
        for days, happened in ((1, 1), (1, 0), (1, 1), (1, 0), (1, 1), (1, 0)):
            assert customer.advance(f"P{days}D") == ["renewal_declined"] * happened
        assert customer.advance("P1D") == ["subscription_canceled"]
        assert support(customer)["state"] == "canceled"
        assert customer.now() > start
        renewals = [one for one in customer.get("/orders")["orders"] if one["kind"] == "renew"]
        assert [one["state"] for one in renewals] == ["failed", "fulfilled"]
        tried = customer.get(f"/orders/{renewals[0]['id']}")["payments"]
        assert [one["outcome"] for one in tried] == ["declined"] * 5
        assert {one["method"] for one in tried} == {bad}
        removed = customer.told("DELETE", f"/payment-methods/{good}")
        assert removed["id"] == good


def assert_invoiced(customer: Customer, order: dict[str, Any]) -> None:
    """The order's invoice says what the order does, to people and to machines."""
    number = customer.get(f"/orders/{order['id']}")["invoice"]["number"]
    invoice = customer.invoice(number)
    assert [invoice[one] for one in ("order", "status")] == [order["id"], "paid"]
    assert (invoice["net"], invoice["tax"]) == (order["total"], order["tax"])
    assert invoice["total"] == invoice["paid"] == order["paid"]
    assert [one["amount"] for one in invoice["lines"]] == [one["amount"] for one in order["lines"]]
    page = customer.document(number, "text/html")
    for said in (customer.printed(number)[1], page.text):
        assert number in said
        assert f"${Decimal(order['paid']):,}" in said
        for line in order["lines"]:
            assert line["description"] in html.unescape(said)
    xml = customer.document(number, "application/xml")
    assert (xml.status_code, number in xml.text) == (200, True)
    assert "CrossIndustryInvoice" in xml.text


def support(customer: Customer) -> dict[str, str]:
    """What the bot has of it."""
    [found] = customer.get(f"/bots/{BOT}/subscriptions")["subscriptions"]
    return dict(found)
