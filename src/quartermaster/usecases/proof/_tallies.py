"""What plans charged is what their months' usage costs, worked out again from the sessions."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from quartermaster.core import periods
from quartermaster.core.plans import tariffs
from quartermaster.core.plans.tariffs import Tally, Tariff
from quartermaster.core.pricing import rating
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.metering import queries as metering
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.wallets import tallies
from quartermaster.store.wallets.checks import Finding
from quartermaster.store.wallets.tallies import Counted

CHECK: Final = "tallies_follow_from_usage"


def differences() -> Iterator[Finding]:
    """Of every bot that has had a plan, for the times that no contract covers."""
    for bot in subscriptions.bots_with_plans():
        taken = contracts.covered(bot.workspace)
        stretches = subscriptions.stretches([bot.id]).get(bot.id, [])
        tariff, edges = Tariff(stretches), [one.start for one in stretches]
        edges += [periods.to_micros(at) for one in taken for at in (one.start, one.end)]
        edges += [one.end for one in stretches if one.end is not None]
        counted: Counter[Tally] = Counter()
        for unit, micros, quantity in metering.usage_of(bot.id, edges):
            tally = tariff.tally(unit, micros)
            if tally is not None and not any(periods.from_micros(micros) in one for one in taken):
                counted[tally] += quantity
        yield from _compared(counted, {one.of: one for one in tallies.of_bot(bot.id)})


def _compared(counted: Counter[Tally], kept: dict[Tally, Counted]) -> Iterator[Finding]:
    offers = catalog.offers({one.version for one in (*counted, *kept)})
    prices = catalog.price_list()
    for one in {**counted, **kept}:
        as_it_goes = prices.find(one.unit, periods.from_micros(one.start))
        amount = as_it_goes.amount if as_it_goes else Decimal(0)
        price = tariffs.price(offers[one.version], one.unit, one.is_trial, amount)
        due = (counted[one], rating.total_micro(price, counted[one]))
        has = (kept[one].quantity, kept[one].amount_micro) if one in kept else (0, 0)
        if due != has:
            words = f"{one.unit} from {periods.from_micros(one.start):%Y-%m-%d %H:%M}Z"
            detail = f"{words}: {due[0]} cost {due[1]}, charged were {has[1]} for {has[0]}"
            yield Finding(CHECK, f"sub {one.subscription}", detail)
