"""What must always hold between orders, their lines and payments. Run by `quartermaster verify`."""

from collections.abc import Iterator
from typing import Final

from quartermaster.core import money
from quartermaster.core.lifecycles.orders import STEPS
from quartermaster.store import sql
from quartermaster.store.wallets.checks import Finding

_SQL: Final = sql.Queries(__package__)

NAMES: Final = (
    "orders_add_up",
    "credits_within_payments",
    "orders_paid",
    "orders_paid_in_full",
    "orders_step_by_step",
    "orders_give_credit",
    "payments_in_the_books",
    "refunds_within_payments",
    "subscriptions_follow_from_orders",
)
_FACTORS: Final = money.micro_per_minor()
"""Books are in millionths, payments in what a currency is paid with."""


def run() -> Iterator[tuple[str, list[Finding]]]:
    """Each check with what it found, in order."""
    terms = {
        "currencies": list(_FACTORS),
        "factors": sql.bigints(list(_FACTORS.values())),
        "states": [state for state, _ in STEPS],
        "events": [event for _, event in STEPS],
        "nexts": list(STEPS.values()),
    }
    for name in NAMES:
        found = sql.rows(_SQL[name], **terms)
        yield name, [Finding(name, at_fault, what) for at_fault, what in found]
