"""The credit of all of a workspace's bots, and which of them need somebody first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quartermaster.core.ledger.status import Balance, CreditStatus, Gate
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.credits.check_gates import check_gates


@dataclass(frozen=True, slots=True)
class BotCredit:
    """What a bot can draw on; `gate` tells status, allowed sessions and days left."""

    bot: Bot
    balance: Balance
    gate: Gate


@dataclass(frozen=True, slots=True)
class Wallets:
    """`credits` by the names of the bots."""

    credits: list[BotCredit]

    @property
    def paid_micro(self) -> int:
        """Paid credit in all wallets; one's debt takes nothing from the others."""
        return sum(max(one.balance.paid_micro, 0) for one in self.credits)

    @property
    def stopped(self) -> int:
        """How many bots may not serve new conversations."""
        return sum(not one.gate.may_serve for one in self.credits)

    @property
    def low(self) -> int:
        """How many run low or draw on free credit."""
        statuses = (CreditStatus.LOW, CreditStatus.USING_FREE)
        return sum(one.gate.status in statuses for one in self.credits)

    def most_urgent_first(self) -> list[BotCredit]:
        """Stopped ones, then those with the fewest days left, then those that spend the most."""
        return sorted(self.credits, key=_urgency)


def list_wallets(workspace: Workspace, at: datetime) -> Wallets:
    """At an instant; what has expired by then does not count."""
    bots = people.bots_of(workspace)
    gates = check_gates([bot.id for bot in bots], at)
    return Wallets([BotCredit(bot, *gates[bot.id]) for bot in bots])


def _urgency(one: BotCredit) -> tuple[Any, ...]:
    days = one.gate.days_left
    return (one.gate.may_serve, days is None, days or 0, -one.balance.spent_per_day_micro)
