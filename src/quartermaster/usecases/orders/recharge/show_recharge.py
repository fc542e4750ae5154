"""What auto-recharge of a bot is set to, what it did, and what it would do now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.core.lifecycles.recharge import Charge, Off, Reason, Wait
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Payment
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders import _recharging
from quartermaster.usecases.ports.gateways import Gateways

LATEST: Final = 10


@dataclass(frozen=True, slots=True)
class ShownRecharge:
    """`terms` None: it was never set. `attempts` and `changes` are the latest, the latest first.
    `next_at` is when it may charge at the earliest, as far as that is known; `why_not` is why it
    does not now, None where it would charge `next_due_minor`, which is `next_minor` with tax."""

    terms: RechargeTerms | None
    changes: list[RechargeTerms]
    attempts: list[Payment]
    next_at: datetime | None = None
    next_minor: int | None = None
    next_due_minor: int | None = None
    why_not: Reason | None = None


def show_recharge(gateways: Gateways, bot: Bot, at: datetime) -> ShownRecharge:
    """As it stands at an instant."""
    changes = list(queries.recharges_of(bot.id)[:LATEST])
    if not changes:
        return ShownRecharge(None, [], [], why_not=Reason.NOT_ON)
    terms = changes[0]
    attempts = list(recharges.payments(bot.id).reverse()[:LATEST])
    decision = _recharging.decide(gateways, terms, at)
    match decision:
        case Charge():
            sums = decision.amount_minor, decision.due_minor
            return ShownRecharge(terms, changes, attempts, at, *sums)
        case Wait():
            until, reason = decision.until, decision.reason
            return ShownRecharge(terms, changes, attempts, until, why_not=reason)
        case Off():
            return ShownRecharge(terms, changes, attempts, why_not=decision.reason)
