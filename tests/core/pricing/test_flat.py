"""One amount, however much is used."""

from decimal import Decimal

import pytest

from quartermaster.core.pricing import parts
from quartermaster.core.pricing.flat import Flat


@pytest.mark.parametrize(("quantity", "expected"), [(0, "0"), (1, "30"), (2, "30"), (10**9, "30")])
def test_examples(quantity: int, expected: str) -> None:
    assert parts.total(Flat(Decimal(30)).parts(quantity)) == Decimal(expected)
