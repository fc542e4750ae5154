"""Clocks of doors, meters and clients that disagree or jump: what was used stays what it was."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.metering import queries
from quartermaster.store.metering.models import EventBatch, Rejection, Session
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.plans.publish_prices import publish_prices
from tests.books import NOW, Books, assert_books_hold, drain, open_books, talk
from tests.usecases.usage.outcome import outcome

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BEGUN = NOW - HOUR


def shift(agent: str, start: int, end: int) -> list[Event]:
    """A log-in and a log-out, in minutes after `BEGUN`."""
    named = {"agent": agent, "product": "agent_ai", "device": "desk"}
    ways = (("in", start), ("out", end))
    return [
        Event(f"{agent} {way}", f"agent.logged_{way}", BEGUN + at * MINUTE, "helpdesk", **named)
        for way, at in ways
    ]


def batches() -> list[list[Event]]:
    """An hour of use up to four minutes ahead of `NOW`, over a change of price: the third batch is
    late and takes sessions back, the fourth sends some again."""
    talks = talk("u0 b1 u16 u25 b40 u63", start=BEGUN), talk("u5 u21 u36", start=BEGUN, user="bob")
    late = talk("t10 r24", start=BEGUN) + talk("u3", start=BEGUN, user="bob")
    alert = Event("alert", "alert.delivered", BEGUN + 64 * MINUTE, "helpdesk", user="bob")
    seats = shift("kim", 0, 40) + shift("lee", 30, 62)
    return [[*talks[0], *seats], [*talks[1], alert], late, [*talks[0], *late, alert]]


@pytest.mark.parametrize(
    "hours",
    [(-3, -3, -3, -3), (3, 3, 3, 3), (0, 3, -3, 0), (5, -5, 5, -5), (0.2, -0.2, 0.2, -0.2)],
    ids=["behind", "ahead", "there and back", "two meters far apart", "two meters apart"],
)
def test_what_is_made_and_charged_does_not_depend_on_the_meters_clock(
    hours: tuple[float, ...],
) -> None:
    right, wrong = open_books("helpdesk"), open_books("helpdesk")
    publish_prices({"billing_session": Decimal("0.30")}, NOW - 35 * MINUTE)
    for batch, ahead in zip(batches(), hours, strict=True):
        right.feed(batch)
        wrong.submit(batch)
        drain(NOW + ahead * HOUR)
        assert_books_hold()
    expected = outcome(right)
    assert outcome(wrong) == expected
    amounts = {amount_micro for amount_micro, _ in charges(right)}
    assert amounts == {200_000, 300_000, -200_000}
    assert charges(wrong) == charges(right)
    assert expected.peaks


def charges(books: Books) -> list[tuple[int, datetime]]:
    """What each session was charged or given back, and when it began."""
    starts = dict(Session.objects.values_list("id", "start_at"))
    found = Charge.objects.filter(bot__workspace=books.workspace, unit="billing_session")
    return sorted(
        (amount_micro, starts[session])
        for session, amount_micro in found.values_list("session_id", "amount_micro")
    )


def test_the_log_goes_by_its_order_and_not_by_the_doors_clock() -> None:
    books = open_books("helpdesk")
    first, second = talk("u0", start=BEGUN), talk("u30", start=BEGUN)
    second[0].id = first[0].id
    books.submit(first, NOW + 3 * HOUR)
    books.submit(second, NOW)
    drain()
    assert [each.start_at for each in Session.objects.all()] == [BEGUN]
    assert [no.code for no in Rejection.objects.all()] == ["conflicting_duplicate"]
    assert_books_hold()


def test_a_batch_may_be_done_before_it_was_received() -> None:
    books = open_books("helpdesk")
    request = books.submit(talk("u0 b1"), NOW + 3 * HOUR).request_id
    drain(NOW)
    batch = EventBatch.objects.get()
    assert batch.done_at == NOW < batch.received_at
    [figures] = queries.request_figures(books.workspace.id, request)
    assert (figures["is_metered"], figures["stored"]) == (True, 2)
    assert_books_hold()


def test_the_lag_is_never_below_zero() -> None:
    books = open_books("helpdesk")
    books.submit(talk("u0 b1"), NOW + HOUR)
    assert queries.lag(NOW) == (0.0, 2)
    books.submit(talk("u2"), NOW)
    assert queries.lag(NOW - HOUR) == (0.0, 3)
    assert queries.lag(NOW + HOUR / 2) == (1800.0, 3), "the oldest by the clock"
    drain()
    assert queries.lag(NOW + HOUR) == (0.0, 0)
