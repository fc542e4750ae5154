"""Amounts as a provider writes them. Its units are those of the currency as a rule, but not for
every currency: who is a factor of a hundred off finds out too late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from quartermaster.core import money
from quartermaster.usecases.ports.gateways import AmountNotTaken


@dataclass(frozen=True)
class Units:
    """How many decimals a provider's amounts have, where it is not two; what they are multiples of,
    where it is not one; and which currencies it takes (None: all but `refused`)."""

    places: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    taken: frozenset[str] | None = None
    refused: frozenset[str] = frozenset()

    def written(self, amount_minor: int, currency: str) -> int:
        """An amount in the provider's units. Refusals: AmountNotTaken."""
        is_taken = self.taken is None or currency in self.taken
        if not is_taken or currency in self.refused:
            raise AmountNotTaken(f"The payment provider does not take {currency}.")
        exact = money.from_minor(amount_minor, currency).scaleb(self.places.get(currency, 2))
        if exact % self.steps.get(currency, 1):
            shown = money.shown_minor(amount_minor, currency)
            raise AmountNotTaken(f"The payment provider does not take as small a part: {shown}.")
        return int(exact)

    def decimal(self, amount_minor: int, currency: str) -> str:
        """The same for those who write amounts as `60.00`, or `600` where there are no decimals."""
        places = self.places.get(currency, 2)
        return f"{Decimal(self.written(amount_minor, currency)).scaleb(-places):.{places}f}"

    def minor(self, written: int, currency: str) -> int:
        """The inverse of `written`."""
        return money.to_minor(Decimal(written).scaleb(-self.places.get(currency, 2)), currency)
