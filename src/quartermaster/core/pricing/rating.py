"""What a cycle's usage costs, all of it and unit by unit (docs/concepts/rating.md).

A price is applied to the units of one cycle together: the first `included` are free, the model
prices the rest, and the whole is rounded to millionths once. What one more unit costs is the
difference that it makes, so that the units' amounts always sum to the cycle's.
"""

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from quartermaster.core import money
from quartermaster.core.pricing import parts
from quartermaster.core.pricing.parts import Model, Part

MOST: Final = 10**12
"""More units than any cycle has."""


@dataclass(frozen=True, slots=True)
class UsagePrice:
    """A unit's price in a plan: how many of a cycle's are included, and what the rest costs."""

    unit: str
    model: Model
    included: int = 0


def total_micro(price: UsagePrice, quantity: int) -> int:
    """What a cycle of `quantity` units costs."""
    billable = max(0, quantity - price.included)
    return money.to_micro(parts.total(price.model.parts(billable)))


def running_micro(price: UsagePrice, before: int, count: int) -> list[int]:
    """What each of `count` further units costs when a cycle has had `before`. Below zero where a
    unit makes those before it cheaper."""
    totals = [total_micro(price, quantity) for quantity in range(before, before + count + 1)]
    return [after - already for already, after in itertools.pairwise(totals)]


def covered(price: UsagePrice, before: int, balance_micro: int) -> int | None:
    """How many further units a balance pays for, one after the other; None where there is no end
    to it."""
    paid = total_micro(price, before)

    def spent(quantity: int) -> int:
        return total_micro(price, quantity) - paid

    if balance_micro < 0:
        return 0
    ends = [price.included + bound for bound in price.model.bounds]
    start = before + 1
    for end in (*(end for end in ends if end > before), MOST):
        # From `start` to `end` what is spent never falls, so the first that is too much is found
        # by halving.
        first = start + bisect_right(range(start, end + 1), balance_micro, key=spent)
        if first <= end:
            return first - 1 - before
        start = end + 1
    return None


def formula(price: UsagePrice, before: int, after: int, symbol: str) -> str:
    """How the amount of a cycle's units came about, from the one after the `before`th to the
    `after`th, in words where `symbol` stands before amounts: `200 included + 3 × $0.18 = $0.54`."""
    amount = total_micro(price, after) - total_micro(price, before)
    free = max(0, min(after, price.included) - min(before, price.included))
    words = [f"{free:,} included"] if free else []
    new = _between(
        price.model.parts(max(0, before - price.included)),
        price.model.parts(max(0, after - price.included)),
    )
    if new is None:
        whole = money.shown(total_micro(price, after), symbol)
        already = money.shown(total_micro(price, before), symbol)
        words = [f"{after:,} cost {whole}, {before:,} had cost {already}: {whole} - {already}"]
    else:
        words += [_said(part, symbol) for part in new]
    return f"{' + '.join(words) or 'nothing'} = {money.shown(amount, symbol)}".replace("-", "−")


def _between(had: Sequence[Part], has: Sequence[Part]) -> list[Part] | None:
    """What `has` adds to the parts of `had`; None where it is not an addition."""
    if len(has) < len(had):
        return None
    new: list[Part] = []
    for place, part in enumerate(has):
        if place >= len(had):
            new.append(part)
            continue
        old = had[place]
        if (old.unit_price, old.fee, old.of) != (part.unit_price, part.fee, part.of):
            return None
        if part.quantity < old.quantity:
            return None
        if part.quantity > old.quantity:
            new.append(Part(part.quantity - old.quantity, part.unit_price, of=part.of))
    return new


def _said(part: Part, symbol: str) -> str:
    """`3 × $0.18`, with `+ $50.00` where there is a fee."""
    each = money.shown_price(part.unit_price, symbol)
    many = "" if part.quantity == 1 else "s"
    counted = f"{part.quantity:,}" + (f" {part.of.replace(' of', many + ' of')}" if part.of else "")
    fee = money.shown_price(part.fee, symbol)
    if not part.quantity:
        return fee
    return f"{counted} × {each}" + (f" + {fee}" if part.fee else "")
