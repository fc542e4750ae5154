"""`GET /v1/bots/{bot}/gate` as an ASGI callable: one statement, and the rule of the core.

The use case `check_gates` says the same to the pages, by the same rule.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import resources
from typing import Any, Final, LiteralString, cast
from zoneinfo import ZoneInfo

import msgspec

from quartermaster.core import periods
from quartermaster.core.catalog import reading as offers
from quartermaster.core.catalog.offers import Offer
from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance
from quartermaster.core.plans import tariffs
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.tariffs import Stretch, Tariff
from quartermaster.core.usage.units import Unit
from quartermaster.interfaces.ingest import reading
from quartermaster.interfaces.ingest.answers import Answer, Scope
from quartermaster.interfaces.ingest.reading import Reader

PATH: Final = re.compile(r"/v1/bots/([^/\0]+)/gate")
"""The address, unquoted. PostgreSQL has no text with NUL, so nothing has such a name."""
_FIND_STANDING: Final[LiteralString] = (
    resources.files(__package__).joinpath("sql", "find_standing.sql").read_text()
)


class Gate(Reader):
    """Says whether a bot may serve."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        super().__init__(database_url, now)
        self._offers: dict[int, Offer] = {}  # versions never change

    async def _answer(self, scope: Scope, headers: Mapping[bytes, str]) -> Answer:
        named = cast("re.Match[str]", PATH.fullmatch(scope["path"]))[1]
        row = await self._row(_FIND_STANDING, headers, bot=named, at=self._now())
        bot, at, plans, *figures = row
        if bot is None:
            raise reading.no_bot(named)
        balance = _balance(*figures)
        if plans:
            balance = self._planned(balance, plans, at)
        gate = status.gate(balance)
        fields = {name: getattr(gate, name) for name in gate.__dataclass_fields__}
        return Answer(200, msgspec.json.encode({"bot": bot, **fields}))

    def _planned(self, balance: Balance, plans: list[Any], at: datetime) -> Balance:
        """By the plan that prices the bot's sessions, and how many its month has had."""
        stretches = [self._stretch(one[:7]) for one in plans]
        tariff = Tariff(stretches)
        tally = tariff.tally(Unit.BILLING_SESSION, periods.to_micros(at))
        if tally is None:
            return balance
        counted = {
            (stretch.subscription, stretch.version, start): used
            for stretch, (*_, start, used) in zip(stretches, plans, strict=True)
        }
        offer = tariff.holding(tally).offer
        price = tariffs.price(offer, tally.unit, tally.is_trial, balance.as_it_goes)
        used = counted.get((tally.subscription, tally.version, tally.start), 0)
        return replace(balance, plan=price, used=used)

    def _stretch(self, plan: Sequence[Any]) -> Stretch:
        subscription, version, terms, day, zone, is_trial, start = plan
        if version not in self._offers:
            self._offers[version] = offers.stored_offer(msgspec.json.decode(terms))
        anchor = Anchor(date.fromisoformat(day), ZoneInfo(zone))
        offer = self._offers[version]
        return Stretch(subscription, version, offer, anchor, start, None, is_trial)


def _balance(
    is_contract: Any, is_free_first: Any, paid: Any, free: Any, spent_per_day: Any, price: Any
) -> Balance:
    return Balance(
        paid_micro=paid,
        free_micro=free,
        as_it_goes=price,
        spent_per_day_micro=spent_per_day,
        low_balance_micro=status.LOW_BALANCE_MICRO,
        is_contract=is_contract,
        is_free_first=is_free_first,
    )
