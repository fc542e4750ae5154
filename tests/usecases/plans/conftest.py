"""A shop in an empty database."""

import pytest

from tests import books
from tests.usecases.shop import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    """A workspace in UTC with one bot, and something to buy."""
    return Shop.opened(books.open_books("helpdesk"))
