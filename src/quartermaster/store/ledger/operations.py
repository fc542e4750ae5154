"""Writes of the ledger: opening accounts and posting transfers. Nothing else writes here."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from quartermaster.core.ledger.accounts import PER_BOT
from quartermaster.core.ledger.accounts import Account as AccountKind
from quartermaster.core.ledger.transfers import Transfer
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
    accounts: dict[tuple[int | None, str], int] = {
        (bot, kind): account
        for account, bot, kind in sql.rows(_SQL["accounts"], workspace=workspace)
    }

    def account_of(transfer: Transfer, kind: AccountKind) -> int:
        return accounts[(transfer.bot if kind in PER_BOT else None, kind)]

    sql.run(
        _SQL["insert_transfers"],
        keys=list(keys),
        facts=[str(transfer.fact) for transfer in transfers],
        debits=sql.bigints([account_of(one, one.debit) for one in transfers]),
        credits=sql.bigints([account_of(one, one.credit) for one in transfers]),
        amounts=sql.bigints([transfer.amount_micro for transfer in transfers]),
        lots=sql.nullable_bigints([transfer.lot for transfer in transfers]),
        charges=sql.nullable_bigints([transfer.charge for transfer in transfers]),
        at=at,
    )
