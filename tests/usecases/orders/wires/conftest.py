"""A shop with a bank."""

import pytest

from tests.usecases.orders.wires.bank import Bank
from tests.usecases.shop import Shop


@pytest.fixture
def bank(shop: Shop) -> Bank:
    """Of the shop's operator."""
    return Bank(shop)
