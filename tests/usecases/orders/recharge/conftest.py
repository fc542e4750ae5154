"""A bot that has bought $100 of credit, and has a saved card and usage."""

import pytest

from tests import books
from tests.usecases.orders.recharge.saver import Saver


@pytest.fixture
def saver(db: None) -> Saver:
    """In a workspace in UTC; $1 a session."""
    return Saver.opened(books.open_books("helpdesk", price="1", free_micro=0))
