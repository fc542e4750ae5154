"""The demonstration month: the same for a seed, within its window, every event acceptable."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.adapters import demo_month
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event, Window

END = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def month() -> list[Event]:
    return list(demo_month.events(1, END))


def test_a_seed_gives_one_month(month: list[Event]) -> None:
    assert list(demo_month.events(1, END)) == month
    assert list(demo_month.events(2, END))[:50] != month[:50]


def test_it_lies_in_its_window_in_order(month: list[Event]) -> None:
    times = [event.time for event in month]
    assert times == sorted(times)
    assert END - timedelta(days=30) <= times[0]
    assert times[-1] < END
    assert times[-1] > END - timedelta(hours=2)


def test_it_is_believable(month: list[Event]) -> None:
    messages = [event for event in month if event.type == "message"]
    assert 40_000 <= len(messages) <= 60_000
    assert {event.bot for event in month} == set(demo_month.BOTS)
    assert {event.type for event in month} == set(events.TYPES)
    assert {event.sender for event in messages} == set(events.SENDERS)
    assert {event.channel for event in messages} == {"web", "whatsapp", "voice"}
    assert 100 < sum(event.developer for event in messages) < 5_000
    by_hour = Counter(event.time.hour for event in messages)
    assert by_hour[10] > 10 * by_hour[3]
    by_weekday = Counter(event.time.weekday() for event in messages)
    assert by_weekday[1] > 2 * by_weekday[6]


def test_every_event_is_accepted(month: list[Event]) -> None:
    bots = {bot: place for place, bot in enumerate(demo_month.BOTS)}
    accepted, rejected = events.accept(list(enumerate(month)), Window.around(END), bots)
    assert rejected == []
    assert len(set(accepted.id)) == len(month)


def test_ids_rise_with_time(month: list[Event]) -> None:
    ids = [event.id for event in month]
    assert ids == sorted(ids)


def test_days_are_chosen() -> None:
    week = list(demo_month.events(1, END, days=7))
    assert END - timedelta(days=7) <= week[0].time < END - timedelta(days=6)
