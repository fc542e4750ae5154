"""So much for each package that is begun."""

from dataclasses import dataclass
from decimal import Decimal

from quartermaster.core.pricing.parts import Part


@dataclass(frozen=True, slots=True)
class Package:
    """`amount` for each `size` (>= 1) units; a package that was begun counts whole."""

    amount: Decimal
    size: int

    @property
    def bounds(self) -> tuple[int, ...]:
        """None: more never costs less."""
        return ()

    def parts(self, quantity: int) -> list[Part]:
        """One part, counted in packages."""
        begun = -(-quantity // self.size)
        return [Part(begun, self.amount, of=f"package of {self.size:,}")] if begun else []
