"""A shop with seats of both kinds, and agents who come and go."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.core.usage.events import Event
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from tests import books
from tests.usecases.shop import PRODUCT, START, Shop, catalog_of, plan

EACH = {"model": "per_unit", "amount": "10"}


def seats(kind: str, **changes: Any) -> dict[str, Any]:
    """Two come with the fee; a change to None takes something away."""
    whole = {
        "kind": kind,
        "included": 2,
        "overage": "15",
        "monthly": EACH,
        "annual": EACH,
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


@dataclass
class Floor:
    """Where the agents of a bot work."""

    shop: Shop

    def moves(self, kind: str, agent: str, minutes: float = 0, **fields: str) -> None:
        """An agent logs `in` or `out` so long after the start, and that is metered."""
        at = START + timedelta(minutes=minutes)
        named = {"agent": agent, "product": PRODUCT, **fields}
        number = f"{kind}-{agent}-{minutes}-{fields}"
        event = Event(number, f"agent.logged_{kind}", at, "helpdesk", **named)
        self.shop.books.feed([event], max(self.shop.at, at))

    def bill_overage(self) -> None:
        """The workspace's policy is overage."""
        set_seat_policy(self.shop.bot.workspace, SeatPolicy.OVERAGE, self.shop.at)
        self.shop.bot.refresh_from_db()
        self.shop.bot.workspace.refresh_from_db()


def seated(kind: str = "concurrent", **changes: Any) -> Catalog:
    """A catalog whose essential plan has seats of a kind."""
    return catalog_of(plan("essential", "60", "600", seats=seats(kind, **changes)))


def opened(kind: str, **changes: Any) -> Shop:
    """A shop whose essential plan has seats of a kind."""
    return Shop.opened(books.open_books("helpdesk"), seated(kind, **changes))


@pytest.fixture
def named(db: None) -> Shop:
    """Seats that are assigned."""
    return opened("named")


@pytest.fixture
def floor(db: None) -> Floor:
    """Seats for those who are there."""
    return Floor(opened("concurrent"))
