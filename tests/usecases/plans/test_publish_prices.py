"""Prices are versions: a session is charged at the one in force at its start, for ever."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from quartermaster.core import periods
from quartermaster.core.usage.events import Event
from quartermaster.core.usage.units import Unit
from quartermaster.store.catalog import queries
from quartermaster.store.catalog.models import Price
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.plans.publish_prices import BadPrice, PriceChange, publish_prices
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
AHEAD = 5 * MINUTE
"""Events may lie this far ahead, so a new version begins this far ahead as well."""


def publish(amount: str, at: datetime = NOW, unit: str = "billing_session") -> int:
    """Publishes one price."""
    return len(publish_prices({unit: Decimal(amount)}, at))


def charged(books: Books) -> list[int]:
    """The amounts of all charges."""
    found = Charge.objects.filter(bot__workspace=books.workspace).order_by("id")
    return list(found.values_list("amount_micro", flat=True))


@in_a_transaction
def test_the_first_version_holds_for_all_time() -> None:
    assert publish("0.20") == 1
    assert queries.session_price(NOW - timedelta(days=10_000)) == Decimal("0.20")
    assert queries.price_list().find("alert", periods.to_micros(NOW)) is None


@in_a_transaction
def test_the_same_price_again_is_no_new_version() -> None:
    assert publish("0.20") == 1
    assert publish("0.2000", NOW + MINUTE) == 0
    changes = publish_prices({"billing_session": Decimal("0.2"), "alert": Decimal(1)}, NOW)
    assert changes == [PriceChange("alert", None, Decimal(1))]
    assert Price.objects.count() == 2


@in_a_transaction
def test_a_new_version_holds_from_five_minutes_on() -> None:
    publish("0.20")
    publish("0.30")
    instant = timedelta(microseconds=1)
    assert queries.session_price(NOW + AHEAD - instant) == Decimal("0.20")
    assert queries.session_price(NOW + AHEAD) == Decimal("0.30")


@in_a_transaction
def test_the_last_word_stands_even_if_the_clock_went_back() -> None:
    publish("0.20")
    for number, amount in enumerate(("0.30", "0.40", "0.20")):
        assert publish(amount, NOW - number * timedelta(hours=1)) == 1
    assert queries.session_price(NOW + AHEAD * 2) == Decimal("0.20")
    assert Price.objects.count() == 4


@in_a_transaction
def test_a_unit_that_was_free_keeps_its_past() -> None:
    books = open_books("helpdesk")
    start = NOW - timedelta(hours=1)
    books.feed([*talk("u0", channel="voice"), Event("a", "api.requested", start, "helpdesk")])
    assert charged(books) == [200_000]
    assert len(publish_prices({"voice_session": Decimal(1), "api_session": Decimal(1)}, NOW)) == 2
    assert_books_hold()
    later = NOW + timedelta(hours=2)
    books.feed([Event("b", "api.requested", start, "helpdesk")], later)
    books.feed([Event("c", "api.requested", NOW + timedelta(hours=1), "helpdesk")], later)
    assert charged(books) == [200_000, 1_000_000]
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize("unit", list(Unit))
def test_every_unit_can_have_a_price(unit: str) -> None:
    assert publish("0.0000000001", unit=unit) == 1
    assert Price.objects.get().amount == Decimal("0.0000000001")


@in_a_transaction
@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "1000000000", "0.00000000001"])
def test_what_is_no_price_is_refused_with_its_neighbours(amount: str) -> None:
    with pytest.raises(BadPrice) as refused:
        publish_prices({"alert": Decimal(1), "billing_session": Decimal(amount)}, NOW)
    assert refused.value.field == "price"
    assert not Price.objects.exists()


@in_a_transaction
def test_a_default_is_for_units_that_never_had_a_price() -> None:
    defaults = {"billing_session": Decimal("0.20"), "alert": Decimal(0)}
    first = publish_prices({"billing_session": Decimal("0.1")}, NOW, defaults)
    assert {(one.unit, one.before, one.after) for one in first} == {
        ("alert", None, 0),
        ("billing_session", None, Decimal("0.1")),
    }
    assert publish_prices({}, NOW + MINUTE, defaults) == [], "what is not set changes nothing"
    [change] = publish_prices({"billing_session": Decimal("0.20")}, NOW + MINUTE, defaults)
    assert change == PriceChange("billing_session", Decimal("0.1"), Decimal("0.20"))


@in_a_transaction
def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(BadPrice, match="seat"):
        publish("1", unit="seat")


@in_a_transaction
def test_sessions_are_charged_at_the_version_of_their_start() -> None:
    books = open_books("helpdesk")
    changed = NOW - timedelta(hours=3)
    publish("0.30", changed - AHEAD)
    around = changed - 20 * MINUTE
    books.feed(talk("u0 u10 u20 u21 u34 u36", start=around))
    # Blocks begin 20 and 5 minutes before the change and 10 minutes after it.
    assert sorted(charged(books)) == [200_000, 200_000, 300_000]
    books.feed(talk("u0", user="bob", start=changed))
    assert charged(books)[-1] == 300_000
    assert_books_hold()


@in_a_transaction
def test_a_late_message_moves_sessions_over_the_change_of_price() -> None:
    books = open_books("helpdesk")
    changed = NOW - timedelta(hours=3)
    publish("0.30", changed - AHEAD)
    books.feed(talk("u10 u20 u30", start=changed))
    assert charged(books) == [300_000, 300_000]
    books.feed(talk("u-4", start=changed))
    assert charged(books) == [300_000, 300_000, 200_000, 300_000, -300_000, 300_000, -300_000]
    assert books.free() == 500_000_000 - 800_000
    assert_books_hold()


@in_a_transaction
def test_what_is_cut_again_after_the_change_keeps_the_price_of_its_time() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u10 u20 u30"))
    publish("0.30", NOW)
    books.feed(talk("u4"), NOW + timedelta(days=1))
    assert charged(books) == [200_000] * 3 + [-200_000, 200_000, -200_000]
    assert_books_hold()


@in_a_transaction
def test_a_session_ahead_of_the_clock_keeps_its_price_when_another_is_published() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0", start=NOW + 4 * MINUTE))
    publish("0.30", NOW + MINUTE)
    assert_books_hold()
    books.feed(talk("b1", start=NOW + 4 * MINUTE), NOW + timedelta(hours=1))
    assert charged(books) == [200_000]


@pytest.mark.usefixtures("committed")
def test_two_who_publish_at_once() -> None:
    assert sum(at_once(*[lambda: publish("0.20")] * 3)) == 1
    assert sum(at_once(*[lambda: publish("0.30")] * 3)) == 1
    published = at_once(*[lambda amount=amount: publish(amount) for amount in ("0.4", "0.5")])
    assert published == [1, 1]
    instants = Price.objects.order_by("from_at").values_list("from_at", flat=True)
    assert instants[0] == datetime(1970, 1, 1, tzinfo=UTC)
    assert len(set(instants)) == 4
