"""What a bot's wallet holds, where it came from, and how long it will last."""

from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.ledger.status import Balance, Gate
from quartermaster.store.people.models import Bot
from quartermaster.store.wallets import lookups
from quartermaster.store.wallets.lookups import LotFacts
from quartermaster.usecases.credits.check_gates import check_gates


@dataclass(frozen=True, slots=True)
class HeldCredit:
    """`gate` tells status, allowed sessions and days left; `lots` are paid ones, oldest first."""

    bot: Bot
    balance: Balance
    gate: Gate
    lots: list[LotFacts]


def show_wallet(bot: Bot, at: datetime) -> HeldCredit:
    """At an instant; what has expired by then does not count."""
    balance, gate = check_gates([bot.id], at)[bot.id]
    return HeldCredit(bot, balance, gate, lookups.lots_of(bot.workspace_id, bot.id))
