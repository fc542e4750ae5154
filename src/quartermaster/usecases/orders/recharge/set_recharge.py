"""The owner of a bot switches auto-recharge on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.recharge import DAILY, UNCAPPED, BadRecharge, Cap
from quartermaster.store.billing import operations, queries
from quartermaster.store.billing.models import PaymentMethod, RechargeTerms
from quartermaster.store.orders import queries as orders
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders import _recharging, _telling, _ways
from quartermaster.usecases.ports.gateways import Gateways

_TERMS = (
    "amount_minor",
    "threshold_minor",
    "method_id",
    "day_count",
    "day_amount_minor",
    "month_count",
    "month_amount_minor",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What it is to do, in the currency's minor unit. `method` is a saved way to pay by its public
    id; None: the workspace's default. `by` is the person who wants it."""

    bot: Bot
    amount_minor: int
    threshold_minor: int
    by: str
    method: str | None = None
    day: Cap = DAILY
    month: Cap = UNCAPPED


def set_recharge(gateways: Gateways, wanted: Wanted, at: datetime) -> RechargeTerms:
    """On from now on; the same again changes nothing, anything else begins anew after declines. A
    charge that is in flight stays. BadRecharge, naming the field; also where nothing was ever
    bought for the bot. NotFound; MethodNotTaken."""
    workspace = wanted.bot.workspace
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        at = _recharging.moment(wanted.bot, at)
        row = _terms(wanted, _method(gateways, wanted), at)
        limits = queries.funds_limits(workspace.currency)
        recharge.check(_recharging.settings_now(row), limits.least_minor)
        if not orders.has_bought(wanted.bot.id):
            raise BadRecharge("nothing was bought for this bot yet", field="bot")
        there = queries.find_recharge(wanted.bot.id)
        if there is not None and there.on_at is not None and _are_same(there, row):
            return there
        made = operations.set_recharge(row)
        _telling.recharge_set(made, at)
        return made


def _method(gateways: Gateways, wanted: Wanted) -> PaymentMethod:
    workspace = wanted.bot.workspace_id
    if wanted.method is not None:
        found = queries.get_of(workspace, wanted.method)
    elif (default := queries.find_default(workspace)) is not None:
        found = default
    else:
        raise BadRecharge("save a card or a PayPal account first", field="method")
    _ways.saved(gateways, found)
    return found


def _terms(wanted: Wanted, method: PaymentMethod, at: datetime) -> RechargeTerms:
    return RechargeTerms(
        bot=wanted.bot,
        amount_minor=wanted.amount_minor,
        threshold_minor=wanted.threshold_minor,
        method=method,
        day_count=wanted.day.count,
        day_amount_minor=wanted.day.amount_minor,
        month_count=wanted.month.count,
        month_amount_minor=wanted.month.amount_minor,
        on_at=at,
        set_at=at,
        by=wanted.by,
    )


def _are_same(there: RechargeTerms, wanted: RechargeTerms) -> bool:
    return all(getattr(there, name) == getattr(wanted, name) for name in _TERMS)
