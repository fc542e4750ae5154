"""A contract to reckon with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Offer, SeatKind
from quartermaster.core.plans.contracts import agreements
from quartermaster.core.plans.contracts.agreements import Contract, Price
from quartermaster.core.plans.contracts.prices import Prices, Published
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.tariffs import Stretch, Tariff
from tests.catalogs import plan, small

START = datetime(2026, 2, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ANCHOR = Anchor(date(2026, 2, 1), ZoneInfo("UTC"))
SESSION = {"model": "per_unit", "amount": "0.10", "included": 100}


def contract(*prices: Price, **changes: Any) -> Contract:
    """By the month from 1 February on, without commitment."""
    return replace(Contract(ANCHOR, 1, "USD", 0, 30, START, None, prices), **changes)


def price(
    number: int,
    what: str = "billing_session",
    kind: str | None = None,
    terms: dict[str, Any] | None = None,
    **changes: Any,
) -> Price:
    """A price that was agreed as the `number`th."""
    read = agreements.price(what, kind, terms or SESSION)
    found = Price(number, what, read, START, kind=SeatKind(kind) if kind else None)
    return replace(found, **changes)


def prices(of: Contract, *stretches: tuple[int, Stretch], at: datetime = START) -> Prices:
    """Those of the cycle at an instant; bots have these stretches."""
    bots: dict[int, list[Stretch]] = {}
    for bot, one in stretches:
        bots.setdefault(bot, []).append(one)
    tariffs = {bot: Tariff(several) for bot, several in bots.items()}
    return Prices(of, of.cycle(at), tariffs)


def offer(name: str, **changes: Any) -> Offer:
    """A plan of Automation AI, or of another product."""
    [found] = [one for one in small(plans=[plan(name, "50", **changes)]).offers if one.product]
    return found


def stretch(of: Offer, start: datetime, end: datetime | None = None, **changes: Any) -> Stretch:
    """In which a bot has a plan."""
    ends = None if end is None else periods.to_micros(end)
    return replace(Stretch(7, 70, of, ANCHOR, periods.to_micros(start), ends), **changes)


def published(at: datetime, *offers: Offer) -> Published:
    """Enterprise plans from an instant on."""
    return Published(at, {one.product or "": (90 + n, one) for n, one in enumerate(offers)})
