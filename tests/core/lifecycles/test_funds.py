"""How much credit is bought at once."""

import pytest

from quartermaster.core.lifecycles import funds
from quartermaster.core.lifecycles.funds import AmountNotSold, BadLimits, FundsLimits


@pytest.mark.parametrize(
    ("currency", "least", "most"),
    [
        ("USD", 10_000, 2_000_000),
        ("EUR", 10_000, 2_000_000),
        ("JPY", 100, 20_000),
        ("KWD", 100_000, 20_000_000),
    ],
)
def test_both_limits_may_be_ordered(currency: str, least: int, most: int) -> None:
    limits = funds.standard(currency)
    for amount in (least, most):
        funds.require(amount, currency, limits)
    for amount in (least - 1, most + 1, 0, -least):
        with pytest.raises(AmountNotSold):
            funds.require(amount, currency, limits)


def test_they_are_told() -> None:
    with pytest.raises(AmountNotSold, match=r"between \$5.00 and \$7.00 at once") as refused:
        funds.require(499, "USD", FundsLimits(500, 700))
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("least", "most", "field"), [(0, 1, "least"), (-1, 1, "least"), (2, 1, "most")]
)
def test_something_is_sold(least: int, most: int, field: str) -> None:
    with pytest.raises(BadLimits) as refused:
        FundsLimits(least, most)
    assert refused.value.field == field
    assert FundsLimits(1, 1)
