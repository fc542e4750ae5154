"""Step four of the meter: what changed is priced, drawn from credit, and posted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from quartermaster.core.ledger import credits, postings
from quartermaster.core.ledger.credits import Part, Source
from quartermaster.core.ledger.transfers import Transfer
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.people.operations import Locked
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets.operations import NewCharge
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.usage._changes import Changes, slot

RATE_AGE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Priced:
    """A charge and the channel whose roll-up it belongs to."""

    charge: NewCharge
    channel: int


def charge(locked: Locked, changes: Changes, at: datetime) -> None:
    """Charges what was made and counted, and takes back what was withdrawn."""
    priced = sorted(_priced(changes), key=lambda one: (one.charge.bot, one.charge.slot))
    if not priced:
        return
    _lapsing.lapse_due(locked.workspace, at)
    ids = wallets.insert_charges([one.charge for one in priced], at)
    bots = sorted({one.charge.bot for one in priced})
    order = credits.FREE_FIRST if locked.is_free_first else credits.PAID_FIRST
    purses = wallets.load_purses(locked.workspace, bots, order, at)
    transfers: list[Transfer] = []
    rows_of: dict[int, list[int]] = {}
    for row, one in enumerate(priced):
        rows_of.setdefault(one.charge.bot, []).append(row)
    for bot, rows in rows_of.items():
        amounts = [priced[row].charge.amount_micro for row in rows]
        parts = credits.settle(purses[bot], amounts, at)
        transfers += postings.usage_charged(bot, [ids[row] for row in rows], parts)
        _add_to_rollups([priced[row] for row in rows], parts, changes)
    wallets.save_purses(locked.workspace, purses)
    ledger.post(locked.workspace, transfers, _transfer_keys(transfers), at)


def rate(changes: Changes, at: datetime) -> None:
    """Keeps the spending per day of the bots at hand from growing old."""
    bots = sorted({key[0] for key in changes.rollups})
    if bots:
        wallets.rate_wallets(bots, at, RATE_AGE)


def _priced(changes: Changes) -> list[_Priced]:
    prices = catalog.price_list()
    priced = []
    for session in changes.made:
        price = prices.find(session.unit, session.start)
        if price is not None and price.amount_micro:
            at_slot, amount = slot(session.start), price.amount_micro
            new = NewCharge(
                session.bot, session.unit, session.session, at_slot, 1, price.id, amount
            )
            priced.append(_Priced(new, session.channel))
    for counted in changes.counted:
        price = prices.find(counted.unit, counted.slot)
        if price is None or not price.amount:
            continue
        # Rounded unit by unit, so that it does not matter how many came at once.
        amount = counted.quantity * price.amount_micro
        new = NewCharge(
            counted.bot, counted.unit, None, counted.slot, counted.quantity, price.id, amount
        )
        priced.append(_Priced(new, counted.channel))
    return priced + _taken_back(changes)


def _taken_back(changes: Changes) -> list[_Priced]:
    charged = wallets.charges_of_sessions([one.session for one in changes.withdrawn])
    return [
        _Priced(
            NewCharge(
                session.bot,
                session.unit,
                session.session,
                slot(session.start),
                -1,
                charged[session.session][0],
                -charged[session.session][1],
            ),
            session.channel,
        )
        for session in changes.withdrawn
        if session.session in charged
    ]


def _add_to_rollups(priced: Sequence[_Priced], parts: Sequence[Part], changes: Changes) -> None:
    for part in parts:
        one = priced[part.index]
        key = (one.charge.bot, one.charge.slot, one.charge.unit, one.channel)
        if part.source is Source.PAID:
            changes.add(key, paid=part.amount_micro)
        else:
            changes.add(key, free=part.amount_micro)


def _transfer_keys(transfers: Sequence[Transfer]) -> list[uuid.UUID]:
    """A charge's parts are numbered, so that none can be posted twice."""
    part: dict[int | None, int] = {}
    keys = []
    for transfer in transfers:
        number = part[transfer.charge] = part.get(transfer.charge, 0) + 1
        words = b"charge %d part %d" % (transfer.charge or 0, number)
        keys.append(uuid.UUID(bytes=blake2b(words, digest_size=16).digest()))
    return keys
