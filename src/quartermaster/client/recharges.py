"""What the API answers about auto-recharge, typed. Amounts are exact decimals."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class RechargeTerms(Struct, frozen=True):
    """What was set at `set_at`; None is no cap. Caps are of what is charged, tax included."""

    is_on: bool
    on_at: datetime | None
    off_reason: str | None
    amount: Decimal
    threshold: Decimal
    method: str
    day_count: int | None
    day_amount: Decimal | None
    month_count: int | None
    month_amount: Decimal | None
    set_at: datetime
    by: str


class RechargeAttempt(Struct, frozen=True):
    """A charge, with its tax; `outcome` is None while it is not known."""

    order: str
    payment: str
    amount: Decimal
    outcome: str | None
    code: str | None
    reason: str
    begun_at: datetime
    known_at: datetime | None


class Recharge(Struct, frozen=True):
    """`terms` is None where it was never set; `why_not` says why nothing is charged now."""

    bot: str
    bot_name: str
    currency: str
    is_on: bool
    terms: RechargeTerms | None
    next_at: datetime | None
    next_amount: Decimal | None
    next_due: Decimal | None
    why_not: str | None
    attempts: list[RechargeAttempt]
    changes: list[RechargeTerms]


class RechargeCharge(Struct, frozen=True):
    """A charge that would have been; `due` is with tax."""

    at: datetime
    amount: Decimal
    due: Decimal


class RechargePreview(Struct, frozen=True):
    """What would have been charged, had every charge succeeded at once."""

    start_at: datetime
    end_at: datetime
    currency: str
    charges: list[RechargeCharge]
    total: Decimal
    due: Decimal
