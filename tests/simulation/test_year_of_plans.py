"""A year of one workspace by its clock: a trial, a purchase, an upgrade, seats, a downgrade, a card
that is declined, and the end. After each month the books are proved, and in the end every amount
is opened.

The workspace is in New York: two of its cycles are an hour shorter or longer than their days.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.clocks.advance_clock import advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.proof.explain_amount import explain_amount
from quartermaster.usecases.reports.explain_order import explain_order
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, assert_books_hold, open_books, talk
from tests.usecases.shop import Shop, catalog_of

ZONE = ZoneInfo("America/New_York")
PRODUCT = "automation_ai"
ESSENTIAL, ADVANCED = f"plan/{PRODUCT}/essential", f"plan/{PRODUCT}/advanced"
MICRO = 1_000_000


def plan(name: str, fee: str, included: int, each: str) -> dict[str, Any]:
    """Some sessions included, four at one price, further ones at five cents."""
    tiers = [{"up_to": 4, "unit": each}, {"unit": "0.05"}]
    seat = {"model": "per_unit", "amount": "10"}
    return {
        "product": PRODUCT,
        "name": name,
        "fee": {"monthly": fee},
        "usage": {"billing_session": {"included": included, "model": "graduated", "tiers": tiers}},
        "seats": {"kind": "named", "included": 2, "monthly": seat},
        "trial": {"days": 14, "sessions": 5},
    }


def local(month: int, day: int, hour: int = 12) -> datetime:
    """From 22 November 2026 on, by the workspace's own time."""
    year = 2026 if (month, day) >= (11, 22) else 2027
    return datetime(year, month, day, hour, tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def shop(db: None) -> Shop:
    """A test workspace whose clock stands, with credit for the year."""
    books = open_books("helpdesk", zone=ZONE.key, is_test=True, free_micro=0)
    sold = catalog_of(plan("essential", "60", 3, "0.20"), plan("advanced", "160", 6, "0.15"))
    books.fund("helpdesk", 100 * MICRO)
    opened = Shop.opened(books, sold)
    opened.at = freeze_clock(books.workspace, NOW)
    return opened


def use(shop: Shop, month: int) -> None:
    """Eight sessions on the tenth, and one of the 28th of the month before that comes late."""
    before = month - 1 or 12
    batch = talk("u0", start=local(before, 28), user="late")
    for number in range(8):
        batch += talk("u0", start=local(month, 10, 1) + timedelta(hours=number))
    shop.books.feed(batch, shop.at)


def open_all(shop: Shop) -> int:
    """Every charge, transfer and line of an order says how it came about, and they add up."""
    workspace = shop.books.workspace.id
    charges = Charge.objects.filter(bot=shop.bot)
    for charge in charges:
        found = explain_amount(workspace, public_ids.of(Name.CHARGE, charge.id))
        assert found.amount_micro == charge.amount_micro
        assert Decimal(found.formula.rpartition("$")[2]) * MICRO == charge.amount_micro
        drawn = found.charge.charge.draws if found.charge else []
        assert sum(draw.amount_micro for draw in drawn) == charge.amount_micro
        assert found.session is None or found.session.messages
    for transfer in Transfer.objects.filter(debit__workspace=workspace):
        found = explain_amount(workspace, public_ids.of(Name.TRANSFER, transfer.id))
        assert found.amount_micro == transfer.amount_micro
    for order in Order.objects.filter(bot=shop.bot):
        lines = explain_order(order).lines
        assert sum(one.line.amount_minor for one in lines) == order.total_minor
        assert all(one.formula for one in lines)
    return len(charges)


def live(shop: Shop) -> list[tuple[str, str]]:
    """The year; what the clock tells of it, by the day."""
    happened: list[tuple[str, str]] = []
    declined = [Outcome.DECLINED] * 2

    def to(at: datetime) -> None:
        works = Works(LOG, Policy, shop.gateways)
        for one in advance_clock(works, shop.books.workspace, at, NOW).happened:
            if one.what != "events_metered":
                happened.append((f"{one.at.astimezone(ZONE):%m-%d}", one.what))
        shop.at = at

    acts: list[tuple[datetime, Callable[[], Any]]] = [
        (local(12, 1), lambda: shop.buy(ESSENTIAL)),
        (local(1, 16), lambda: shop.buy(ADVANCED)),
        (local(3, 16), lambda: shop.buy(ADVANCED, seats=5)),
        (local(5, 5), lambda: shop.buy(ESSENTIAL)),
        (local(7, 31), lambda: shop.gateway.next.extend(declined)),
        (local(9, 10, 9), lambda: cancel_subscription(shop.bot, PRODUCT, shop.at)),
    ]
    start_trial(shop.bot, ESSENTIAL, shop.at)
    to(local(11, 25))
    shop.books.feed(talk("u0 u20 u40", start=NOW + timedelta(hours=1)), shop.at)
    for month in (12, *range(1, 12)):
        for at, act in [one for one in acts if one[0].astimezone(ZONE).month == month]:
            if at < local(month, 15):
                to(at)
                act()
        to(local(month, 15))
        use(shop, month)
        for at, act in [one for one in acts if one[0].astimezone(ZONE).month == month]:
            if at > local(month, 15):
                to(at)
                act()
        assert_books_hold()
    to(local(11, 21, 23))
    return happened


def test_a_year(shop: Shop) -> None:
    happened = live(shop)
    orders = Order.objects.order_by("id").values_list("kind", "state", "total_minor")
    assert list(orders) == [
        ("subscribe", "fulfilled", 6_000),
        ("renew", "fulfilled", 6_000),
        ("modify", "fulfilled", 5_000),
        ("renew", "fulfilled", 16_000),
        ("renew", "fulfilled", 16_000),
        ("modify", "fulfilled", 1_502),
        ("renew", "fulfilled", 19_000),
        ("renew", "fulfilled", 19_000),
        ("schedule", "fulfilled", 0),
        ("renew", "fulfilled", 6_000),
        ("renew", "fulfilled", 6_000),
        ("renew", "fulfilled", 6_000),
        ("renew", "fulfilled", 6_000),
    ]
    assert sum(shop.gateway.taken.values()) == 112_502
    assert happened == [
        *((f"{month:02}-01", "subscription_renewed") for month in range(1, 8)),
        ("08-01", "renewal_declined"),
        ("08-02", "renewal_declined"),
        ("08-04", "subscription_renewed"),
        ("09-01", "subscription_renewed"),
        ("10-01", "subscription_ended"),
    ]
    assert shop.subscription.state == "canceled"
    # Of 111 sessions those of the trial are free; a month of Essential with nine comes to $0.90, of
    # Advanced to $0.45; January has eight under the one and one under the other; from October on
    # each is $0.20 as it goes.
    months = [Decimal("0.90"), Decimal("0.85"), *[Decimal("0.45")] * 4, *[Decimal("0.90")] * 4]
    due = sum(months) + 17 * Decimal("0.20")
    assert shop.books.paid() == 100 * MICRO - due * MICRO
    assert open_all(shop) == 111
    assert Workspace.objects.get(id=shop.books.workspace.id).frozen_at == shop.at
