"""How much credit is bought at once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from quartermaster.core import money
from quartermaster.core.errors import Refusal

_LEAST: Final = Decimal(100)
_MOST: Final = Decimal(20_000)


class AmountNotSold(Refusal):
    """Credit is bought within certain amounts."""

    code = "amount_not_sold"
    kind = "invalid"


class BadLimits(Refusal):
    """Nothing could be bought within these amounts. `field` names the one at fault."""

    code = "bad_limits"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class FundsLimits:
    """In the currency's minor unit; both may be ordered. BadLimits."""

    least_minor: int
    most_minor: int

    def __post_init__(self) -> None:
        if self.least_minor < 1:
            raise BadLimits("the least must be more than nothing", field="least")
        if self.most_minor < self.least_minor:
            raise BadLimits("the most is less than the least", field="most")


def standard(currency: str) -> FundsLimits:
    """Until the operator says otherwise: from 100 to 20,000 whole units of any currency."""
    return FundsLimits(money.to_minor(_LEAST, currency), money.to_minor(_MOST, currency))


def require(amount_minor: int, currency: str, limits: FundsLimits) -> None:
    """AmountNotSold outside of the limits."""
    if not limits.least_minor <= amount_minor <= limits.most_minor:
        least, most = (
            money.shown_minor(one, currency) for one in (limits.least_minor, limits.most_minor)
        )
        raise AmountNotSold(f"between {least} and {most} at once", field="amount")
