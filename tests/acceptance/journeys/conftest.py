"""One installation and one sandbox for all journeys, each with a workspace of its own."""

from collections.abc import Iterator

import pytest

from tests.acceptance.journeys import market as markets
from tests.acceptance.journeys.market import Market


@pytest.fixture(scope="package")
def market() -> Iterator[Market]:
    """Where customers pay."""
    with markets.opened() as found:
        yield found
