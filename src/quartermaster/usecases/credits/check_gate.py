"""May this bot serve a new conversation?"""

from datetime import datetime

from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance, Gate
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.wallets import queries as wallets


def check_gate(bot: int, at: datetime) -> Gate:
    """The answer from the cached figures of the bot's wallet and its workspace's pool."""
    standing = wallets.standing(bot, at)
    return status.gate(
        Balance(
            paid_micro=standing.paid_micro,
            free_micro=standing.free_micro,
            session_price=catalog.session_price(at),
            spent_per_day_micro=standing.spent_per_day_micro,
            low_balance_micro=status.LOW_BALANCE_MICRO,
            is_contract=standing.is_contract,
            is_free_first=standing.is_free_first,
        )
    )
