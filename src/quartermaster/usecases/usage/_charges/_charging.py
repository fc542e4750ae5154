"""Step four of the meter: what changed is priced, drawn from credit, and posted."""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from quartermaster.core.ledger import credits, postings
from quartermaster.core.ledger.credits import Parts, Source
from quartermaster.core.usage.state import Ints
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.ledger.operations import UsageTransfers
from quartermaster.store.metering.operations import Figures
from quartermaster.store.people.operations import Locked
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets.operations import NewCharges
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.usage._changes import Changes, Sessions, slots
from quartermaster.usecases.usage._charges import _rating
from quartermaster.usecases.usage._charges._rating import PAID_AS_IT_GOES, Plans, Usage

RATE_AGE: Final = timedelta(minutes=1)
_MOVES: Final = [
    postings.usage_moved(source, is_back)
    for source in (Source.PAID, Source.FREE)
    for is_back in (False, True)
]
"""By twice whether the credit is free, and once whether it comes back."""


def charge(locked: Locked, changes: Changes, at: datetime) -> None:
    """Charges what was made and counted, and takes back what was withdrawn."""
    charges = _priced(changes)
    if not len(charges):
        return
    _lapsing.lapse_due(locked.workspace, at)
    ids = wallets.insert_charges(charges, at)
    parts = _drawn(locked, charges, at)
    moves = 2 * ~parts.is_paid + (parts.amount_micro < 0)
    ledger.post_usage(
        locked.workspace,
        _MOVES,
        UsageTransfers(
            moves,
            charges.bot[parts.index],
            abs(parts.amount_micro),
            parts.lot,
            ids[parts.index],
            _numbers(parts.index),
        ),
        at,
    )
    changes.figures.append(_figures(charges, parts))


def _drawn(locked: Locked, charges: NewCharges, at: datetime) -> Parts:
    """What pays the charges, bot by bot; `index` counts all charges, which are sorted by bot."""
    order = credits.FREE_FIRST if locked.is_free_first else credits.PAID_FIRST
    bots, firsts = np.unique(charges.bot, return_index=True)
    purses = wallets.load_purses(locked.workspace, bots.tolist(), order, at)
    amounts = np.split(charges.amount_micro, firsts[1:])
    found = [
        credits.settle(purses[bot], each, at)
        for bot, each in zip(bots.tolist(), amounts, strict=True)
    ]
    wallets.save_purses(locked.workspace, purses)
    return Parts.joined(found, firsts.tolist())


def _numbers(index: Ints) -> Ints:
    """1, 2, … for the parts of each charge, which stand one behind the other."""
    places = np.arange(len(index))
    begins = np.append(True, index[1:] != index[:-1])[: len(index)]
    return places - np.maximum.accumulate(np.where(begins, places, 0)) + 1


def rate(changes: Changes, at: datetime) -> None:
    """Keeps the spending per day of the bots at hand from growing old."""
    bots = np.unique(np.concatenate([one.bot for one in changes.figures]))
    if len(bots):
        wallets.rate_wallets(bots.tolist(), at, RATE_AGE)


def _priced(changes: Changes) -> NewCharges:
    """What is to be charged, by bot and slot."""
    usage, back = _used(changes), _taken_back(changes.withdrawn)
    prices = catalog.price_list()
    plans = Plans(np.unique(usage.bot))
    counted_to, place = plans.places(usage)
    rows = np.flatnonzero(place != PAID_AS_IT_GOES)
    several = [_as_they_go(usage.take(np.flatnonzero(place == PAID_AS_IT_GOES)), prices), back]
    if len(rows) or back.tally.any():
        made = usage.take(rows)
        several.append(_rating.charge(prices, made, counted_to, place[rows], back))
    charges = NewCharges.joined(several)
    return charges.take(np.lexsort((charges.slot, charges.bot)))


def _used(changes: Changes) -> Usage:
    """Sessions that were made, and units that were counted."""
    made, counted = changes.made, changes.counted
    none = np.zeros(len(counted.bot), np.int64)
    return Usage(
        np.concatenate([made.bot, counted.bot]),
        np.concatenate([made.unit, counted.unit]),
        np.concatenate([made.session, none]),
        np.concatenate([made.channel, counted.channel]),
        np.concatenate([made.start, counted.slot]),
        np.concatenate([np.ones(len(made), np.int64), counted.quantity]),
    )


def _as_they_go(usage: Usage, prices: catalog.PriceList) -> NewCharges:
    """At the price of their time. Each unit is rounded by itself, so that it does not matter how
    many came at once; what is free makes no charge."""
    price, amount = prices.at(usage.unit, usage.at)
    none = np.zeros(len(usage), np.int64)
    charges = NewCharges(
        usage.bot,
        usage.unit,
        usage.session,
        usage.channel,
        slots(usage.at),
        usage.quantity,
        price,
        none,
        none,
        usage.quantity * amount,
    )
    return charges.take(np.flatnonzero(np.where(usage.session > 0, amount, price)))


def _taken_back(withdrawn: Sessions) -> NewCharges:
    charged = wallets.charges_of_sessions(withdrawn.session.tolist())
    sessions = withdrawn.session.tolist()
    found = [charged.get(session, (0, 0, 0)) for session in sessions]
    price, tally, amount = np.array(found, np.int64).reshape(-1, 3).T
    charges = NewCharges(
        withdrawn.bot,
        withdrawn.unit,
        withdrawn.session,
        withdrawn.channel,
        slots(withdrawn.start),
        np.full(len(withdrawn), -1),
        price,
        tally,
        np.zeros(len(withdrawn), np.int64),
        -amount,
    )
    return charges.take(np.flatnonzero(price + tally))


def _figures(charges: NewCharges, parts: Parts) -> Figures:
    amount, index = parts.amount_micro, parts.index
    return Figures(
        charges.bot[index],
        charges.slot[index],
        charges.unit[index],
        charges.channel[index],
        np.zeros(len(index), np.int64),
        np.where(parts.is_paid, amount, 0),
        np.where(parts.is_paid, 0, amount),
    )
