"""One amount, however much is used."""

from dataclasses import dataclass
from decimal import Decimal

from quartermaster.core.pricing.parts import ZERO, Part


@dataclass(frozen=True, slots=True)
class Flat:
    """`amount` once, from the first unit on."""

    amount: Decimal

    @property
    def bounds(self) -> tuple[int, ...]:
        """None."""
        return ()

    def parts(self, quantity: int) -> list[Part]:
        """One fee, or nothing."""
        return [Part(0, ZERO, self.amount)] if quantity else []
