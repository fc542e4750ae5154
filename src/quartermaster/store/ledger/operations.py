"""Writes of the ledger: opening accounts and posting transfers. Nothing else writes here."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from quartermaster.core import periods
from quartermaster.core.ledger.accounts import PER_BOT
from quartermaster.core.ledger.accounts import Account as AccountKind
from quartermaster.core.ledger.transfers import Move, Transfer
from quartermaster.core.usage.state import Ints
from quartermaster.store import sql
from quartermaster.store.ledger.models import Account

_SQL = sql.Queries(__package__)


def open_workspace_accounts(workspace: int) -> None:
    """The accounts that a workspace has once."""
    kinds = [kind for kind in AccountKind if kind not in PER_BOT]
    Account.objects.bulk_create(Account(workspace_id=workspace, kind=kind) for kind in kinds)


def open_bot_accounts(workspace: int, bot: int) -> None:
    """The accounts that each bot has."""
    kinds = [kind for kind in AccountKind if kind in PER_BOT]
    Account.objects.bulk_create(
        Account(workspace_id=workspace, bot_id=bot, kind=kind) for kind in kinds
    )


def post(
    workspace: int, transfers: Sequence[Transfer], keys: Sequence[uuid.UUID], at: datetime
) -> None:
    """Posts transfers in the caller's transaction; a key that exists already is an IntegrityError,
    so whoever may repeat an act looks for its key first."""
    accounts = _accounts(workspace)

    def account_of(transfer: Transfer, kind: AccountKind) -> int:
        return accounts[transfer.bot if kind in PER_BOT else None, kind]

    sql.run(
        _SQL["insert_transfers"],
        keys=list(keys),
        facts=[str(transfer.fact) for transfer in transfers],
        debits=sql.bigints([account_of(one, one.debit) for one in transfers]),
        credits=sql.bigints([account_of(one, one.credit) for one in transfers]),
        amounts=sql.bigints([transfer.amount_micro for transfer in transfers]),
        lots=sql.nullable_bigints([transfer.lot for transfer in transfers]),
        at=at,
    )


@dataclass(frozen=True, slots=True)
class UsageTransfers:
    """What pays for charges, in columns: `move` is a place among the moves, `lot` 0 is debt, `part`
    counts the transfers of a charge from 1."""

    move: Ints
    bot: Ints
    amount_micro: Ints
    lot: Ints
    charge: Ints
    part: Ints


def post_usage(workspace: int, moves: Sequence[Move], rows: UsageTransfers, at: datetime) -> None:
    """Posts transfers for charges in the caller's transaction; a charge and part that is there
    already is an IntegrityError."""
    accounts = _accounts(workspace)
    bots, bot = np.unique(rows.bot, return_inverse=True)

    def account_of(kind: AccountKind) -> list[int]:
        return [accounts[one if kind in PER_BOT else None, kind] for one in bots.tolist()]

    givers = np.array([account_of(move.debit) for move in moves], np.int64)
    takers = np.array([account_of(move.credit) for move in moves], np.int64)
    sql.copy(
        _SQL["copy_transfers"],
        sql.bigints(givers[rows.move, bot]),
        sql.bigints(takers[rows.move, bot]),
        sql.bigints(rows.amount_micro),
        sql.Column("bigint", rows.lot, rows.lot == 0),
        sql.bigints(rows.charge),
        sql.instants(np.full(len(rows.bot), periods.to_micros(at))),
        sql.labels(np.array([move.fact for move in moves], np.bytes_)[rows.move]),
        sql.smallints(rows.part),
    )


def _accounts(workspace: int) -> dict[tuple[int | None, str], int]:
    found = sql.rows(_SQL["accounts"], workspace=workspace)
    return {(bot, kind): account for account, bot, kind in found}
