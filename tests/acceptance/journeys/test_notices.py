"""Whatever happens to notices, clicks and processes: what was paid is given once."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import psutil
import pytest

from tests.acceptance.installation import until
from tests.acceptance.journeys.market import Customer, Market

FAULTS: list[dict[str, Any]] = [
    {"duplicate": True},
    {"reorder": True, "duplicate": True},
    {"delay_seconds": 2},
    {"lose": True},
]


def paid_once(customer: Customer, orders: list[str]) -> None:
    """Each of these orders of a hundred has given its credit, once."""
    for order in orders:
        told = customer.get(f"/orders/{order}")
        assert told["state"] == "fulfilled", told
        assert [one["event"] for one in told["steps"]].count("fulfilled") == 1
    facts = customer.get("/transfers?fact=funds_added")["transfers"]
    assert len(facts) == len(orders)
    assert customer.wallet()["paid"] == f"{len(orders)}00.00"


@pytest.mark.parametrize("faults", FAULTS, ids="+".join)
def test_notices_that_go_wrong(market: Market, faults: dict[str, Any]) -> None:
    with market.customer("+".join(faults)) as customer, market.going_wrong(**faults):
        orders = [customer.fund() for _ in range(3)]
        pages = [customer.page(order) for order in orders]
        for page in pages:
            assert market.sandbox.buyer().pay(page)["status"] == "succeeded"
        if "lose" in faults:
            assert {customer.state(order) for order in orders} == {"awaiting_payment"}
            assert customer.advance("PT2M").count("payment_succeeded") == 3
        for order in orders:
            customer.fulfilled(order)
        market.heard()
        paid_once(customer, orders)


def at_once(count: int, act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """So many clicks on the same button."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def test_many_clicks_on_pay(market: Market) -> None:
    with market.customer("clicks") as customer:
        saved, order = customer.save_card("4242424242424242"), customer.fund()
        answers = at_once(8, lambda _: customer.ask("POST", f"/orders/{order}/pay"))
        assert {one.status_code for one in answers} <= {200, 409}
        second = customer.fund()
        visit = {"method": "card", "return_url": "https://shop.example/"}
        answers = at_once(8, lambda _: customer.ask("POST", f"/orders/{second}/checkout", visit))
        [page] = {one.json()["url"] for one in answers}
        market.sandbox.buyer().pay(page)
        charge = {"method": saved}
        at_once(4, lambda _: customer.ask("POST", f"/orders/{second}/pay", charge))
        customer.fulfilled(second)
        market.heard()
        paid_once(customer, [order, second])
        payments = market.sandbox.told("GET", "/v1/payments", limit=500)["payments"]
        mine = [one for one in payments if one["metadata"].get("order") in (order, second)]
        assert sum(one["state"] == "succeeded" for one in mine) == 2, "nobody was charged twice"


def servers(market: Market) -> list[psutil.Process]:
    """What serves HTTP."""
    found = []
    for one in market.up.children():
        with suppress(psutil.NoSuchProcess):
            if "granian" in " ".join(one.cmdline()):
                found.append(one)
    return found


def kill(market: Market) -> None:
    """The server dies at once, and comes back by itself."""
    before = servers(market)
    for one in before:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGKILL)
    until(lambda: not any(one.is_running() for one in before) and market.up.is_ready())


def test_a_server_that_dies_between_the_steps(market: Market) -> None:
    with market.customer("killed") as customer:
        orders = [customer.fund()]
        kill(market)
        page = customer.page(orders[0], is_saved=True)
        kill(market)
        market.sandbox.buyer().pay(page)
        kill(market)
        customer.advance("PT2M")
        customer.fulfilled(orders[0])
        second = customer.fund()
        with ThreadPoolExecutor(1) as pool, suppress(httpx.TransportError):
            asked = pool.submit(customer.ask, "POST", f"/orders/{second}/pay")
            kill(market)
            asked.result()
        if customer.state(second) != "fulfilled":
            customer.advance("PT2M")
            customer.ask("POST", f"/orders/{second}/pay")
        customer.fulfilled(second)
        market.heard()
        paid_once(customer, [*orders, second])
