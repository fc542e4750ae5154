"""Each unit at the price of the tier it falls into."""

from dataclasses import dataclass

from quartermaster.core.pricing.parts import Part, Tier


@dataclass(frozen=True, slots=True)
class Graduated:
    """Tiers in ascending order, the last one open. Of eight units, five may cost 10 and three 5."""

    tiers: tuple[Tier, ...]

    @property
    def bounds(self) -> tuple[int, ...]:
        """None: more never costs less."""
        return ()

    def parts(self, quantity: int) -> list[Part]:
        """One part for each tier that is reached."""
        found: list[Part] = []
        below = 0
        for tier in self.tiers:
            end = quantity if tier.up_to is None else min(quantity, tier.up_to)
            if end <= below:
                break
            found.append(Part(end - below, tier.unit_price, tier.fee))
            below = end
        return found
