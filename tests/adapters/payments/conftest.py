"""Every gateway with a provider behind it."""

from collections.abc import Iterator

import pytest

from tests.adapters.payments import memory_driver, paypal_driver, stripe_driver
from tests.adapters.payments.driver import Driver

STARTS = {
    "memory": memory_driver.start,
    "stripe": stripe_driver.start,
    "paypal": paypal_driver.start,
}


@pytest.fixture(params=STARTS)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One after the other."""
    with STARTS[request.param]() as started:
        yield started
