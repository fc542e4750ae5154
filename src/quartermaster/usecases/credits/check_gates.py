"""May these bots serve a new conversation?"""

from collections.abc import Sequence
from datetime import datetime

from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance, Gate
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.wallets import queries as wallets


def check_gates(bots: Sequence[int], at: datetime) -> dict[int, tuple[Balance, Gate]]:
    """For each bot its balance and the answer, from the cached figures."""
    price = catalog.session_price(at)
    found = {}
    for standing in wallets.standings(bots, at):
        balance = Balance(
            paid_micro=standing.paid_micro,
            free_micro=standing.free_micro,
            session_price=price,
            spent_per_day_micro=standing.spent_per_day_micro,
            low_balance_micro=status.LOW_BALANCE_MICRO,
            is_contract=standing.is_contract,
            is_free_first=standing.is_free_first,
        )
        found[standing.bot] = (balance, status.gate(balance))
    return found
