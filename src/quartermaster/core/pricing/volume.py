"""All units at the price of the tier that their number falls into."""

from dataclasses import dataclass

from quartermaster.core.pricing.parts import Part, Tier


@dataclass(frozen=True, slots=True)
class Volume:
    """Tiers in ascending order, the last one open. One unit more may make all of them cheaper."""

    tiers: tuple[Tier, ...]

    @property
    def bounds(self) -> tuple[int, ...]:
        """The ends of the tiers: after each the whole may cost less."""
        return tuple(tier.up_to for tier in self.tiers if tier.up_to is not None)

    def parts(self, quantity: int) -> list[Part]:
        """One part."""
        for tier in self.tiers:
            if quantity and (tier.up_to is None or quantity <= tier.up_to):
                return [Part(quantity, tier.unit_price, tier.fee)]
        return []
