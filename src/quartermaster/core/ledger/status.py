"""What a bot's credit lets it do: its status, and the gate before a new conversation."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from quartermaster.core import money
from quartermaster.core.ledger.credits import Source
from quartermaster.core.pricing import per_unit, rating
from quartermaster.core.pricing.rating import UsagePrice


class CreditStatus(StrEnum):
    """`INACTIVE`: nothing left. `USING_FREE`: no paid credit, the pool pays. `LOW`: paid credit at
    or under the low-balance limit. `SUFFICIENT`: above it, or a contract."""

    SUFFICIENT = "sufficient"
    LOW = "low"
    USING_FREE = "using_free"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Balance:
    """What a bot can draw on, and at what price and rate it draws: at `as_it_goes` for each
    session, or by a plan, in whose month there were `used` sessions."""

    paid_micro: int
    free_micro: int
    as_it_goes: Decimal
    spent_per_day_micro: int
    low_balance_micro: int
    is_contract: bool = False
    is_free_first: bool = False
    plan: UsagePrice | None = None
    used: int = 0

    @property
    def session_price(self) -> Decimal:
        """What the next session costs, in the currency's unit."""
        if self.plan is None:
            return self.as_it_goes
        return money.from_micro(rating.running_micro(self.plan, self.used, 1)[0])

    def covered(self, credit_micro: int) -> int | None:
        """How many further sessions an amount pays for; None where there is no end to it."""
        if self.plan is None:
            return per_unit.covered(credit_micro, self.as_it_goes)
        return rating.covered(self.plan, self.used, credit_micro)


@dataclass(frozen=True, slots=True)
class Gate:
    """May this bot serve a new conversation? None where the balance does not limit it."""

    may_serve: bool
    status: CreditStatus
    reason: str
    pays_from: Source | None
    sessions_left: int | None
    days_left: Decimal | None


def credit_status(balance: Balance) -> CreditStatus:
    """The bot's credit status."""
    if balance.is_contract or balance.paid_micro > balance.low_balance_micro:
        return CreditStatus.SUFFICIENT
    if balance.paid_micro > 0:
        return CreditStatus.LOW
    return CreditStatus.USING_FREE if balance.free_micro > 0 else CreditStatus.INACTIVE


_REASONS = {
    CreditStatus.SUFFICIENT: "paid credits",
    CreditStatus.LOW: "paid credits, running low",
    CreditStatus.USING_FREE: "no paid credits left, free credits pay",
    CreditStatus.INACTIVE: "no credits left: add funds",
}


def gate(balance: Balance) -> Gate:
    """The answer before a new conversation."""
    status = credit_status(balance)
    if balance.is_contract:
        return Gate(True, status, "enterprise contract", None, None, None)
    left_micro = max(balance.paid_micro, 0) + max(balance.free_micro, 0)
    days = None
    if balance.spent_per_day_micro > 0:
        days = round(Decimal(left_micro) / balance.spent_per_day_micro, 1)
    pays_from = _pays_from(balance)
    reason = _REASONS[status]
    if pays_from is Source.FREE and balance.paid_micro > 0:
        reason = "free credits pay first"
    sessions_left = balance.covered(left_micro)
    if balance.session_price <= 0:
        reason = "sessions cost nothing" if sessions_left is None else "included in the plan"
    return Gate(
        may_serve=status is not CreditStatus.INACTIVE or sessions_left != 0,
        status=status,
        reason=reason,
        pays_from=pays_from,
        sessions_left=sessions_left,
        days_left=days,
    )


def _pays_from(balance: Balance) -> Source | None:
    if balance.free_micro > 0 and (balance.is_free_first or balance.paid_micro <= 0):
        return Source.FREE
    return Source.PAID if balance.paid_micro > 0 else None


LOW_BALANCE_MICRO = 50 * money.MICRO
