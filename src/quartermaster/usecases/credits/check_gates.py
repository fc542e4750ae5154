"""May these bots serve a new conversation?"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from quartermaster.core import periods
from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance, Gate
from quartermaster.core.plans import tariffs
from quartermaster.core.plans.tariffs import Tally, Tariff
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.units import Unit
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.wallets import queries as wallets
from quartermaster.store.wallets import tallies


def check_gates(bots: Sequence[int], at: datetime) -> dict[int, tuple[Balance, Gate]]:
    """For each bot its balance and the answer, from the cached figures."""
    price = catalog.session_price(at)
    plans = _plans(bots, price, at)
    found = {}
    for standing in wallets.standings(bots, at):
        plan, used = plans.get(standing.bot, (None, 0))
        balance = Balance(
            paid_micro=standing.paid_micro,
            free_micro=standing.free_micro,
            as_it_goes=price,
            spent_per_day_micro=standing.spent_per_day_micro,
            low_balance_micro=status.LOW_BALANCE_MICRO,
            is_contract=standing.is_contract,
            is_free_first=standing.is_free_first,
            plan=plan,
            used=used,
        )
        found[standing.bot] = (balance, status.gate(balance))
    return found


def _plans(
    bots: Sequence[int], as_it_goes: Decimal, at: datetime
) -> dict[int, tuple[UsagePrice, int]]:
    """What prices the sessions of bots with a plan, and how many its month has had."""
    found: dict[int, tuple[UsagePrice, Tally]] = {}
    for bot, stretches in subscriptions.stretches(bots).items():
        tariff = Tariff(stretches)
        tally = tariff.tally(Unit.BILLING_SESSION, periods.to_micros(at))
        if tally is not None:
            offer = tariff.holding(tally).offer
            price = tariffs.price(offer, tally.unit, tally.is_trial, as_it_goes)
            found[bot] = price, tally
    used = tallies.quantities([tally for _, tally in found.values()])
    return {bot: (price, used.get(tally, 0)) for bot, (price, tally) in found.items()}
