"""A history with everything in it: workspaces that pay, and two that do not."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from quartermaster.core.invoices.parties import Party
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Cap
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted, issue_credit_note
from quartermaster.usecases.orders.invoices.list_invoices import Wanted as Invoices
from quartermaster.usecases.orders.invoices.list_invoices import list_invoices
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.recharge.recharge_due import recharge_due
from quartermaster.usecases.orders.recharge.set_recharge import Wanted as Recharge
from quartermaster.usecases.orders.recharge.set_recharge import set_recharge
from quartermaster.usecases.orders.recharge.switch_off_recharge import switch_off_recharge
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from quartermaster.usecases.plans.contracts import agree_contract, agree_price
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.ports.gateways import Decline
from tests.books import NOW, Books, open_books, talk
from tests.catalogs import ADVANCED, ESSENTIAL, plain, small
from tests.usecases.shop import Shop

PRICES = {
    "billing_session": Decimal("0.20"),
    "voice_session": Decimal("0.10"),
    "api_session": Decimal("0.0015"),
    "alert": Decimal("0.01"),
}
SEATED: dict[str, Any] = {
    "key": "plan/contact_center_ai/essential",
    "product": "contact_center_ai",
    "plan": {
        "product": "contact_center_ai",
        "name": "essential",
        "fee": {"monthly": "60"},
        "seats": {
            "kind": "concurrent",
            "included": 1,
            "overage": "15",
            "monthly": {"model": "per_unit", "amount": "10"},
        },
    },
}
SHIFT = NOW - timedelta(hours=20)


@dataclass(frozen=True)
class History:
    """`main` has two bots with paid and free credit, `other` one with free credit alone."""

    main: Books
    other: Books
    contract: Books


def tell() -> History:
    """Feeds it all."""
    publish()
    main = open_books("helpdesk", "bookings", free_micro=3_000_000)
    other, contract = open_books("elsewhere"), open_books("contractor")
    Workspace.objects.filter(id=contract.workspace.id).update(plan="enterprise")
    for books, bot in ((other, "elsewhere"), (contract, "contractor")):
        books.feed(talk("u0 b1 u10 u20 b30 u31", bot) + units(bot))
    _contract(open_books("invoiced"))
    _plan(open_books("subscriber"))
    _seats(open_books("floor"))
    _credit(main)
    _late(main)
    _debt(main)
    return History(main, other, contract)


def _plan(books: Books) -> None:
    """A bot that subscribes, uses what its plan prices, and then takes a higher one; a change that
    was not paid came to nothing. It buys credit, part of which goes back, and more by itself."""
    shop = Shop(books, books.bots["subscriber"], at=SHIFT - timedelta(hours=1))
    shop.buy(ESSENTIAL)
    books.feed(talk("u0 u16", "subscriber", SHIFT) + units("subscriber"))
    shop.at, shop.gateway.next = NOW, [Outcome.DECLINED]
    cancel_order(shop.gateways, shop.buy(ADVANCED).id, shop.now)
    shop.buy(ADVANCED)
    shop.refund(shop.pay(shop.fund()), 2_000)
    _taxed(shop)
    _recharge(shop)


def _taxed(shop: Shop) -> None:
    """An add-on with tax, a part of which goes back; and credit, which its provider did not give
    back."""
    workspace = shop.books.workspace
    set_billing_profile(workspace, Party("Subscriber", country="DE"), NOW)
    set_tax(True, {"DE": Decimal(19)}, NOW)
    shop.refund(shop.buy("add_on/voice_gateway"), 2_975)
    funds = shop.pay_page(shop.fund())
    for paid in shop.provider.paid.values():
        paid.refunds["by hand, at the provider"] = funds.due_minor
    shop.refund(funds, 5_950)
    set_tax(False, {}, NOW)


def _recharge(shop: Shop) -> None:
    """Auto-recharge charges twice, the second time after its threshold was raised and a decline,
    and is switched off."""
    shop.save()
    for threshold_minor, declines in ((25_000, []), (45_000, [Decline.DECLINED])):
        shop.provider.next = declines
        wanted = Recharge(shop.bot, 10_000, threshold_minor, "ann", day=Cap(2, 50_000))
        set_recharge(shop.gateways, wanted, shop.at)
        assert list(recharge_due(shop.gateways, shop.now))
        shop.at += timedelta(minutes=1)
    shop.at += timedelta(hours=1)
    assert list(recharge_due(shop.gateways, shop.now))
    switch_off_recharge(shop.bot, shop.at + timedelta(minutes=1), "ann")


def _seats(books: Books) -> None:
    """A plan whose first month had an agent too many, and another who was told of late."""
    at = NOW - timedelta(days=66)
    set_seat_policy(books.workspace, SeatPolicy.OVERAGE, at)
    shop = Shop(books, books.bots["floor"], at=at)
    shop.buy(SEATED["key"])
    for agents in (("kim", "lee"), ("max",)):
        books.feed([_logs_in(agent, at + timedelta(hours=1)) for agent in agents])
        assert bill_overage(shop.subscription.id, NOW)
    assert bill_overage(shop.subscription.id, NOW)


def _logs_in(agent: str, at: datetime) -> Event:
    product = SEATED["product"]
    return Event(f"in-{agent}", "agent.logged_in", at, "floor", agent=agent, product=product)


def _contract(books: Books) -> None:
    """Two closed cycles, the second of which corrects the first, usage that came late, and a credit
    note."""
    at, key = NOW - timedelta(days=70), uuid.uuid4
    wanted = agree_contract.Wanted(books.workspace, commitment_minor=500)
    contract = agree_contract.agree_contract(wanted, key(), at)
    each = {"model": "per_unit", "amount": "0.125"}
    agree_price.agree_price(agree_price.Wanted(books.workspace, "alert", each), key(), at)
    agree_price.agree_price(
        agree_price.Wanted(books.workspace, "agent_ai", each, "named"), key(), at
    )
    month = timedelta(days=31)
    for number in range(3):
        used = at + timedelta(days=number + 1)
        books.feed(talk("u0", "invoiced", used))
        alert = Event(f"late-{number}", "alert.delivered", used, "invoiced", user="ann")
        books.feed([alert])
        close_cycle(contract.id, at + (number + 1) * month)
    invoice = list_invoices(Invoices(books.workspace), NOW)[-1]
    issue_credit_note(Wanted(books.workspace, invoice.number, "A gift"), key(), NOW)


def publish() -> None:
    """A price for all but notifications, and a catalog."""
    publish_prices(PRICES, NOW - timedelta(days=365))
    sold = small(plans=[*plain()["plans"], SEATED["plan"]])
    operations.publish_catalog(sold, NOW - timedelta(days=365))


def units(bot: str) -> list[Event]:
    """Two API requests, an alert, a notification and a shift of an agent."""
    kinds = ("api.requested", "api.requested", "alert.delivered", "notification.delivered")
    made = [
        Event(f"{bot}-{number}", kind, SHIFT + timedelta(minutes=number), bot, user="ann")
        for number, kind in enumerate(kinds)
    ]
    for number, kind in ((8, "agent.logged_in"), (9, "agent.logged_out")):
        at = SHIFT + timedelta(hours=number)
        made.append(
            Event(f"{bot}-{number}", kind, at, bot, agent="kim", product="contact_center_ai")
        )
    return made


def _credit(main: Books) -> None:
    """A charge that splits, voice, units, and a lot of which a part lapses."""
    main.fund("helpdesk", 500_000)
    main.feed(talk("u0 b1 u10 u20 b30 u31"))
    main.fund("bookings", 700_000, NOW + timedelta(days=1))
    main.feed(talk("u0 t3 a10 a40 r41 b42", "bookings", conversation="c1", channel="voice"))
    main.feed(units("bookings"))
    assert lapse_credits(NOW + timedelta(days=2)) == 1


def _late(main: Books) -> None:
    """Late messages: a cut that changes, one that only grows, a repeat and a conflict."""
    main.feed(talk("u60 u70 u80", channel="web"))
    main.feed(talk("u54", channel="web"))
    late = talk("b11 t2", "bookings", conversation="c1", channel="voice")
    main.feed(late)
    main.feed(late)
    late[0].user = "bob"
    main.feed(late)


def _debt(main: Books) -> None:
    """More usage than credit, funds that settle a part of it, and a correction after that."""
    minutes = " ".join(f"u{minute}" for minute in range(0, 240, 15))
    main.feed(talk(minutes, "bookings", user="max", conversation="long"))
    main.feed(talk("u0 u9 b18 u29", user="eve", conversation="spare"))
    main.fund("helpdesk", 250_000)
    main.feed(talk("t17 r60", user="eve", conversation="spare"))
    main.fund("bookings", 10_000_000)
