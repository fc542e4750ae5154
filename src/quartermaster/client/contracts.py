"""A contract and its statements, as the API answers."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from quartermaster.client.plans import Model


class AgreedPrice(Struct, frozen=True):
    """What a unit, or a seat of a product, costs for a time."""

    what: str
    kind: str | None
    included: int
    price: Model
    start: datetime
    end: datetime | None


class BilledBot(Struct, frozen=True):
    """How much of a line is a bot's; `sessions` is where those are listed."""

    bot: str
    bot_name: str
    quantity: int
    sessions: str | None


class StatementLine(Struct, frozen=True):
    """A line with how it came about and what it is made of."""

    what: str
    of: str | None
    description: str
    quantity: int
    formula: str
    amount: Decimal
    start: datetime
    end: datetime
    bots: list[BilledBot]
    order: str | None
    corrects: str | None


class SoFar(Struct, frozen=True):
    """What the running cycle would come to if nothing more were used."""

    start: datetime
    end: datetime
    due_date: date
    total: Decimal
    lines: list[StatementLine]


class Contract(Struct, frozen=True):
    """What was agreed, and the running cycle."""

    id: str
    months: int
    anchor_date: date
    currency: str
    commitment: Decimal
    net_days: int
    start: datetime
    end: datetime | None
    prices: list[AgreedPrice]
    so_far: SoFar


class Statement(Struct, frozen=True):
    """What a cycle came to; `lines` is None in lists."""

    id: str
    contract: str
    number: int
    start: datetime
    end: datetime
    due_date: date
    currency: str
    commitment: Decimal
    total: Decimal
    closed_at: datetime
    lines: list[StatementLine] | None = None


class Statements(Struct, frozen=True):
    """The latest first."""

    statements: list[Statement]
