"""Usage that plans price: it counts to tallies, and what one more unit costs follows from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from quartermaster.core import periods
from quartermaster.core.plans import tariffs
from quartermaster.core.plans.tariffs import Rated, Tally, Tariff
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.state import Ints
from quartermaster.core.usage.units import UNITS
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.catalog.queries import PriceList
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.wallets import tallies
from quartermaster.store.wallets.operations import NewCharges
from quartermaster.store.wallets.tallies import Counted
from quartermaster.usecases.usage._changes import slots

PAID_AS_IT_GOES: Final = -1


@dataclass(frozen=True, slots=True)
class Usage:
    """Units that were made or counted, or that are taken back, in columns. `at` is what they are
    priced by: the start of the session, or of the slot, in microseconds."""

    bot: Ints
    unit: Ints
    session: Ints
    channel: Ints
    at: Ints
    quantity: Ints

    def __len__(self) -> int:
        return len(self.bot)

    def take(self, rows: Ints) -> "Usage":
        """Some of them."""
        return Usage(*(getattr(self, name)[rows] for name in Usage.__slots__))


class Plans:
    """The tariffs of bots. Most bots have none, and pay as they go."""

    def __init__(self, bots: Ints) -> None:
        self._tariffs: dict[int, Tariff] = {
            bot: Tariff(several) for bot, several in subscriptions.stretches(bots.tolist()).items()
        }

    def places(self, usage: Usage) -> tuple[list[Tally], Ints]:
        """The tallies that usage counts to, and for each row its place among them or
        `PAID_AS_IT_GOES`."""
        place = np.full(len(usage), PAID_AS_IT_GOES)
        found: dict[Tally, int] = {}
        if self._tariffs:
            for row in np.flatnonzero(np.isin(usage.bot, list(self._tariffs))).tolist():
                tariff = self._tariffs[int(usage.bot[row])]
                tally = tariff.tally(UNITS[usage.unit[row]], int(usage.at[row]))
                if tally is not None:
                    place[row] = found.setdefault(tally, len(found))
        return list(found), place


def charge(
    prices: PriceList, made: Usage, counted_to: Sequence[Tally], place: Ints, back: NewCharges
) -> NewCharges:
    """The charges of what was made, which counts to tallies, and what the tallies' other units cost
    more or less because of what is taken back from them."""
    standing = tallies.by_id(np.unique(back.tally).tolist())
    has = tallies.open_tallies(counted_to)
    several = {one.id: one for one in (*standing.values(), *has.values())}
    tally_ids = np.array([has[one].id for one in counted_to], np.int64)[place]
    found = []
    versions = catalog.offers({one.of.version for one in several.values()})
    for id_, one in sorted(several.items()):
        offer = versions[one.of.version]
        price = tariffs.price(offer, one.of.unit, one.of.is_trial, _as_it_goes(prices, one.of))
        found.append(_rated(one, price, made.take(_of(id_, tally_ids, made)), back, id_))
    tallies.save(list(several.values()))
    return NewCharges.joined(found) if found else back.take(np.empty(0, np.int64))


def _of(tally: int, tallies_: Ints, made: Usage) -> Ints:
    """The rows that count to a tally, in the order of their time."""
    rows = np.flatnonzero(tallies_ == tally)
    return rows[np.lexsort((made.session[rows], made.at[rows]))]


def _rated(
    one: Counted, price: UsagePrice, made: Usage, back: NewCharges, tally: int
) -> NewCharges:
    gone = np.flatnonzero(back.tally == tally)
    given_back = (-back.amount_micro[gone]).tolist()
    rated = tariffs.rerate(
        price, one.quantity, one.amount_micro, given_back, int(made.quantity.sum())
    )
    ends = np.cumsum(made.quantity)
    position = one.quantity - len(gone) + ends - made.quantity
    running = np.append(0, np.cumsum(np.array(rated.amounts_micro, np.int64)))
    charges = NewCharges(
        made.bot,
        made.unit,
        made.session,
        made.channel,
        slots(made.at),
        made.quantity,
        np.zeros(len(made), np.int64),
        np.full(len(made), tally),
        position,
        running[ends] - running[ends - made.quantity],
    )
    one.quantity += int(made.quantity.sum()) - len(gone)
    one.amount_micro += rated.correction_micro + int(running[-1]) - sum(given_back)
    if not rated.correction_micro:
        return charges
    return NewCharges.joined([charges, _correction(back.take(gone[:1]), one, rated)])


def _correction(gone: NewCharges, one: Counted, rated: Rated) -> NewCharges:
    """Of no units, at the time of what was taken back."""
    nothing = np.zeros(1, np.int64)
    return NewCharges(
        gone.bot,
        gone.unit,
        nothing,
        nothing,
        gone.slot,
        nothing,
        nothing,
        np.array([one.id]),
        np.array([one.quantity]),
        np.array([rated.correction_micro]),
    )


def _as_it_goes(prices: PriceList, tally: Tally) -> Decimal:
    """What a unit costs without a plan when a trial begins."""
    found = prices.find(tally.unit, periods.from_micros(tally.start))
    return found.amount if found else Decimal(0)
