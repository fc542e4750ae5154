"""What auto-recharge would have done, from real transfers."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.lifecycles.recharge import BadRecharge, Settings
from quartermaster.core.money import MICRO
from quartermaster.usecases.credits.preview_recharge import preview_recharge
from tests.books import NOW, Books, open_books, talk

pytestmark = pytest.mark.django_db
SETTINGS = Settings(10_000, 5_000, "USD", ZoneInfo("UTC"), None)


@pytest.fixture
def books() -> Books:
    """A bot with $60 of credit and $1 a session."""
    made = open_books("helpdesk", price="1", free_micro=0)
    made.fund("helpdesk", 60 * MICRO)
    return made


def test_usage_under_the_threshold_would_have_been_charged_for(books: Books) -> None:
    at = NOW + timedelta(minutes=5)
    for number in range(12):
        books.feed(talk("u0 b1", user=f"u{number}"), NOW + timedelta(seconds=number))
    found = preview_recharge(books.bots["helpdesk"], SETTINGS, at)
    assert [(one.begun_at - NOW, one.amount_minor) for one in found.charges[-1:]] == [
        (timedelta(seconds=10), 10_000)
    ]
    assert len(found.charges) == 1
    assert found.span.start == NOW, "before, nothing had been bought"


def test_the_last_90_days_from_the_wallet_of_before(books: Books) -> None:
    found = preview_recharge(books.bots["helpdesk"], SETTINGS, NOW + timedelta(days=90))
    assert found.span.end - found.span.start == timedelta(days=90)
    found = preview_recharge(books.bots["helpdesk"], SETTINGS, NOW + timedelta(days=91))
    assert (found.charges, found.total_minor) == ((), 0)
    assert found.span.start == NOW + timedelta(days=1)


def test_without_a_purchase_nothing(books: Books) -> None:
    other = open_books("other").bots["other"]
    assert preview_recharge(other, SETTINGS, NOW).charges == ()


def test_what_cannot_be_set_is_refused(books: Books) -> None:
    with pytest.raises(BadRecharge):
        preview_recharge(books.bots["helpdesk"], replace(SETTINGS, amount_minor=9_999), NOW)
