"""One history for all tests of a module, gone after them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from quartermaster.core.usage.events import Event
from tests.books import NOW, talk
from tests.usecases.credits import history
from tests.usecases.credits.history import History


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[History]:
    """The history of the books' checks, with more channels, users and instants that are equal, a
    month before and agents at two bots at once."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = history.tell()
        crowd = [talk("u0 u15 b31", user=f"user{number}", channel="web") for number in range(9)]
        made.main.feed([event for each in crowd for event in each])
        made.main.feed(talk("u0 b1 u20", "bookings", NOW - timedelta(hours=1), channel="voice"))
        made.main.feed(talk("u0 b1 u20", "bookings", NOW - timedelta(days=8), user="bob"))
        made.main.feed(talk("u0 b1 u50", "helpdesk", NOW - timedelta(days=30), channel="sms"))
        made.main.feed([*_shift("kim", 5, 9), *_shift("kim", 8, 12, "bookings")])
        made.main.feed([*_shift("lee", 8.5, 12, "bookings"), *_shift("max", 1, 3, "bookings")])
        yield made
        transaction.set_rollback(True)


def _shift(agent: str, start: float, end: float, bot: str = "helpdesk") -> list[Event]:
    """A log-in and a log-out, in hours of the day before."""
    day = (NOW - timedelta(days=1)).replace(hour=0)
    return [
        Event(
            f"{agent}-{bot}-{kind}",
            f"agent.logged_{kind}",
            day + timedelta(hours=hours),
            bot,
            agent=agent,
            product="agent_ai",
        )
        for kind, hours in (("in", start), ("out", end))
    ]
