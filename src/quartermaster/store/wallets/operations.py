"""Writes of wallets, lots and charges, each in the caller's transaction and under the workspace's
lock (`people.operations.lock_workspace`)."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.db.models import F

from quartermaster.core import periods
from quartermaster.core.ledger import credits
from quartermaster.core.ledger.credits import Draw, Lot, Purse, Source
from quartermaster.core.usage.state import Ints
from quartermaster.core.usage.units import UNITS
from quartermaster.store import sql
from quartermaster.store.wallets import models

_SQL: Final = sql.Queries(__package__)
_UNIT_LABELS: Final = np.array(UNITS, np.bytes_)
RATE_DAYS: Final = 7
"""Spending per day is an average over this many days."""


def open_pool(workspace: int) -> None:
    """An empty pool for a new workspace."""
    models.Pool.objects.create(workspace_id=workspace)


def open_wallet(bot: int) -> None:
    """An empty wallet for a new bot."""
    models.Wallet.objects.create(bot_id=bot)


@dataclass(frozen=True, slots=True)
class Grant:
    """Credit to be added: to the pool, or with `bot` to that bot's wallet."""

    workspace: int
    amount_micro: int
    idempotency_key: uuid.UUID
    bot: int | None = None
    expires_at: datetime | None = None
    price_paid_minor: int = 0


def find_lot(idempotency_key: uuid.UUID) -> models.Lot | None:
    """The lot that an earlier grant with this key made."""
    return models.Lot.objects.filter(idempotency_key=idempotency_key).first()


def add_lot(grant: Grant, at: datetime) -> models.Lot:
    """A new lot; paid funds settle the wallet's debt first."""
    debt = 0
    if grant.bot is not None:
        debt = max(0, -models.Wallet.objects.get(bot_id=grant.bot).paid_micro)
        sql.run(_SQL["add_paid"], bot=grant.bot, amount=grant.amount_micro)
    funding = credits.fund(grant.amount_micro, debt)
    lot = models.Lot.objects.create(
        workspace_id=grant.workspace,
        bot_id=grant.bot,
        source=Source.FREE if grant.bot is None else Source.PAID,
        granted_micro=grant.amount_micro,
        remaining_micro=funding.remaining_micro,
        settled_micro=funding.settled_micro,
        price_paid_minor=grant.price_paid_minor,
        expires_at=grant.expires_at,
        granted_at=at,
        idempotency_key=grant.idempotency_key,
    )
    sql.run(_SQL["forget_undone"], workspace=grant.workspace, bot=grant.bot)
    refresh(grant.workspace, [] if grant.bot is None else [grant.bot])
    return lot


def take_back(lot: models.Lot, amount_micro: int) -> None:
    """Part of what is left of a paid lot leaves it and its wallet."""
    lot.remaining_micro -= amount_micro
    _take(lot, amount_micro)


def owe(lot: models.Lot, amount_micro: int, at: datetime) -> None:
    """What a paid lot has not any more leaves its wallet all the same: debt, which the other lots
    settle by their order of use as far as they can, and then the next funds."""
    left = amount_micro
    others = models.Lot.objects.filter(bot=lot.bot, remaining_micro__gt=0)
    soonest = F("expires_at").asc(nulls_last=True)
    for other in others.exclude(expires_at__lte=at).order_by(soonest, "id"):
        funding = credits.fund(other.remaining_micro, left)
        other.remaining_micro = funding.remaining_micro
        other.settled_micro += funding.settled_micro
        left -= funding.settled_micro
        other.save()
    _leave(lot, amount_micro)


def put_back(lot: models.Lot, amount_micro: int) -> None:
    """What was taken back of a lot returns, and settles the wallet's debt first."""
    debt = max(0, -models.Wallet.objects.get(bot=lot.bot).paid_micro)
    funding = credits.fund(amount_micro, debt)
    lot.remaining_micro += funding.remaining_micro
    lot.settled_micro += funding.settled_micro
    _take(lot, -amount_micro)


def _take(lot: models.Lot, amount_micro: int) -> None:
    lot.taken_back_micro += amount_micro
    lot.save()
    _leave(lot, amount_micro)


def _leave(lot: models.Lot, amount_micro: int) -> None:
    assert lot.bot_id is not None, "free credit is not sold"
    sql.run(_SQL["add_paid"], bot=lot.bot_id, amount=-amount_micro)
    sql.run(_SQL["forget_undone"], workspace=lot.workspace_id, bot=lot.bot_id)
    refresh(lot.workspace_id, [lot.bot_id])


def refresh(workspace: int, bots: Sequence[int]) -> None:
    """Brings the cached figures of the pool and the wallets' next expiry up to date."""
    sql.run(_SQL["refresh_pool"], workspace=workspace)
    if bots:
        sql.run(_SQL["refresh_wallet_expiry"], bots=sql.bigints(list(bots)))


def load_purses(
    workspace: int, bots: Sequence[int], order: tuple[Source, Source], at: datetime
) -> dict[int, Purse]:
    """What each bot's charges can draw on; free lots are the same objects in every purse.

    Debt that funds have settled still counts as debt here: it is the first to be given back.
    """
    free: list[Lot] = []
    paid: dict[int, list[Lot]] = {bot: [] for bot in bots}
    unspent = dict.fromkeys(bots, 0)
    found = sql.rows(_SQL["lots"], workspace=workspace, bots=sql.bigints(list(bots)))
    for lot, bot, source, remaining, used, settled, expires_at in found:
        one = Lot(lot, Source(source), remaining, used, expires_at)
        (free if bot is None else paid[bot]).append(one)
        if bot is not None:
            unspent[bot] += remaining + settled
    return {
        bot: Purse(
            credits.in_order([*free, *paid[bot]], order, at),
            debt_micro=unspent[bot] - paid_micro,
            free_drawn_micro=free_drawn,
            drawn=[Draw(*pair) for pair in drawn],
            undone=[Draw(*pair) for pair in undone],
        )
        for bot, paid_micro, free_drawn, drawn, undone in sql.rows(
            _SQL["wallets"], bots=sql.bigints(list(bots))
        )
    }


def save_purses(workspace: int, purses: Mapping[int, Purse]) -> None:
    """Writes back what charges have changed."""
    lots = {lot.id: lot for purse in purses.values() for lot in purse.lots}
    sql.run(
        _SQL["save_lots"],
        lots=sql.bigints(list(lots)),
        remaining=sql.bigints([lot.remaining_micro for lot in lots.values()]),
        used=sql.bigints([lot.used_micro for lot in lots.values()]),
    )
    bots = sql.bigints(list(purses))
    debts = sql.bigints([purse.debt_micro for purse in purses.values()])
    sql.run(_SQL["unsettle"], bots=bots, debts=debts)
    sql.run(
        _SQL["save_wallets"],
        bots=bots,
        debts=debts,
        free=sql.bigints([purse.free_drawn_micro for purse in purses.values()]),
        drawn=[_as_json(purse.drawn) for purse in purses.values()],
        undone=[_as_json(purse.undone) for purse in purses.values()],
    )
    refresh(workspace, list(purses))


def _as_json(stack: list[Draw]) -> str:
    return json.dumps([[one.lot, one.amount_micro] for one in stack])


@dataclass(frozen=True, slots=True)
class LapsedLot:
    """What was left in a lot at its expiry; `lapsed_before` had gone the same way earlier."""

    lot: int
    bot: int | None
    source: Source
    amount_micro: int
    lapsed_before: int


def lapse_lots(workspace: int, at: datetime) -> list[LapsedLot]:
    """Empties the lots that have expired by `at`."""
    lapsed = [
        LapsedLot(lot, bot, Source(source), amount, before)
        for lot, bot, source, amount, before in sql.rows(
            _SQL["due_lots"], workspace=workspace, at=at
        )
    ]
    if lapsed:
        sql.run(_SQL["lapse_lots"], lots=sql.bigints([one.lot for one in lapsed]))
        sql.run(_SQL["forget_undone"], workspace=workspace, bot=None)
        bots = {one.bot for one in lapsed if one.bot is not None}
        for one in lapsed:
            if one.bot is not None:
                sql.run(_SQL["add_paid"], bot=one.bot, amount=-one.amount_micro)
        refresh(workspace, sorted(bots))
    return lapsed


def due_workspaces(at: datetime) -> list[int]:
    """Workspaces in which something has expired by `at`, but for those whose clock stands."""
    return [workspace for (workspace,) in sql.rows(_SQL["due_workspaces"], at=at)]


@dataclass(frozen=True, slots=True)
class NewCharges:
    """Usage priced, in columns: `unit` a place in `UNITS`, `session` and `channel` 0
    for none, `slot` the start of a quarter of an hour in microseconds. `quantity` below zero takes
    a session back. Priced by `price` or, at `position`, by `tally` (0: not by this). The channel is
    not stored."""

    bot: Ints
    unit: Ints
    session: Ints
    channel: Ints
    slot: Ints
    quantity: Ints
    price: Ints
    tally: Ints
    position: Ints
    amount_micro: Ints

    def __len__(self) -> int:
        return len(self.bot)

    def take(self, rows: Ints) -> "NewCharges":
        """Some of them."""
        return NewCharges(*(getattr(self, name)[rows] for name in NewCharges.__slots__))

    @classmethod
    def joined(cls, several: "Sequence[NewCharges]") -> "NewCharges":
        """One behind the other."""
        return cls(
            *(np.concatenate([getattr(one, name) for one in several]) for name in cls.__slots__)
        )


def insert_charges(charges: NewCharges, at: datetime) -> Ints:
    """Stores charges; their ids in the same order."""
    ids = sql.allocate("wallets_charge_id_seq", len(charges))
    sql.copy(
        _SQL["copy_charges"],
        sql.bigints(ids),
        sql.bigints(charges.bot),
        sql.Column("bigint", charges.session, charges.session == 0),
        sql.instants(charges.slot),
        sql.Column("bigint", charges.price, charges.price == 0),
        sql.bigints(charges.amount_micro),
        sql.instants(np.full(len(ids), periods.to_micros(at))),
        sql.labels(_UNIT_LABELS[charges.unit]),
        sql.integers(charges.quantity),
    )
    tallied = np.flatnonzero(charges.tally)
    columns = (ids, charges.tally, charges.position)
    sql.copy(_SQL["copy_tallied"], *(sql.bigints(one[tallied]) for one in columns))
    return ids


def charges_of_sessions(sessions: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Session → (price, tally, amount) of those that were charged."""
    found = sql.rows(_SQL["charges_of_sessions"], sessions=sql.bigints(list(sessions)))
    return {session: (price, tally, amount) for session, price, tally, amount in found}


def bots(workspace: int | None = None) -> list[int]:
    """The bots of a workspace; None: of all whose clock goes with the world's."""
    found = models.Wallet.objects.order_by("bot_id")
    if workspace is None:
        found = found.filter(bot__workspace__frozen_at__isnull=True)
    else:
        found = found.filter(bot__workspace_id=workspace)
    return list(found.values_list("bot_id", flat=True))


def rate_wallets(bots: Sequence[int], at: datetime, max_age: timedelta) -> None:
    """Works out the spending per day of wallets where that is further than `max_age` from `at`."""
    before, after = at - max_age, at + max_age
    stale = sql.rows(_SQL["stale_rates"], bots=sql.bigints(list(bots)), before=before, after=after)
    if stale:
        sql.run(
            _SQL["rate_wallets"],
            bots=sql.bigints([bot for (bot,) in stale]),
            at=at,
            since=at - timedelta(days=RATE_DAYS),
        )
