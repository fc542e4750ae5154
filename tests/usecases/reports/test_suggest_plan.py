"""A bot's last ninety days under every plan: what is read, of which days, and what is said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.plans.suggestion import Current, Exceeded, Option
from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.catalog import queries
from quartermaster.store.subscriptions import operations
from quartermaster.usecases.reports.suggest_plan import Question, Suggestion, suggest_plan
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import NOW, Books, open_books, talk
from tests.catalogs import ESSENTIAL, plan, small
from tests.usecases.shop import Shop

pytestmark = pytest.mark.django_db

YESTERDAY = NOW - timedelta(days=1)
DOLLAR = 1_000_000
AUTOMATION, CENTER = "automation_ai", "contact_center_ai"


def asked(books: Books, product: str = AUTOMATION, **more: Any) -> Suggestion:
    return suggest_plan(Question(books.bots["helpdesk"], product, **more), NOW)


def named(found: Suggestion) -> dict[tuple[str, int, str], Option]:
    """Options by name, number and cadence; ("", 0, "") is to pay as it goes."""
    return {
        (one.offered.offer.name, one.offered.number, str(one.bill.terms.cadence))
        if one.offered and one.bill.terms
        else ("", 0, ""): one
        for one in found.options
    }


def delivered(kind: str, at: datetime, count: int) -> Iterator[Event]:
    for number in range(count):
        yield Event(f"{kind}{at}{number}", f"{kind}.delivered", at, "helpdesk", user="ann")


def shift(agent: str, at: datetime, hours: float, bot: str = "helpdesk") -> Iterator[Event]:
    for way, hour in (("in", 0.0), ("out", hours)):
        when = at + timedelta(hours=hour)
        name = f"{agent}-{bot}-{when}-{way}"
        yield Event(name, f"agent.logged_{way}", when, bot, agent=agent, product=CENTER)


@pytest.fixture
def books() -> Books:
    """Two sessions in each of three cycles, and one today, which does not count."""
    catalog.publish_catalog(small(), NOW)
    books = open_books("helpdesk", "bookings")
    for days in (1, 29, 31, 59, 61, 89):
        books.feed(talk("u0 b1", start=NOW - timedelta(days=days), user=f"of {days}"))
    books.feed(talk("u0 b1", start=NOW, user="today"))
    books.feed(talk("u0", "bookings", user="of another"))
    return books


def test_the_last_ninety_whole_days_in_three_cycles(books: Books) -> None:
    found = asked(books)
    bounds = [(each.start, each.end) for each in found.cycles]
    assert bounds == [
        (datetime(2026, 8, 24, tzinfo=UTC), datetime(2026, 9, 23, tzinfo=UTC)),
        (datetime(2026, 9, 23, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)),
        (datetime(2026, 10, 23, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)),
    ]
    assert [each.units for each in found.used] == [{"billing_session": 2}] * 3
    assert (found.days_of_usage, found.is_enough, found.time_zone) == (89, True, "UTC")


def test_every_plan_version_and_cadence(books: Books) -> None:
    dearer = small(plans=[plan("essential", "60", fee={"monthly": "60"})])
    catalog.publish_catalog(dearer, NOW)
    options = named(asked(books))
    assert list(options) == [
        ("", 0, ""),
        ("essential", 1, "monthly"),
        ("essential", 2, "monthly"),
        ("essential", 1, "annual"),
        ("advanced", 1, "annual"),
        ("advanced", 1, "monthly"),
    ]
    assert {name for name, one in options.items() if one.is_open} == {
        ("", 0, ""),
        ("essential", 2, "monthly"),
    }
    totals = [one.bill.total_micro for one in options.values()]
    assert totals == [1_200_000, 150 * DOLLAR, 180 * DOLLAR, 246_580_000, 246_580_000, 450 * DOLLAR]
    assert [one.is_cheapest for one in options.values()] == [True] + [False] * 5


def test_what_the_bot_has_is_compared_with(books: Books) -> None:
    version = queries.current_version("plan/automation_ai/advanced")
    assert version
    for cadence in (None, Cadence.MONTHLY):
        found = named(asked(books, current=Current(version.id, cadence)))
        has = found["advanced", 1, "monthly"]
        assert (has.is_current, has.difference_micro, has.lost) == (True, 0, ())
        goes = found["", 0, ""]
        assert (goes.difference_micro, goes.lost) == (1_200_000 - 450 * DOLLAR, ("sso",))
        assert found["essential", 1, "annual"].lost == ("sso",)
        assert found["advanced", 1, "annual"].lost == ()
        assert sum(one.is_current for one in found.values()) == 1
    annual = named(asked(books, current=Current(version.id, Cadence.ANNUAL)))
    assert annual["advanced", 1, "annual"].is_current


def test_a_version_no_longer_sold_can_be_kept(books: Books) -> None:
    version = queries.current_version("plan/automation_ai/essential")
    assert version
    catalog.publish_catalog(small(plans=[]), NOW)
    over = {"in_use": {"faqs": 1_001}}
    kept = named(asked(books, current=Current(version.id), **over))["essential", 1, "monthly"]
    assert kept.is_open
    assert kept.exceeded == (Exceeded("faqs", 1_000, 1_001),)
    assert not named(asked(books, **over))["essential", 1, "monthly"].is_open


def test_the_busiest_hour_is_measured(books: Books) -> None:
    titles = {"notifications_per_hour": "Notifications per hour"}
    limited = plan("essential", "0", limits={"notifications_per_hour": 4})
    catalog.publish_catalog(small(limits=titles, plans=[limited]), NOW)
    for minutes, count in ((0, 2), (59, 2), (60, 3), (119, 2)):
        books.feed([*delivered("notification", YESTERDAY + timedelta(minutes=minutes), count)])
    books.feed([*delivered("alert", YESTERDAY, 9), *delivered("notification", NOW, 9)])
    found = named(asked(books))
    exceeded = (Exceeded("notifications_per_hour", 4, 5),)
    assert found["essential", 2, "monthly"].exceeded == exceeded
    assert found["essential", 2, "annual"].exceeded == exceeded
    told = named(asked(books, in_use={"notifications_per_hour": 3}))
    assert told["essential", 2, "monthly"].exceeded == (), "who knows better may say so"


@pytest.mark.parametrize(
    ("days", "cycles", "is_enough"), [(13, 1, False), (14, 1, True), (30, 1, True), (31, 2, True)]
)
def test_a_young_bot_is_billed_from_its_first_cycle_on(
    days: int, cycles: int, is_enough: bool
) -> None:
    catalog.publish_catalog(small(), NOW)
    books = open_books("helpdesk")
    books.feed(talk("u0", start=NOW - timedelta(days=days)))
    found = asked(books)
    assert (found.days_of_usage, found.is_enough) == (days, is_enough)
    assert len(found.cycles) == len(found.used) == cycles
    assert found.cycles[-1].end == NOW.replace(hour=0)
    options = named(found)
    assert options["essential", 1, "monthly"].bill.total_micro == cycles * 50 * DOLLAR
    annual = {1: 82_190_000, 2: 164_380_000}
    assert options["essential", 1, "annual"].bill.total_micro == annual[cycles]


def test_without_usage_and_without_a_catalog() -> None:
    books = open_books("helpdesk")
    for product in (AUTOMATION, "search_ai", CENTER):
        found = asked(books, product)
        assert (found.days_of_usage, found.is_enough, len(found.cycles)) == (0, False, 3)
        [only] = found.options
        assert (only.offered, only.bill.total_micro, only.is_cheapest) == (None, 0, True)
        assert only.is_current
    assert not found.used[0].units


def test_units_without_a_plans_price_cost_what_they_cost_now(books: Books) -> None:
    books.feed([*delivered("notification", YESTERDAY, 3)])

    def told() -> set[tuple[str | None, int]]:
        last = [one.bill.parts[-1] for one in asked(books).options]
        return {(part.unit, part.amount_micro) for part in last}

    assert told() == {("notification", 0)}, "no price: free"
    catalog.publish_price("notification", Decimal("0.03"), NOW)
    assert told() == {("notification", 90_000)}
    catalog.publish_price("notification", Decimal(1), NOW + timedelta(minutes=5))
    assert told() == {("notification", 90_000)}


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe"])
def test_days_are_the_workspaces(zone: str) -> None:
    books = open_books("helpdesk", zone=zone)
    there = ZoneInfo(zone)
    today = periods.local_day(NOW.astimezone(there).date(), there).start
    first = NOW.astimezone(there).date() - timedelta(days=90)
    start = periods.local_day(first, there).start
    quarter = timedelta(minutes=15)
    for at, user in ((start - quarter, "early"), (start, "first"), (today - quarter, "last"),
                     (today, "today")):  # fmt: skip
        books.feed(talk("u0", start=at, user=user))
    found = asked(books)
    assert [cycle.units.get("billing_session", 0) for cycle in found.used] == [1, 0, 1]
    assert found.days_of_usage == 90
    assert (found.cycles[0].start, found.cycles[-1].end) == (start, today)
    days = [each.start.astimezone(there).date() for each in found.cycles]
    assert days == [first, first + timedelta(days=30), first + timedelta(days=60)]
    assert isinstance(days[0], date)


def center_plan(**seats: Any) -> dict[str, Any]:
    priced: dict[str, Any] = {"model": "per_unit", "amount": "10"}
    return {
        "product": CENTER,
        "name": "essential",
        "fee": {"monthly": "60"},
        "seats": {"kind": "concurrent", "included": 2, "monthly": priced} | seats,
    }


def test_seats_of_the_bots_agents() -> None:
    books = open_books("helpdesk", "bookings")
    catalog.publish_catalog(small(plans=[center_plan()]), NOW)
    at = NOW - timedelta(days=1, hours=6)
    for agent, hour in (("kim", 0.0), ("lee", 0.5), ("max", 1.0), ("joe", 4.0)):
        books.feed([*shift(agent, at + timedelta(hours=hour), 2)])
    books.feed([*shift("eve", at, 5, "bookings")])
    books.feed([*shift("eve", NOW - timedelta(hours=1), 1)])
    books.feed([*shift("ada", NOW - timedelta(days=40), 3)])
    found = asked(books, CENTER)
    assert [(each.concurrent, each.named) for each in found.used] == [(1, 1), (3, 4)]
    assert found.days_of_usage == 40
    options = named(found)
    bill = options["essential", 1, "monthly"].bill
    assert bill.terms
    assert bill.terms.seats == 3
    assert [part.amount_micro for part in bill.parts] == [120 * DOLLAR, 20 * DOLLAR]
    assert options["", 0, ""].exceeded == (Exceeded("seats", 0, 3),)
    assert options["essential", 1, "monthly"].is_cheapest
    catalog.publish_catalog(small(plans=[center_plan(kind="named")]), NOW)
    bill = named(asked(books, CENTER))["essential", 2, "monthly"].bill
    assert bill.terms
    assert bill.terms.seats == 4


def test_a_shift_that_began_before_the_first_day_counts_from_there() -> None:
    books = open_books("helpdesk")
    start = NOW.replace(hour=0) - timedelta(days=90)
    books.feed([*shift("kim", start - timedelta(hours=2), 3)])
    found = asked(books, CENTER)
    assert found.days_of_usage == 90
    assert [each.concurrent for each in found.used] == [1, 0, 0]


def test_as_it_goes_comes_to_what_was_charged() -> None:
    books = open_books("helpdesk")
    for days in range(1, 90, 4):
        start = NOW.replace(hour=1) - timedelta(days=days)
        books.feed(talk("u0 b1 u16 u31", start=start, user=f"of {days}", conversation=f"{days}"))
    [goes] = asked(books).options
    assert 500 * DOLLAR - books.free() == goes.bill.total_micro == 23 * 3 * 200_000


def test_the_rest_of_the_answer_is_the_question(books: Books) -> None:
    question = Question(books.bots["helpdesk"], AUTOMATION)
    assert suggest_plan(question, NOW).question == question
    later = suggest_plan(replace(question, product="search_ai"), NOW)
    assert [one.bill.total_micro for one in later.options] == [0]


def test_what_it_has_and_uses_is_known(books: Books) -> None:
    bot = books.bots["helpdesk"]
    shop = Shop(books, bot, at=NOW)
    assert Question.of(bot, AUTOMATION) == Question(bot, AUTOMATION)
    shop.buy(ESSENTIAL, "annual")
    operations.tell_limit(bot.id, AUTOMATION, "faqs", 1_200, NOW)
    question = Question.of(bot, AUTOMATION)
    assert question.in_use == {"faqs": 1_200}
    options = suggest_plan(question, NOW).options
    [has] = [one for one in options if one.is_current]
    assert has.bill.terms is not None
    assert (has.bill.terms.offer.name, has.bill.terms.cadence) == ("essential", "annual")
    assert has.exceeded == (Exceeded("faqs", 1_000, 1_200),)


def test_what_it_tries_it_does_not_have(books: Books) -> None:
    catalog.publish_catalog(small(plans=[plan("essential", "50", trial={"days": 14})]), NOW)
    start_trial(books.bots["helpdesk"], ESSENTIAL, NOW)
    assert Question.of(books.bots["helpdesk"], AUTOMATION).current is None
