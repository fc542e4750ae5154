"""What auto-recharge would have charged, had it been on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.lifecycles import recharge, recharge_dry_run
from quartermaster.core.lifecycles.recharge import Attempt, Settings, Standing
from quartermaster.core.lifecycles.recharge_dry_run import Change
from quartermaster.core.periods import Period
from quartermaster.store.billing import queries as billing
from quartermaster.store.ledger import queries as ledger
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import recharges
from quartermaster.store.people.models import Bot
from quartermaster.store.wallets.models import Lot, Wallet

DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Preview:
    """The charges of a span, as if each had succeeded at once."""

    span: Period
    charges: tuple[Attempt, ...]

    @property
    def total_minor(self) -> int:
        """What they come to, without tax."""
        return sum(one.amount_minor for one in self.charges)

    @property
    def due_minor(self) -> int:
        """The same with tax."""
        return sum(one.due_minor for one in self.charges)


def preview_recharge(bot: Bot, settings: Settings, at: datetime) -> Preview:
    """Of the last 90 days, or since the bot first had paid credit, from what its wallet really went
    through, less what auto-recharge has bought in that time, with today's tax, and with no charge
    of more than can be ordered. BadRecharge."""
    limits = billing.funds_limits(settings.currency)
    settings = replace(settings, most_minor=limits.most_minor, tax=orders.tax_for(bot.workspace))
    recharge.check(settings, limits.least_minor)
    first = Lot.objects.filter(bot=bot).order_by("granted_at").first()
    since = at if first is None else first.granted_at
    span = Period(min(max(at - timedelta(days=DAYS), since), at), at)
    gone_micro = sum(amount for _, amount in ledger.wallet_changes(bot.id, span))
    changes = [Change(*one) for one in ledger.wallet_changes(bot.id, span, recharges.lots(bot.id))]
    now_micro = Wallet.objects.get(bot=bot).paid_micro
    began = Standing(bot.public_id, now_micro - gone_micro)
    return Preview(span, recharge_dry_run.rehearse(settings, began, changes, span))
