"""What a price comes to, piece by piece, so that it can be said in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """`quantity` times `unit_price`, and `fee` once, in the currency's unit. `of` names what is
    counted where that is not the unit itself, such as `package of 10`."""

    quantity: int
    unit_price: Decimal
    fee: Decimal = ZERO
    of: str = ""

    @property
    def amount(self) -> Decimal:
        """What it comes to, not rounded."""
        return self.quantity * self.unit_price + self.fee


class Model(Protocol):
    """How quantities are priced. None costs nothing."""

    @property
    def bounds(self) -> tuple[int, ...]:
        """The quantities, ascending, after which the price of one more may change in steps other
        than upwards; between them what quantities cost never falls."""

    def parts(self, quantity: int) -> list[Part]:
        """What `quantity` (>= 0) costs."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to and including the `up_to`th (None: all further) at `unit_price`, and `fee` once
    where there is any unit in it."""

    up_to: int | None
    unit_price: Decimal
    fee: Decimal = ZERO


def total(parts: Iterable[Part]) -> Decimal:
    """Their sum, not rounded."""
    return sum((part.amount for part in parts), ZERO)
