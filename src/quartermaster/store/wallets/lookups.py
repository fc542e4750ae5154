"""Reads of single charges and lots, for whoever asks what they are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from quartermaster.core import money
from quartermaster.core.plans import tariffs
from quartermaster.core.pricing import per_unit, rating, wording
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.store import sql
from quartermaster.store.catalog import queries as catalog

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class Draw:
    """Credit that a transfer moved: `source` is paid, free or debt; below zero it was given
    back."""

    transfer: int
    source: str
    lot: int | None
    amount_micro: int


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """A pay-as-you-go price per unit, in the currency's unit."""

    id: int
    amount: Decimal
    from_at: datetime


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """Units that a plan prices together: of the month (or trial) from `start_at` on, of which there
    were `position` before."""

    key: str
    number: int
    title: str
    price: UsagePrice
    start_at: datetime
    is_trial: bool
    position: int

    def formula(self, quantity: int, amount_micro: int, symbol: str) -> str:
        """How the amount of further units came about."""
        if quantity > 0:
            return rating.formula(self.price, self.position, self.position + quantity, symbol)
        amount = money.shown(amount_micro, symbol).replace("-", "−")
        if quantity < 0:
            return f"taken back: {amount}, as it was charged"
        together = money.shown(rating.total_micro(self.price, self.position), symbol)
        return f"{self.position:,} of the month come to {together} without it: {amount}"


@dataclass(frozen=True, slots=True)
class PricedCharge:
    """A charge (`quantity` above zero) or what takes one back (below); of no units it corrects what
    the others of a plan's month cost. Priced by a version or by a plan, and said in words."""

    id: int
    quantity: int
    amount_micro: int
    at: datetime
    unit: str
    currency: str
    price: PriceVersion | None
    plan: PlanMonth | None
    draws: list[Draw] = field(default_factory=list)

    @property
    def formula(self) -> str:
        """How it came about: `3 billing sessions × $0.20 = $0.60`."""
        symbol = money.symbol(self.currency)
        if self.price is not None:
            return per_unit.formula(self.quantity, self.unit, self.price.amount, symbol)
        return self.plan.formula(self.quantity, self.amount_micro, symbol) if self.plan else ""

    @property
    def plan_price(self) -> str:
        """The plan's price in words: `1,000 included, then $0.18 each`."""
        return wording.usage(self.plan.price, money.symbol(self.currency)) if self.plan else ""


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What a charge is for: a session, or units of a quarter of an hour."""

    session: int | None
    bot: str
    bot_name: str
    bot_id: int
    unit: str
    slot_at: datetime
    charge: PricedCharge


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Credit that came at once, and what became of it; `bot` is None for free credit."""

    id: int
    source: str
    bot: str | None
    granted_micro: int
    remaining_micro: int
    used_micro: int
    lapsed_micro: int
    settled_micro: int
    price_paid_minor: int
    expires_at: datetime | None
    granted_at: datetime


def session_charges(session: int) -> list[PricedCharge]:
    """The session's charges, the first one first."""
    return _charges(sql.rows(_SQL["session_charges"], session=session))


def find_charge(workspace: int, charge: int) -> ChargeFacts | None:
    """One of the workspace's."""
    found = sql.rows(_SQL["charge"], charge=charge, workspace=workspace)
    return ChargeFacts(*found[0][:6], *_charges(row[6:] for row in found)) if found else None


def _charges(rows: Iterable[Sequence[Any]]) -> list[PricedCharge]:
    charges: dict[int, PricedCharge] = {}
    for row in rows:
        words, price, plan, draw = row[:6], row[6:9], row[9:13], row[13:]
        if words[0] not in charges:
            version = PriceVersion(*price) if price[0] is not None else None
            month = None if plan[0] is None else _month(words[4], *plan)
            id_, quantity, amount, at, unit, currency = words
            charges[id_] = PricedCharge(id_, quantity, amount, at, unit, currency, version, month)
        charge = charges[words[0]]
        if draw[0] is not None:
            charge.draws.append(Draw(*draw))
    return list(charges.values())


def _month(unit: str, version: int, start_at: datetime, is_trial: bool, position: int) -> PlanMonth:
    sold = catalog.offer_version(version)
    offer = sold.offer
    as_it_goes = catalog.price_list().find(unit, start_at)
    amount = as_it_goes.amount if as_it_goes else Decimal(0)
    price = tariffs.price(offer, unit, is_trial, amount)
    return PlanMonth(sold.key, sold.number, offer.title, price, start_at, is_trial, position)


def lots_of(workspace: int, bot: int | None) -> list[LotFacts]:
    """All lots of a bot, or of the workspace's free pool; the oldest first."""
    found = sql.rows(_SQL["lot_facts"], workspace=workspace, bot=bot, lots=None)
    return [LotFacts(*row) for row in found]


def lots(workspace: int, numbers: Iterable[int]) -> dict[int, LotFacts]:
    """These lots of the workspace."""
    wanted = sql.bigints(list(numbers))
    found = sql.rows(_SQL["lot_facts"], workspace=workspace, bot=None, lots=wanted)
    return {row[0]: LotFacts(*row) for row in found}
