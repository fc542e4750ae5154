"""Credit that is bought by card or by wire, and used up."""

from typing import Any

from quartermaster.core.formats import creditor_reference
from tests.acceptance.journeys.market import BOT, Customer, Market
from tests.fakes.sandbox import CONFIRMED, GOOD

DECLINED_LATER = "4000000000000341"


def gate(customer: Customer) -> tuple[str, bool]:
    """What the platform is told."""
    found = customer.get(f"/bots/{BOT}/gate")
    return found["status"], found["may_serve"]


def test_credit_by_card_with_a_password_is_used_until_it_is_low(market: Market) -> None:
    with market.customer("card") as customer:
        order = customer.fund("100.00")
        assert gate(customer) == ("inactive", False)
        customer.pay_by_card(order, CONFIRMED, is_saved=True)
        assert gate(customer) == ("sufficient", True)
        [saved] = customer.get("/payment-methods")["methods"]
        assert (saved["last_four"], saved["is_default"]) == ("3220", True)
        customer.talk(250, customer.now())
        assert customer.wallet()["paid"] == "50.00"
        assert gate(customer) == ("low", True)


def recharge(customer: Customer, **settings: str) -> Any:
    """What auto-recharge is set to; set anew if something is given."""
    path = f"/bots/{BOT}/auto-recharge"
    return customer.told("PUT", path, settings) if settings else customer.get(path)


def test_auto_recharge_until_the_card_is_declined(market: Market) -> None:
    with market.customer("recharge") as customer:
        wanted = {"amount": "100.00", "threshold": "50.00"}
        early = customer.ask("PUT", f"/bots/{BOT}/auto-recharge", wanted)
        assert not early.is_success, "nothing was bought yet"
        customer.pay_by_card(customer.fund("100.00"), CONFIRMED, is_saved=True)
        assert recharge(customer, **wanted)["is_on"]
        customer.talk(260, customer.now())
        assert gate(customer) == ("low", True)
        assert customer.advance("PT2M") == ["recharge_fulfilled"]
        assert customer.wallet()["paid"] == "148.00"
        assert customer.advance("PT2H") == [], "once"
        bad = customer.save_card(DECLINED_LATER)
        recharge(customer, **wanted, method=bad)
        customer.talk(500, customer.now())
        assert customer.wallet()["paid"] == "48.00"
        for span in ("PT2M", "PT1H", "PT6H", "P1D"):
            assert customer.advance(span).count("recharge_failed") == 1, span
        told = recharge(customer)
        assert (told["is_on"], told["terms"]["off_reason"]) == (False, "given_up")
        assert customer.advance("P7D") == [], "it never goes on by itself"
        assert customer.wallet()["paid"] == "48.00"
        mine = [one for one in customer.get("/orders")["orders"] if one["kind"] == "recharge"]
        assert [one["state"] for one in mine] == ["failed"] * 4 + ["fulfilled"]
        assert recharge(customer, **wanted, method=bad)["is_on"], "but by its owner"
        customer.told("DELETE", f"/bots/{BOT}/auto-recharge")


def expected(market: Market, order: str) -> list[tuple[str, int]]:
    """What the bank waits for, for an order."""
    wires = market.sandbox.told("GET", "/v1/bank/expected")["wires"]
    reference = creditor_reference.of(order)
    return [(reference, one["amount_minor"]) for one in wires if one["reference"] == reference]


def wire(market: Market, order: str, amount_minor: int) -> None:
    """Arrives at the bank."""
    sent = {"amount_minor": amount_minor, "currency": "USD"}
    reference = creditor_reference.of(order)
    market.sandbox.told("POST", "/v1/bank/entries", sent | {"reference": reference})


def undecided(market: Market, order: str) -> list[Any]:
    """The entries of an order that wait for a person, once the bank has told of them."""
    market.heard()
    entries = market.installation.json("wires", "list")["entries"]
    return [one for one in entries if one["order"] == order]


def test_a_wire_that_comes_in_full_is_credit_once(market: Market) -> None:
    with market.customer("wire") as customer, market.going_wrong(duplicate=True):
        order = customer.fund("150.00")
        told = customer.told("POST", f"/orders/{order}/wire")
        assert (told["state"], told["due"]) == ("pending_clearance", "150.00")
        assert expected(market, order) == [(creditor_reference.of(order), 15_000)]
        customer.advance("P6D")
        assert customer.state(order) == "pending_clearance"
        assert customer.wallet()["paid"] == "0.00"
        wire(market, order, 15_000)
        customer.fulfilled(order)
        assert customer.wallet()["paid"] == "150.00"
        assert expected(market, order) == []
        wire(market, order, 15_000)
        [entry] = undecided(market, order)
        assert entry["is"] == "late"
        assert customer.wallet()["paid"] == "150.00"
        market.installation.json("wires", "match", entry["entry"], order, "-w", "wire")
        market.installation.json("wires", "settle", entry["entry"], "refund")
        assert customer.wallet()["paid"] == "150.00"


def is_closed(market: Market, page: str) -> bool:
    """Nobody can pay on it any more."""
    buyer = market.sandbox.buyer()
    buyer.visit(page)
    return "<form" not in buyer.page.text


def test_a_wire_closes_the_page_that_is_open(market: Market) -> None:
    with market.customer("closes") as customer:
        order = customer.fund("100.00")
        customer.told("POST", f"/orders/{order}/wire")
        page = customer.page(order)
        wire(market, order, 10_000)
        customer.fulfilled(order)
        attempts = customer.get(f"/orders/{order}")["payments"]
        assert [(one["kind"], one["code"]) for one in attempts] == [
            ("card", "canceled"),
            ("wire", None),
        ]
        assert is_closed(market, page)
        assert customer.wallet()["paid"] == "100.00"
        assert undecided(market, order) == []


def test_whoever_chooses_another_way_leaves_the_page(market: Market) -> None:
    with market.customer("leaves") as customer:
        customer.save_card(GOOD)
        charged, canceled, paid = (customer.fund("100.00") for _ in range(3))
        pages = [customer.page(one) for one in (charged, canceled, paid)]
        assert customer.told("POST", f"/orders/{charged}/pay")["state"] == "fulfilled"
        assert customer.told("POST", f"/orders/{canceled}/cancel")["state"] == "canceled"
        assert all(is_closed(market, page) for page in pages[:2])
        with market.going_wrong(lose=True):
            market.sandbox.buyer().pay(pages[2])
        refused = customer.ask("POST", f"/orders/{paid}/cancel")
        assert (refused.status_code, refused.json()["code"]) == (409, "order_settled")
        assert customer.state(paid) == "fulfilled"
        assert customer.wallet()["paid"] == "200.00"


def test_a_card_pays_while_the_wire_is_on_its_way(market: Market) -> None:
    with market.customer("meanwhile") as customer:
        order = customer.fund("100.00")
        customer.told("POST", f"/orders/{order}/wire")
        customer.advance("P2D")
        customer.pay_by_card(order)
        assert customer.wallet()["paid"] == "100.00"
        customer.advance("P3D")
        wire(market, order, 10_000)
        [entry] = undecided(market, order)
        assert (entry["is"], entry["amount"]) == ("late", "100.00")
        assert customer.wallet()["paid"] == "100.00", "nothing is credited unasked"
        market.installation.json("wires", "match", entry["entry"], order, "-w", "meanwhile")
        for _ in range(2):
            market.installation.json("wires", "settle", entry["entry"], "credit")
        assert customer.wallet()["paid"] == "200.00"
        assert customer.state(order) == "fulfilled"


def test_a_part_is_shown_and_pays_nothing(market: Market) -> None:
    with market.customer("part") as customer:
        order = customer.fund("100.00")
        customer.told("POST", f"/orders/{order}/wire")
        wire(market, order, 4_000)
        wire(market, order, 6_000)
        both = undecided(market, order)
        assert sorted(one["amount"] for one in both) == ["40.00", "60.00"]
        assert customer.state(order) == "pending_clearance"
        for one in both:
            market.installation.json("wires", "match", one["entry"], order, "-w", "part")
        assert customer.state(order) == "fulfilled"
        assert customer.wallet()["paid"] == "100.00"
