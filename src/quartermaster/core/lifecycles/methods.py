"""Ways to pay, and cards that expire."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class MethodKind(StrEnum):
    """`WIRE`: a bank transfer that arrives when it arrives. `BY_HAND`: the operator says that it
    was paid."""

    PAYPAL = "paypal"
    CARD = "card"
    WIRE = "wire"
    BY_HAND = "by_hand"


SAVED: Final = frozenset({MethodKind.PAYPAL, MethodKind.CARD})
"""Those that a provider can keep, and charge while nobody is there."""


class Expiry(StrEnum):
    """How near a card's last day is; each begins on a day."""

    MONTH = "in 30 days"
    WEEK = "in 7 days"
    EXPIRED = "expired"


_AHEAD: Final = {Expiry.MONTH: 30, Expiry.WEEK: 7, Expiry.EXPIRED: -1}


def stages(last_day: date) -> dict[Expiry, date]:
    """From which day on each holds, the first one first."""
    return {one: last_day - timedelta(days=days) for one, days in _AHEAD.items()}


def stage(last_day: date | None, today: date) -> Expiry | None:
    """The one that holds now; None: there is time, or it never expires."""
    begun = () if last_day is None else stages(last_day).items()
    return next((one for one, day in reversed([*begun]) if day <= today), None)


def is_expired(last_day: date | None, today: date) -> bool:
    """Whether it can be charged no more."""
    return stage(last_day, today) is Expiry.EXPIRED
