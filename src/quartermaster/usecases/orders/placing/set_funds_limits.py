"""The operator says how much credit is sold at once."""

from datetime import datetime

from quartermaster.core import money
from quartermaster.core.lifecycles.funds import BadLimits, FundsLimits
from quartermaster.store.billing import operations as billing


def set_funds_limits(currency: str, limits: FundsLimits, at: datetime) -> FundsLimits:
    """For what is ordered in a currency from now on; auto-recharge set for less than the
    least, or more than the most, goes on by its amount until its owner changes it. BadLimits."""
    if not money.is_code(currency):
        raise BadLimits(f"{currency!r} is no currency such as USD", field="currency")
    billing.set_funds_limits(currency, limits, at)
    return limits
