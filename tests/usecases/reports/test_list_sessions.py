"""Pages of sessions: put together they are all that stand, in order, each once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.core.periods import Period
from quartermaster.store.metering.models import Session
from quartermaster.store.people.queries import NotFound
from quartermaster.store.wallets.sessions import ChargedSession
from quartermaster.usecases.proof.explain_session import explain_session
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.export_sessions import export_sessions
from quartermaster.usecases.reports.list_sessions import list_sessions
from tests.books import NOW, Books, open_books, talk
from tests.usecases.credits import history
from tests.usecases.credits.history import History

pytestmark = pytest.mark.django_db

EVER = Period(NOW - timedelta(days=60), NOW + timedelta(days=1))
NOON = NOW - timedelta(days=2)
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "bot": {"bot": "helpdesk"},
    "unit": {"unit": "voice_session"},
    "channel": {"channel": "web"},
    "no channel": {"channel": ""},
    "channel never used": {"channel": "fax"},
    "user": {"user": "ann"},
    "user never seen": {"user": "nobody"},
    "several": {"bot": "bookings", "unit": "billing_session", "channel": "voice", "user": "ann"},
    "an hour": {"period": Period(NOON, NOON + timedelta(hours=1))},
    "bounds of sessions": {"period": Period(NOON, NOON + timedelta(minutes=15))},
    "no time": {"period": Period(NOON, NOON)},
}
WAYS = pytest.mark.parametrize("way", FILTERS.values(), ids=list(FILTERS))


def standing(wanted: Wanted) -> list[int]:
    """The same, asked for in one plain question."""
    found = Session.objects.filter(
        bot__workspace=wanted.workspace,
        withdrawn_by=None,
        start_at__gte=wanted.period.start,
        start_at__lt=wanted.period.end,
    )
    channel = {"channel": None} if wanted.channel == "" else {"channel__name": wanted.channel}
    asked: dict[str, Any] = {"bot__name": wanted.bot, "unit": wanted.unit} | channel
    asked["thread__user"] = wanted.user
    given = {name: value for name, value in asked.items() if value is not None}
    found = found.filter(**given | ({"channel": None} if wanted.channel == "" else {}))
    return list(found.order_by("-start_at", "-id").values_list("id", flat=True))


def pages(wanted: Wanted, limit: int) -> Iterator[list[ChargedSession]]:
    """One after the other, as they are asked for."""
    page = list_sessions(wanted, None, limit)
    yield page.sessions
    while page.following is not None:
        page = list_sessions(wanted, page.following, limit)
        yield page.sessions


def ids(parts: Iterator[list[ChargedSession]]) -> list[int]:
    return [one.id for part in parts for one in part]


def exported(wanted: Wanted) -> list[int]:
    lines = [one for part in export_sessions(wanted) for one in part]
    return [public_ids.read(one.id, Name.SESSION)[1] for one in lines]


@WAYS
@pytest.mark.parametrize(("limit", "at_once"), [(1, 1), (2, 3), (5, 4), (7, 20), (1_000, 5_000)])
def test_pages_and_export_are_what_stands(
    told: History, way: dict[str, Any], limit: int, at_once: int
) -> None:
    for books in (told.main, told.other):
        wanted = Wanted(books.workspace, **{"period": EVER} | way, at_once=at_once)
        if wanted.bot not in (None, *books.bots):
            continue
        found = list(pages(wanted, limit))
        assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert ids(iter(found)) == exported(wanted) == standing(wanted)


def test_the_filters_find_something(told: History) -> None:
    counts = {
        name: len(standing(Wanted(told.main.workspace, **{"period": EVER} | way)))
        for name, way in FILTERS.items()
    }
    empty = {name for name, count in counts.items() if not count}
    assert empty == {"channel never used", "user never seen", "no time"}
    assert len(set(counts.values())) >= 8, "and each something else"
    starts = [one.start_at for one in list_sessions(_all(told), None, 1_000).sessions]
    assert max(starts.count(at) for at in starts) > 9, "many begin at one instant"
    assert Session.objects.exclude(withdrawn_by=None).filter(bot__name="helpdesk").exists()


def _all(told: History) -> Wanted:
    return Wanted(told.main.workspace, EVER)


def test_a_session_says_what_it_cost_and_who_paid(told: History) -> None:
    for one in list_sessions(_all(told), None, 1_000).sessions:
        whole = explain_session(one.id)
        facts, charge = whole.session, whole.charges[0]
        sources = {"paid": 0, "debt": 0, "free": 0}
        for draw in charge.draws:
            sources[draw.source] += draw.amount_micro
        assert (one.charge, one.amount_micro) == (charge.id, charge.amount_micro)
        assert (one.paid_micro, one.free_micro) == (
            sources["paid"] + sources["debt"],
            sources["free"],
        )
        names = [
            word for word, amount in (("paid", one.paid_micro), ("free", one.free_micro)) if amount
        ]
        assert one.paid_by == " and ".join(names)
        for name in ("bot", "bot_name", "channel", "user", "unit", "conversation", "start_at",
                     "conversation_start_at", "conversation_end_at"):  # fmt: skip
            assert getattr(one, name) == getattr(facts, name)
        assert one.end_at == whole.end_at
    payers = {one.paid_by for one in list_sessions(_all(told), None, 1_000).sessions}
    assert payers == {"paid", "free", "paid and free"}


def test_by_contract_nobody_pays(told: History) -> None:
    found = list_sessions(Wanted(told.contract.workspace, EVER), None, 10).sessions
    assert [(one.charge, one.amount_micro, one.paid_by) for one in found] == [
        (None, 0, "nobody")
    ] * 3


def test_a_bot_goes_by_name_or_public_id_and_one_elsewhere_is_not_there(told: History) -> None:
    bot = told.main.bots["bookings"]
    by_id = list_sessions(replace(_all(told), bot=bot.public_id), None, 5)
    assert by_id == list_sessions(replace(_all(told), bot="bookings"), None, 5)
    for name in ("elsewhere", told.other.bots["elsewhere"].public_id):
        with pytest.raises(NotFound, match="no bot"):
            list_sessions(replace(_all(told), bot=name), None, 5)


def test_what_comes_meanwhile_moves_no_page() -> None:
    books = open_books("helpdesk")
    books.feed([each for user in "abcdef" for each in talk("u0", user=user)])
    wanted = Wanted(books.workspace, EVER)
    first = list_sessions(wanted, None, 2)
    books.feed(talk("u0", start=NOW, user="new"))
    second = list_sessions(wanted, first.following, 2)
    assert ids(iter([first.sessions, second.sessions])) == standing(wanted)[1:5]


_moments = st.one_of(st.integers(0, 12).map(lambda n: 15 * n), st.integers(0, 4_000))


@given(
    st.lists(_moments, min_size=1, max_size=30), st.integers(1, 9), st.integers(1, 12), st.data()
)
@settings(max_examples=20, deadline=None)
def test_whenever_they_begin(
    minutes: list[int], limit: int, at_once: int, data: st.DataObject
) -> None:
    with transaction.atomic():
        zone = data.draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/Los_Angeles"]))
        books = _fed(minutes, zone)
        first, last = sorted(data.draw(st.lists(_moments, min_size=2, max_size=2)))
        start = NOON - timedelta(days=1)
        period = Period(start + timedelta(minutes=first), start + timedelta(minutes=last + 1))
        for wanted in (EVER, period):
            found = Wanted(books.workspace, wanted, at_once=at_once)
            assert ids(pages(found, limit)) == exported(found) == standing(found)
        transaction.set_rollback(True)


def _fed(minutes: list[int], zone: str) -> Books:
    history.publish()
    books = open_books("helpdesk", "bookings", zone=zone)
    start = NOON - timedelta(days=1)
    for number, minute in enumerate(minutes):
        bot = "helpdesk" if number % 3 else "bookings"
        at = start + timedelta(minutes=minute)
        books.submit(talk("u0", bot, at, user=f"user{number}", channel="web"))
    books.feed([])
    return books


def test_the_order_is_by_instant_and_then_id(told: History) -> None:
    places = [
        (one.place.at, one.place.id) for one in list_sessions(_all(told), None, 1_000).sessions
    ]
    assert all(earlier > later for earlier, later in pairwise(places))
