"""Who has an older version of an offer than the one that is sold, and what moving would change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.plans import terms
from quartermaster.core.plans.terms import CadenceNotOffered, Terms
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.catalog.models import OfferVersion
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _standing


@dataclass(frozen=True, slots=True)
class Move:
    """A subscription and the terms that it would have from the end of its cycle, with what a cycle
    costs now and then, in minor units. `obstacle` says why it cannot be moved, if so."""

    subscription: Subscription
    terms: Terms
    fee_minor: int
    new_fee_minor: int
    at: datetime
    obstacle: str = ""


def moves(key: str) -> Iterator[Move]:
    """All live subscriptions to other versions than the one that is sold now. NotSold."""
    sold = catalog.current_version(key)
    if sold is None:
        raise _standing.NotSold(f"{key!r} is not for sale", field="plan")
    for one in subscriptions.holding(key):
        if one.version_id != sold.id:
            yield _move(one, sold)


def _move(one: Subscription, sold: OfferVersion) -> Move:
    has, currency = _standing.terms_of(one), one.bot.workspace.currency
    included = sold.offer.seats.included if sold.offer.seats else 0
    seats = max(has.seats, included) if sold.offer.seats else 0
    wanted = Terms(sold.id, sold.offer, has.cadence, seats)
    obstacle = ""
    if one.is_ending:
        obstacle = "it ends with its cycle"
    elif one.next_version_id is not None:
        obstacle = "its owner has planned a change"
    elif one.state == "trialing":
        obstacle = "it is a trial"
    try:
        terms.agreed(sold.id, sold.offer, has.cadence, seats)
    except CadenceNotOffered as no:
        obstacle = str(no)
        return Move(one, wanted, _fee(has, currency), 0, one.cycle_end_at, obstacle)
    fee, new_fee = _fee(has, currency), _fee(wanted, currency)
    return Move(one, wanted, fee, new_fee, one.cycle_end_at, obstacle)


def _fee(of: Terms, currency: str) -> int:
    return sum(fee.amount_minor for fee in terms.fees(of, currency))
