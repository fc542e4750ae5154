"""A bot whose wallet is kept from running dry."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quartermaster.core.lifecycles.recharge import Cap
from quartermaster.core.money import MICRO
from quartermaster.store.billing.models import PaymentMethod, RechargeTerms
from quartermaster.usecases.orders.recharge.recharge_due import recharge_due
from quartermaster.usecases.orders.recharge.set_recharge import Wanted, set_recharge
from quartermaster.usecases.orders.recharge.switch_off_recharge import switch_off_recharge
from tests.books import NOW, Books, talk
from tests.fakes.provider import Provider
from tests.usecases.shop import Shop

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_users = itertools.count()


@dataclass
class Saver:
    """A shop that has sold $100 of credit, and what keeps the wallet filled."""

    shop: Shop
    method: PaymentMethod

    @classmethod
    def opened(cls, books: Books, at: datetime = NOW, provider: Provider | None = None) -> "Saver":
        """A purchase on the provider's page saves the card."""
        shop = Shop.opened(books)
        shop.at, shop.provider = at, provider or Provider()
        shop.pay_page(shop.fund(), is_saved=True)
        found = PaymentMethod.objects.filter(workspace=books.workspace).get()
        return cls(shop, found)

    def set(self, threshold_minor: int = 5_000, **changes: Any) -> RechargeTerms:
        """$100 below so much, three times a day, or otherwise."""
        known = {"amount_minor": 10_000, "by": "ann"} | changes
        wanted = Wanted(self.shop.bot, threshold_minor=threshold_minor, **known)
        return set_recharge(self.shop.gateways, wanted, self.shop.at)

    def unlimited(self, threshold_minor: int = 5_000) -> RechargeTerms:
        """Without caps."""
        return self.set(threshold_minor, day=Cap())

    def off(self) -> RechargeTerms:
        """Switched off by its owner."""
        return switch_off_recharge(self.shop.bot, self.shop.at, "ann")

    def use(self, sessions: int) -> None:
        """So many dollars' worth of sessions."""
        batch = []
        for _ in range(sessions):
            start = self.shop.at - 2 * MINUTE
            batch += talk("u0 b1", start=start, user=f"u{next(_users)}")
        self.shop.books.feed(batch, self.shop.at)

    def run(self, at: datetime | None = None) -> list[tuple[str, int]]:
        """What the job does, at once or at an instant: states and totals of orders."""
        self.shop.at = at or self.shop.at
        found = []
        for one in recharge_due(self.shop.gateways, self.shop.now):
            if one.failure is not None:
                raise one.failure
            if one.order is not None:
                found.append((one.order.state, one.order.total_minor))
        return found

    def later(self, span: timedelta) -> list[tuple[str, int]]:
        """What the job does after a while."""
        return self.run(self.shop.at + span)

    @property
    def paid_dollars(self) -> int:
        """What the wallet holds."""
        return self.shop.books.paid() // MICRO
