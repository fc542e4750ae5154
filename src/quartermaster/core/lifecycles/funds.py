"""How much credit is bought at once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from quartermaster.core import money
from quartermaster.core.errors import Refusal


class AmountNotSold(Refusal):
    """Credit is bought within certain amounts."""

    code = "amount_not_sold"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class FundsLimits:
    """In whole units of the workspace's currency, both may be ordered."""

    least: int = 100
    most: int = 20_000


LIMITS: Final = FundsLimits()


def require(amount_minor: int, currency: str, limits: FundsLimits = LIMITS) -> None:
    """AmountNotSold outside of the limits."""
    least, most = (money.to_minor(Decimal(one), currency) for one in (limits.least, limits.most))
    if not least <= amount_minor <= most:
        shown = [money.shown_minor(one, currency) for one in (least, most)]
        raise AmountNotSold(f"between {shown[0]} and {shown[1]} at once", field="amount")
