"""A bot that buys from a catalog."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OPEN
from quartermaster.store.billing.models import MethodSetup, PaymentMethod
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Phase, Subscription
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.methods.open_setup import Wanted, open_setup
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.open_page import Visit, open_page
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.refunds.refund_payment import Back, refund_payment
from quartermaster.usecases.orders.settling.receive_notice import Told, receive_notice
from quartermaster.usecases.orders.settling.settle_due import settle_due
from quartermaster.usecases.ports.gateways import Gateways, Notice
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.order_change import order_change
from tests.books import Books
from tests.fakes.gateway import FakeGateway
from tests.fakes.provider import Provider

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
PRODUCT = "contact_center_ai"
ESSENTIAL = f"plan/{PRODUCT}/essential"
ADVANCED = f"plan/{PRODUCT}/advanced"


def plan(name: str, monthly: str, annual: str, **changes: Any) -> dict[str, Any]:
    """A plan of Contact Center AI with two seats, and more to be had."""
    seats = {
        "kind": "named",
        "included": 2,
        "monthly": {"model": "per_unit", "amount": "10"},
        "annual": {"model": "per_unit", "amount": "100"},
    }
    return {
        "product": PRODUCT,
        "name": name,
        "fee": {"monthly": monthly, "annual": annual},
        "seats": seats,
        "limits": {"queues": 5},
        "trial": {"days": 14, "seats": 5},
    } | changes


def catalog_of(*plans: dict[str, Any], **changes: Any) -> Catalog:
    """Essential at $60 and Advanced at $160, or others."""
    several = plans or (
        plan("essential", "60", "600"),
        plan("advanced", "160", "1600", limits={"queues": 50}, trial={"days": 14}),
    )
    whole = {
        "currency": "USD",
        "limits": {"queues": "Queues"},
        "plans": list(several),
        "add_ons": [{"name": "advanced_rag", "fee": {"monthly": "25"}}],
        "support": [
            {"name": "basic", "fee": {"monthly": "0"}},
            {"name": "enhanced", "fee": {"monthly": "300"}},
        ],
    }
    return reading.catalog(whole | changes)


@dataclass
class Shop:
    """What a bot orders is paid through a gateway."""

    books: Books
    bot: Bot
    gateway: FakeGateway = field(default_factory=FakeGateway)
    provider: Provider = field(default_factory=Provider)
    at: datetime = START

    @property
    def gateways(self) -> Gateways:
        """Who takes payments: a provider, and one that needs no saved way to pay."""
        return Gateways((self.provider,), self.gateway)

    def now(self) -> datetime:
        """The shop's clock."""
        return self.at

    def open(self, order: Order, kind: str = "card", is_saved: bool = False) -> Payment:
        """The buyer is sent to the provider's page."""
        visit = Visit(MethodKind(kind), "https://shop.example/order", is_saved)
        return open_page(self.gateways, order, visit, self.now)

    def complete(self, payment: Payment) -> Order:
        """The buyer comes back from the page."""
        return complete_payment(self.gateways, orders.payment(payment.id), self.now)

    def pay_page(self, order: Order, is_saved: bool = False) -> Order:
        """Paid on the provider's page."""
        payment = self.open(order, is_saved=is_saved)
        self.provider.pay(payment.reference)
        return self.complete(payment)

    def begin_setup(self, kind: str = "card", key: uuid.UUID | None = None) -> MethodSetup:
        """The buyer is sent to the provider's page to save a way to pay."""
        wanted = Wanted(self.bot.workspace, MethodKind(kind), "https://shop.example/methods", "ann")
        return open_setup(self.gateways, wanted, key or uuid.uuid4(), self.now)

    def save(self, kind: str = "card") -> PaymentMethod:
        """A way to pay, saved with nothing paid."""
        setup = self.begin_setup(kind)
        self.provider.pay(setup.reference)
        method = complete_setup(self.gateways, setup, self.now).method
        assert method is not None
        return method

    def notify(self, *notices: Notice) -> None:
        """The provider tells these or, by default, all that it has to tell."""
        for notice in notices or tuple(self.provider.told):
            told = Told(self.provider.name, *self.provider.sent(notice, self.at))
            receive_notice(self.gateways, told, self.now)

    @classmethod
    def opened(cls, books: Books, sold: Catalog | None = None) -> "Shop":
        """With the catalog published."""
        catalog.publish_catalog(sold or catalog_of(), START)
        return cls(books, books.bots["helpdesk"])

    def wish(self, key: str, cadence: str = "monthly", seats: int | None = None) -> Wish:
        """Something of the catalog for the bot."""
        return Wish(self.bot, key, cadence, seats)

    def order(self, key: str, cadence: str = "monthly", seats: int | None = None) -> Order:
        """Ordered, and not paid."""
        return order_change(self.wish(key, cadence, seats), uuid.uuid4(), self.at)

    def buy(self, key: str, cadence: str = "monthly", seats: int | None = None) -> Order:
        """Ordered and paid."""
        return self.pay(self.order(key, cadence, seats))

    def fund(self, amount_minor: int = 10_000) -> Order:
        """Credit for the bot, ordered and not paid."""
        return add_funds(Funds(self.bot, amount_minor), uuid.uuid4(), self.at)

    def refund(self, order: Order, amount_minor: int, is_outside: bool = False) -> Refund:
        """Part of what was paid for it goes back, or went by ways of others."""
        payment = orders.find_paid(order.id)
        assert payment is not None
        back = Back(payment, amount_minor, "asked for", "operator", is_outside)
        return refund_payment(self.gateways, back, uuid.uuid4(), lambda: self.at)

    def pay(self, order: Order) -> Order:
        """An attempt, where there is something to be paid."""
        if order.state not in OPEN:
            return order
        return collect_payment(self.gateways, order, lambda: self.at)

    def run_due(self, at: datetime) -> None:
        """What the job does at an instant."""
        self.at = at
        for one in settle_due(self.gateways, lambda: self.at):
            if one.failure is not None:
                raise one.failure

    @property
    def subscription(self) -> Subscription:
        """The latest there is."""
        return queries.get(Subscription.objects.latest("id").id)

    def lines(self, order: Order) -> list[tuple[str, int]]:
        """What an order says."""
        return [(line.what, line.amount_minor) for line in orders.lines_of(order.id)]

    def phases(self) -> list[tuple[str, int, datetime, datetime | None]]:
        """What held, and from when until when."""
        return [
            (one.version.offer.name, one.seats, one.start_at, one.end_at)
            for one in Phase.objects.select_related("version").order_by("start_at", "id")
        ]
