"""A month of an enterprise: seats of both kinds, more than were bought, and what comes late."""

import json
from datetime import timedelta
from typing import Any

from tests.acceptance.journeys.market import BOT, Customer, Market

SESSION = {"included": 10, "model": "per_unit", "amount": "0.12"}
NAMED = {"included": 1, "model": "per_unit", "amount": "30"}
ESSENTIAL = "plan/contact_center_ai/essential"
FEES = [("fee", 1, "60.00"), ("fee", 2, "150.00")]


def agree(market: Market, name: str) -> None:
    """By the operator's command line."""
    run = market.installation.json
    run("contracts", "agree", "-w", name)
    run("contracts", "price", "billing_session", json.dumps(SESSION), "-w", name)
    named = ("contracts", "price", "agent_ai", json.dumps(NAMED), "--seats", "named", "-w", name)
    run(*named)
    assert (
        market.installation.run("workspace", "seat-policy", "overage", "-w", name).returncode == 0
    )


def work(customer: Customer, product: str, agents: int, days: int) -> None:
    """So many agents are there for an hour, all at once, so many days ago."""
    at = customer.now() - timedelta(days=days)
    people = [{"agent": f"agent {number}", "product": product} for number in range(agents)]
    customer.send([{"type": "agent.logged_in", **one} for one in people], at)
    customer.send([{"type": "agent.logged_out", **one} for one in people], at + timedelta(hours=1))


def lines(customer: Customer, statement: str) -> list[tuple[str, int, str]]:
    """What it is made of."""
    found: list[Any] = customer.get(f"/statements/{statement}")["lines"]
    return [(one["what"], one["quantity"], one["amount"]) for one in found]


def invoiced(customer: Customer, statement: str) -> Any:
    """The invoice of a statement."""
    [one] = [one for one in customer.get("/invoices")["invoices"] if one["statement"] == statement]
    return customer.invoice(one["number"])


def test_a_month_and_what_comes_late(market: Market) -> None:
    with market.customer("enterprise") as customer:
        agree(market, "enterprise")
        order = customer.told("POST", f"/bots/{BOT}/orders", {"offer": ESSENTIAL, "seats": 2})
        assert (order["state"], order["payments"]) == ("fulfilled", [])
        customer.advance("P10D")
        work(customer, "contact_center_ai", 5, days=2)
        work(customer, "agent_ai", 3, days=1)
        customer.talk(30, customer.now())
        assert "cycle_closed" in customer.advance("P1M")
        [first] = customer.get("/statements")["statements"]
        assert lines(customer, first["id"]) == [
            ("usage", 30, "2.40"),
            ("seats", 3, "60.00"),
            ("overage", 3, "270.00"),
            *FEES,
        ]
        assert first["total"] == "542.40"
        billed = invoiced(customer, first["id"])
        assert [one["amount"] for one in billed["lines"]] == [
            "2.40",
            "60.00",
            "270.00",
            "60.00",
            "150.00",
        ]
        assert (billed["statement"], billed["total"]) == (first["id"], "542.40")
        issued, said = customer.printed(billed["number"])
        for shown in (
            billed["number"],
            "$542.40",
            *(one["description"] for one in billed["lines"]),
        ):
            assert shown in said
        customer.talk(20, customer.now() - timedelta(days=31))
        assert "cycle_closed" in customer.advance("P1M")
        [second, again] = customer.get("/statements")["statements"]
        assert again == first, "what is closed never changes"
        assert lines(customer, second["id"]) == [*FEES, ("adjustment", 20, "2.40")]
        assert customer.invoice(billed["number"]) == billed | {"status": "overdue"}
        assert customer.printed(billed["number"])[0] == issued, "byte by byte"
        adjusted = invoiced(customer, second["id"])
        assert [one["amount"] for one in adjusted["lines"]] == ["60.00", "150.00", "2.40"]
        assert adjusted["total"] == second["total"] == "212.40"
        assert adjusted["lines"][2]["description"] in customer.printed(adjusted["number"])[1]
        told = customer.get(f"/statements/{second['id']}")["lines"]
        assert [one["corrects"] for one in told] == [None, None, first["id"]]
