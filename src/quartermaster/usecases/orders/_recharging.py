"""What auto-recharge of a bot would do now.

In the caller's transaction and, whoever acts on it, under the workspace's lock.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core.invoices.taxes import Tax
from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.recharge import (
    Cap,
    Charge,
    Decision,
    Off,
    OffReason,
    Reason,
    Settings,
    Standing,
    Wait,
)
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries as terms
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.orders import operations, recharges
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people.models import Bot
from quartermaster.store.wallets.models import Wallet
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.ports.gateways import Gateways


def settings(row: RechargeTerms, tax: Tax) -> Settings:
    """As the core decides by them: no charge is of more than can be ordered, and its tax comes on
    top."""
    where = row.bot.workspace
    return Settings(
        row.amount_minor,
        row.threshold_minor,
        where.currency,
        ZoneInfo(where.time_zone),
        row.on_at,
        Cap(row.day_count, row.day_amount_minor),
        Cap(row.month_count, row.month_amount_minor),
        terms.funds_limits(where.currency).most_minor,
        tax,
    )


def settings_now(row: RechargeTerms) -> Settings:
    """The same, with the tax that its workspace owes now."""
    return settings(row, operations.tax_for(row.bot.workspace))


def decide(gateways: Gateways, row: RechargeTerms, at: datetime) -> Decision:
    """For people to see: a way to pay whose provider is switched off is none."""
    return due(row, at) if row.method.provider in gateways.names else _decide(row, None, at)


def due(row: RechargeTerms, at: datetime) -> Decision:
    """From all that has happened; whether the provider is switched on is seen when it is asked."""
    is_there = row.method.removed_at is None
    return _decide(row, MethodKind(row.method.kind) if is_there else None, at)


def moment(bot: Bot, at: datetime) -> datetime:
    """When what is set at an instant holds: whoever waited for the lock comes after what was begun
    meanwhile."""
    last = recharges.payments(bot.id).last()
    return at if last is None else max(at, last.begun_at)


def give_up(bot: Bot, at: datetime) -> None:
    """After a decline: it switches itself off if that was the last one in a row."""
    row = terms.find_recharge(bot.id)
    if row is None or row.on_at is None:
        return
    if _decide(row, MethodKind(row.method.kind), at) == Off(Reason.GIVEN_UP):
        off = billing.switch_off_recharge(row, OffReason.GIVEN_UP, BY_ITSELF, at)
        _telling.recharge_set(off, at)


def due_at(bot: int, at: datetime) -> datetime | None:
    """When something may be charged at the earliest, asked at an instant; None: not before
    something has happened."""
    row = terms.find_recharge(bot)
    if row is None:
        return None
    match due(row, at):
        case Charge():
            return at
        case Wait(until=until):
            return until
        case Off():
            return None


def _decide(row: RechargeTerms, method: MethodKind | None, at: datetime) -> Decision:
    bot = row.bot
    balance_micro = Wallet.objects.get(bot=bot).paid_micro
    covered = (one.end for one in contracts.covered(bot.workspace) if at in one)
    standing = Standing(
        bot.public_id, balance_micro, orders.has_bought(bot.id), method, next(covered, None)
    )
    history = recharges.attempts(bot.id, row.on_at or at, at)
    return recharge.decide(settings_now(row), history, standing, at)
