"""Which plan to choose, as the API answers."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from quartermaster.client.answers import Quantities


class BilledCycle(Struct, frozen=True):
    """Thirty local days: the most agents at one instant, and how many there were."""

    start: datetime
    end: datetime
    quantities: Quantities
    concurrent: int
    named: int


class BillPart(Struct, frozen=True):
    """Amounts by cycle; formulas as well, or one for all of them."""

    what: str
    unit: str | None
    amount: Decimal
    cycles: list[Decimal]
    formulas: list[str]


class Exceeded(Struct, frozen=True):
    """More is in use than is allowed."""

    limit: str
    allowed: int
    used: int


class Option(Struct, frozen=True):
    """A plan's version and cadence, or None for usage as it goes."""

    key: str | None
    title: str | None
    version: int | None
    cadence: str | None
    seats: int
    total: Decimal
    per_cycle: Decimal
    cycles: list[Decimal]
    difference: Decimal
    exceeded: list[Exceeded]
    lost: list[str]
    is_open: bool
    is_current: bool
    is_cheapest: bool
    parts: list[BillPart]


class Suggestion(Struct, frozen=True):
    """The cheapest option first."""

    bot: str
    bot_name: str
    product: str
    currency: str
    time_zone: str
    cycles: list[BilledCycle]
    days_of_usage: int
    is_enough: bool
    options: list[Option]
