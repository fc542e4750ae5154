"""Opens a month of seats: how many there were too many, who was there, and what was charged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from quartermaster.core import money, periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.formats import public_ids
from quartermaster.core.periods import Period
from quartermaster.core.pricing.seat_overage import Overage
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import SeatCharge, SeatMonth
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _overage


@dataclass(frozen=True, slots=True)
class ExplainedMonth:
    """`seats` beyond the `bought` ones of `first_at`, when that many were first there: `agents`
    were on then or, of named seats, had held one. None was, where there was no overage. `charges`
    are what was drawn and given back for the month, the first one first."""

    id: str
    bot: str
    bot_name: str
    product: str
    start_at: datetime
    end_at: datetime
    kind: str
    bought: int | None
    seats: int
    price: Decimal
    first_at: datetime | None
    agents: list[str]
    formula: str
    amount_micro: int
    is_late: bool
    settled_at: datetime
    charges: list[SeatCharge]


def explain(month: SeatMonth, history: History) -> ExplainedMonth:
    """A month of seats."""
    subscription = month.subscription
    bot, at = subscription.bot, month.first_at
    phase = subscriptions.phase_at(subscription.id, at) if at else None
    symbol = money.symbol(bot.workspace.currency)
    return ExplainedMonth(
        id=public_ids.of(public_ids.Name.SEAT_MONTH, month.id),
        bot=bot.public_id,
        bot_name=bot.name,
        product=subscription.place,
        start_at=month.start_at,
        end_at=month.end_at,
        kind=month.kind,
        bought=phase.seats if phase else None,
        seats=month.seats,
        price=month.price.normalize(),
        first_at=at,
        agents=_agents(bot, month, at, history) if at else [],
        formula=Overage(month.seats, month.price.normalize()).formula(symbol),
        amount_micro=month.amount_micro,
        is_late=month.is_late,
        settled_at=month.settled_at,
        charges=overages.charges_of(month.id),
    )


def _agents(bot: Bot, month: SeatMonth, at: datetime, history: History) -> list[str]:
    floor = _overage.Floor(bot, month.subscription.place, history)
    whole = Period(month.start_at, month.end_at)
    return floor.agents(whole, SeatKind(month.kind), periods.to_micros(at))
