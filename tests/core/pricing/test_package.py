"""So much for each package that is begun."""

from decimal import Decimal

import pytest

from quartermaster.core.pricing import parts
from quartermaster.core.pricing.package import Package


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(0, 0), (1, 100), (3, 100), (10, 100), (11, 200), (15, 200), (20, 200), (21, 300)],
)
def test_examples(quantity: int, expected: int) -> None:
    assert parts.total(Package(Decimal(100), 10).parts(quantity)) == expected


def test_a_package_of_one_is_a_unit() -> None:
    assert parts.total(Package(Decimal("0.20"), 1).parts(7)) == Decimal("1.40")
