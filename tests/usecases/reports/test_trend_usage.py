"""Figures over time are those of sessions, events and transfers, for every filter."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import RangeRefused, Span
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering.models import Channel, Event, Session
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.list_sessions import list_sessions
from quartermaster.usecases.reports.trend_usage import WAYS, Question, Trend, Used, trend_usage
from quartermaster.usecases.usage._counting import PLAIN_UNITS
from tests.books import NOW, Books, open_books, talk
from tests.usecases.credits.history import History

pytestmark = pytest.mark.django_db

UTC, KATHMANDU = ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu")
WEEK = ranges.named("7d", NOW, UTC)
SPANS = {
    "the workspace's own days": WEEK,
    "other days": ranges.named("30d", NOW, KATHMANDU),
    "hours": ranges.named("24h", NOW, KATHMANDU),
    "two days": ranges.between(date(2026, 11, 20), date(2026, 11, 21), NOW, UTC),
}
CHANNELS = (None, "", "web", "voice", "sms", "never used")
Figures = tuple[dict[str, int], int, int]


def figures(used: Used) -> Figures:
    """Units, paid and free credit."""
    return {unit: count for unit, count in used.units.items() if count}, *credit(used)


def credit(used: Used) -> tuple[int, int]:
    return used.paid_micro, used.free_micro


def counted(books: Books, period: Period, bot: int | None, channel: str | None) -> Figures:
    """The same, one by one: from standing sessions, events and transfers."""
    numbers = {name: number for number, name in Channel.objects.values_list("id", "name")}
    bots = [one.id for one in books.bots.values() if bot in (None, one.id)]

    def is_wanted(found: int | None) -> bool:
        return channel is None or found == (numbers.get(channel, -1) if channel else None)

    units: Counter[str] = Counter()
    sessions = {one.id: one for one in Session.objects.filter(bot__in=bots)}
    for one in sessions.values():
        if one.withdrawn_by_id is None and one.start_at in period and is_wanted(one.channel_id):
            units[one.unit] += 1
    for event in Event.objects.filter(thread__bot__in=bots, kind__in=list(PLAIN_UNITS)):
        if event.at in period and is_wanted(event.channel_id):
            units[PLAIN_UNITS[event.kind]] += 1
    paid = free = 0
    charges = {charge.id: charge for charge in Charge.objects.filter(bot__in=bots)}
    for transfer in Transfer.objects.filter(charge_id__in=charges).select_related(
        "debit", "credit"
    ):
        charge = charges[transfer.charge_id]
        session = sessions.get(charge.session_id)
        start = session.start_at if session else charge.slot_at
        if start in period and is_wanted(session.channel_id if session else None):
            is_back = transfer.fact == "usage_withdrawn"
            account = transfer.debit if is_back else transfer.credit
            amount = -transfer.amount_micro if is_back else transfer.amount_micro
            paid += amount if account.kind == "charged_paid" else 0
            free += amount if account.kind == "charged_free" else 0
    return dict(units), paid, free


def added(rows: list[Used]) -> Figures:
    units: Counter[str] = Counter()
    for row in rows:
        units.update(row.units)
    paid, free = sum(row.paid_micro for row in rows), sum(row.free_micro for row in rows)
    return {unit: count for unit, count in units.items() if count}, paid, free


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("bot", [None, "helpdesk", "bookings"])
@pytest.mark.parametrize("span", SPANS.values(), ids=list(SPANS))
def test_the_figures_are_those_of_sessions_events_and_transfers(
    told: History, span: Span, bot: str | None, channel: str | None
) -> None:
    books = told.main
    number = books.bots[bot].id if bot else None
    ways = [by for by in WAYS if by != "hour" or span.days <= 32]
    question = Question(books.workspace, span, "day", number, None, channel)
    expected = counted(books, span.period, number, channel)
    before = counted(books, span.previous, number, channel)
    for by in ways:
        trend = trend_usage(replace(question, by=by))
        assert figures(trend.total) == added(trend.rows) == expected
        assert figures(trend.previous_total) == added(trend.previous_rows) == before
        assert trend.total.charged_micro == sum(credit(trend.total))
    wanted = Wanted(books.workspace, span.period, bot, channel=channel)
    listed = list_sessions(wanted, None, 1_000).sessions
    plain = set(PLAIN_UNITS.values())
    sessions = {unit: count for unit, count in expected[0].items() if unit not in plain}
    assert Counter(one.unit for one in listed) == sessions


def test_there_is_something_to_be_seen(told: History) -> None:
    trend = trend_usage(Question(told.main.workspace, SPANS["other days"], "day"))
    assert set(trend.total.units) == {
        "billing_session", "voice_session", "api_session", "alert", "notification"
    }  # fmt: skip
    assert trend.total.paid_micro > 0 < trend.total.free_micro
    assert trend.total.agents == 2


def test_the_credit_of_all_time_is_the_ledgers(told: History) -> None:
    span = ranges.between(date(2026, 1, 1), date(2026, 12, 31), NOW, UTC)
    for books in (told.main, told.other, told.contract):
        total = trend_usage(Question(books.workspace, span, "month")).total
        moved: Counter[str] = Counter()
        for one in Transfer.objects.filter(debit__workspace=books.workspace, charge_id__gt=0):
            is_back = one.fact == "usage_withdrawn"
            moved[str((one.debit if is_back else one.credit).kind)] += (
                -one.amount_micro if is_back else one.amount_micro
            )
        assert credit(total) == (moved["charged_paid"], moved["charged_free"])
    assert credit(total) == (0, 0), "by contract"
    assert total.units["billing_session"] == 3


def groups(trend: Trend) -> dict[str, tuple[int, int | None]]:
    """Billing sessions and agents of each row."""
    return {row.group: (row.units.get("billing_session", 0), row.agents) for row in trend.rows}


def test_by_bot_product_and_channel(told: History) -> None:
    question = Question(told.main.workspace, WEEK, "bot")
    by_bot = trend_usage(question)
    charged = [row.charged_micro for row in by_bot.rows]
    assert charged == sorted(charged, reverse=True)
    assert {name: agents for name, (_, agents) in groups(by_bot).items()} == {
        "helpdesk": 1,
        "bookings": 2,
    }
    for name, bot in told.main.bots.items():
        alone = trend_usage(replace(question, bot=bot.id))
        assert [figures(row) for row in alone.rows] == [
            figures(row) for row in by_bot.rows if row.group == name
        ]
    by_product = trend_usage(replace(question, by="product"))
    sessions = by_bot.total.units["billing_session"]
    assert groups(by_product) == {
        "automation_ai": (sessions, 0),
        "agent_ai": (0, 2),
        "contact_center_ai": (0, 1),
    }
    by_channel = trend_usage(replace(question, by="channel"))
    assert groups(by_channel).keys() == {"", "web", "voice"}
    assert {row.agents for row in [*by_channel.rows, by_channel.total]} == {None}


def test_a_product_has_what_is_its_own(told: History) -> None:
    question = Question(told.main.workspace, WEEK, "day")
    everything = trend_usage(question)
    units = trend_usage(replace(question, product="automation_ai"))
    assert figures(units.total) == figures(everything.total)
    assert units.total.agents == 0
    agents = trend_usage(replace(question, product="contact_center_ai"))
    assert (figures(agents.total), agents.total.agents) == (({}, 0, 0), 1)
    nothing = trend_usage(replace(question, product="search_ai"))
    assert (figures(nothing.total), nothing.total.agents) == (({}, 0, 0), 0)
    assert [row.group for row in nothing.rows] == [row.group for row in everything.rows]


def test_an_agent_at_two_bots_at_once_counts_once(told: History) -> None:
    day = ranges.between(date(2026, 11, 21), date(2026, 11, 21), NOW, UTC)
    question = Question(told.main.workspace, day, "hour", product="agent_ai")
    hours = {int(row.group[11:13]): row.agents for row in trend_usage(question).rows if row.agents}
    # max at bookings; kim at helpdesk, then at both; lee from half past eight on
    assert hours == {1: 1, 2: 1, 5: 1, 6: 1, 7: 1, 8: 2, 9: 2, 10: 2, 11: 2}
    bookings = replace(question, bot=told.main.bots["bookings"].id)
    hours = {int(row.group[11:13]): row.agents for row in trend_usage(bookings).rows if row.agents}
    assert hours == {1: 1, 2: 1, 8: 2, 9: 2, 10: 2, 11: 2}
    helpdesk = trend_usage(replace(question, bot=told.main.bots["helpdesk"].id))
    assert helpdesk.total.agents == 1
    morning = ranges.named("24h", NOW - timedelta(days=1, hours=4), UTC)
    assert trend_usage(replace(question, span=morning)).total.agents == 2
    early = Span(
        Period(day.period.start, day.period.start + timedelta(hours=8)), WEEK.previous, UTC
    )
    assert trend_usage(replace(question, span=early)).total.agents == 1


def test_steps_without_usage_stand_between_the_others() -> None:
    books = open_books("helpdesk")
    books.feed([*talk("u0", start=NOW - timedelta(days=4)), *talk("u0", start=NOW, user="bob")])
    trend = trend_usage(Question(books.workspace, WEEK, "day"))
    assert groups(trend) == {
        "2026-11-16": (0, 0), "2026-11-17": (0, 0), "2026-11-18": (1, 0), "2026-11-19": (0, 0),
        "2026-11-20": (0, 0), "2026-11-21": (0, 0), "2026-11-22": (1, 0),
    }  # fmt: skip
    assert list(groups(trend)) == sorted(groups(trend))


@pytest.mark.parametrize("zone", [UTC, KATHMANDU])
def test_the_time_before_is_as_much_as_has_passed(zone: ZoneInfo) -> None:
    books = open_books("helpdesk")
    span = ranges.named("7d", NOW, zone)
    for hours in (-0.25, 0, 0.25):
        for user, at in (("end", NOW - timedelta(days=7)), ("start", span.previous.start)):
            start = at + timedelta(hours=hours)
            books.feed(talk("u0", start=start, user=f"{user}{hours}"))
    trend = trend_usage(Question(books.workspace, span, "day"))
    assert groups(trend) == {row.group: (0, 0) for row in trend.rows}
    assert figures(trend.previous_total) == ({"billing_session": 3}, 0, 600_000)
    found = [row.units.get("billing_session", 0) for row in trend.previous_rows]
    assert found == [2, 0, 0, 0, 0, 0, 1]


def beside(trend: Trend) -> dict[str, str | None]:
    """The group of the time before beside each."""
    return {one.group: before.group if before else None for one, before in trend.pairs()}


def test_each_row_has_its_own_of_the_time_before_beside_it(told: History) -> None:
    question = Question(told.main.workspace, WEEK, "day")
    days = beside(trend_usage(question))
    assert days == {f"2026-11-{day}": f"2026-11-{day - 7:02}" for day in range(16, 23)}
    hours = beside(trend_usage(replace(question, by="hour", span=ranges.named("24h", NOW, UTC))))
    assert hours["2026-11-22 11:00"] == "2026-11-21 11:00"
    assert hours["2026-11-22 12:00"] is None, "it has only begun"
    products = {"automation_ai": "automation_ai", "agent_ai": None, "contact_center_ai": None}
    assert beside(trend_usage(replace(question, by="product"))) == products
    bots = trend_usage(replace(question, by="bot"))
    assert beside(bots) == {"helpdesk": None, "bookings": "bookings"}
    assert not any(beside(trend_usage(replace(question, compares=False))).values())


def test_nothing_of_another_workspace_is_in_it(told: History) -> None:
    question = Question(told.other.workspace, WEEK, "day")
    assert trend_usage(question).total.units["billing_session"] == 3
    theirs = replace(question, bot=told.main.bots["helpdesk"].id)
    for by in WAYS:
        trend = trend_usage(replace(theirs, by=by))
        assert figures(trend.total) == ({}, 0, 0)
        assert not trend.total.agents


@pytest.mark.parametrize("by", ["week", "unit", ""])
def test_another_grouping_is_refused(by: str) -> None:
    with pytest.raises(RangeRefused, match="hour, day, month, bot, product, channel") as no:
        trend_usage(Question(Workspace(), WEEK, by))
    assert no.value.field == "by"


def test_hours_of_many_days_are_refused() -> None:
    with pytest.raises(RangeRefused, match="at most 31 days"):
        trend_usage(Question(Workspace(), ranges.named("90d", NOW, UTC), "hour"))
