"""Ways to pay."""

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
