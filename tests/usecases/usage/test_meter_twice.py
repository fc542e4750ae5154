"""The meter may be run twice, killed anywhere, and given anything again: all counts once."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from quartermaster.adapters.event_log.table import EventTable
from quartermaster.store.metering.models import (
    Event,
    EventBatch,
    Rejection,
    Session,
)
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.ports import Batch, Outcome
from quartermaster.usecases.usage.meter_events import Policy, WorkspaceFailed, meter_events
from tests.books import LOG, NOW, Books, assert_books_hold, drain, open_books, talk
from tests.usecases.at_once import at_once
from tests.usecases.credits import history
from tests.usecases.credits.test_grant_credits import grant_to
from tests.usecases.usage.outcome import minutes, outcome

in_a_transaction = pytest.mark.django_db
SMALL = Policy(batch_events=1)
"""One batch at a time."""


class Crash(Exception):
    """The power is gone."""


class Faulty(EventTable):
    """The log, with something that happens at one of its steps."""

    def __init__(self, step: str, happens: Callable[[], object]) -> None:
        self.step, self.happens = step, happens

    def _come_to(self, step: str) -> None:
        if step == self.step:
            self.happens()

    def workspaces(self) -> list[int]:
        self._come_to("workspaces")
        return super().workspaces()

    def read(self, workspace: int, limit: int) -> list[Batch]:
        self._come_to("before read")
        found = super().read(workspace, limit)
        self._come_to("after read")
        return found

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        self._come_to("before done")
        super().done(outcomes, at)
        self._come_to("after done")


STEPS = ("workspaces", "before read", "after read", "before done", "after done")


def crash() -> None:
    """Breaks off the step."""
    raise Crash


def submit_all(books: Books) -> None:
    """Batches that need every step: late and keyed messages, units, a repeat and a conflict, and a
    channel that nobody has seen."""
    late = talk("u30 u40 u50")
    for batch in (
        late,
        talk("u20"),
        talk("u0 t3 b60", conversation="c"),
        history.units("helpdesk"),
    ):
        books.submit(batch)
    books.submit([*late, replace(late[0], user="eve")])
    books.submit(talk("u9 a12", channel="voice") + talk("b0", channel=uuid.uuid4().hex))


def expected() -> object:
    """What comes of them when all goes well."""
    history.publish()
    books = open_books("helpdesk")
    submit_all(books)
    drain(policy=SMALL)
    return outcome(books)


@in_a_transaction
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_of_the_log(step: str) -> None:
    wanted = expected()
    books = open_books("helpdesk")
    submit_all(books)
    for _ in range(2):
        before = outcome(books)
        with pytest.raises((WorkspaceFailed, Crash)) as failed:
            meter_events(Faulty(step, crash), SMALL, NOW)
        if isinstance(failed.value, WorkspaceFailed):
            assert isinstance(failed.value.__cause__, Crash)
            assert failed.value.workspace == books.workspace.id
        else:
            assert step == "workspaces"
        assert outcome(books) == before
        assert meter_events(LOG, SMALL, NOW) is not None
    drain(policy=SMALL)
    assert outcome(books) == wanted
    assert_books_hold()


TABLES = (
    "metering_thread",
    "metering_channel",
    "metering_event",
    "metering_conversation",
    "metering_session",
    "metering_correction",
    "metering_rollup",
    "metering_seatpeak",
    "metering_eventbatch",
    "metering_rejection",
    "wallets_charge",
    "wallets_lot",
    "wallets_wallet",
    "wallets_pool",
    "ledger_transfer",
)
TRAP = """
create function trap() returns trigger language plpgsql as $$
begin
  if current_setting('tests.trap', true) = tg_table_name then raise exception 'trapped'; end if;
  return null;
end $$;
"""


def set_trap(table: str) -> None:
    """From now on the first statement that writes the table fails when it is done."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('tests.trap', %s, true)", [table])


@in_a_transaction
def test_a_crash_after_any_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRAP)
        for table in TABLES:
            cursor.execute(
                f"create trigger trap after insert or update or delete on {table}"
                " for each statement execute function trap()"
            )
    wanted = expected()
    for table in TABLES:
        books = open_books("helpdesk")
        submit_all(books)
        set_trap(table)
        with pytest.raises(WorkspaceFailed) as failed:
            drain(policy=SMALL)
        assert isinstance(failed.value.__cause__, DatabaseError)
        assert "trapped" in str(failed.value.__cause__)
        set_trap("")
        drain(policy=SMALL)
        assert outcome(books) == wanted, table
    assert_books_hold()


def die() -> None:
    """As if the database were shot."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("step", ["after read", "before done", "after done"])
def test_a_connection_that_is_killed_in_mid_transaction(step: str) -> None:
    books, fine = open_books("helpdesk"), open_books("helpdesk")
    submit_all(books)
    (failure,) = at_once(lambda: meter_events(Faulty(step, die), SMALL, NOW))
    assert isinstance(failure, DatabaseError)
    assert not Event.objects.exists()
    submit_all(fine)
    drain(policy=SMALL)
    assert outcome(books) == outcome(fine)
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_meters_at_once_on_one_workspace_and_on_several() -> None:
    several = [open_books("helpdesk") for _ in range(3)]
    for books in several:
        submit_all(books)
    metered = at_once(*[lambda: drain(policy=SMALL)] * 4)
    done = [one for part in metered for one in part]
    drain(policy=SMALL)
    assert sum(one.batches for one in done) == EventBatch.objects.count() == 18
    assert sum(one.stored for one in done) == Event.objects.count()
    first, second, third = (outcome(books) for books in several)
    assert first == second == third
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_meters_beside_grants_and_lapses() -> None:
    books, plain = open_books("helpdesk", free_micro=0), open_books("helpdesk", free_micro=0)
    submit_all(books)
    grants = [grant_to(books, amount_micro=150_000) for _ in range(3)]
    found = at_once(
        lambda: drain(policy=SMALL),
        lambda: drain(policy=SMALL),
        lambda: [grant_credits(grant, NOW).id for grant in grants],
        lambda: lapse_credits(NOW),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    submit_all(plain)
    drain(policy=SMALL)
    assert outcome(books).sessions == outcome(plain).sessions
    assert books.paid() == plain.paid() + 450_000
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_a_workspace_in_hand_is_passed_over() -> None:
    held, other = open_books("helpdesk"), open_books("helpdesk")
    for books in (held, other):
        books.submit(talk("u0"))
    entered, left = threading.Event(), threading.Event()

    def wait() -> None:
        entered.set()
        assert left.wait(20)

    def second() -> list[int]:
        assert entered.wait(20)
        try:
            return [one.workspace for one in drain()]
        finally:
            left.set()

    slow, quick = at_once(lambda: meter_events(Faulty("after read", wait), SMALL, NOW), second)
    assert (slow.workspace, quick) == (held.workspace.id, [other.workspace.id])
    assert minutes(held) == minutes(other) == [0]
    assert_books_hold()


@in_a_transaction
def test_nothing_waits() -> None:
    books = open_books("helpdesk")
    assert meter_events(LOG, Policy(), NOW) is None
    books.feed([])
    books.feed(talk("u0", bot="nobody"))
    assert (EventBatch.objects.count(), Rejection.objects.get().code) == (2, "unknown_bot")
    assert meter_events(LOG, Policy(), NOW) is None


@in_a_transaction
def test_repeats_in_a_batch_and_across_batches_count_once() -> None:
    books = open_books("helpdesk")
    first, second = talk("u0 u20")
    requests = [
        books.submit([first, first]).request_id,
        books.submit([first, second, second]).request_id,
    ]
    metered = meter_events(LOG, Policy(), NOW)
    requests.append(books.submit([second, first]).request_id)
    drain()
    counts = {
        batch.request_id: (batch.stored_count, batch.duplicate_count, batch.conflict_count)
        for batch in EventBatch.objects.filter(workspace=books.workspace)
    }
    assert [counts[request] for request in requests] == [(1, 1, 0), (1, 2, 0), (0, 2, 0)]
    assert metered is not None
    assert (metered.batches, metered.stored, metered.duplicates, metered.sessions) == (2, 2, 3, 2)
    assert minutes(books) == [0, 20]
    assert not Rejection.objects.exists()
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize("is_one_batch", [True, False])
def test_of_conflicting_events_the_first_one_stands(is_one_batch: bool) -> None:
    books = open_books("helpdesk")
    (event,) = talk("u0")
    others = [
        replace(event, user="eve"),
        replace(event, sender="bot"),
        replace(event, channel="web"),
        replace(event, developer=True),
        replace(event, time=event.time.replace(microsecond=1)),
    ]
    batches = [[event, *others, event]] if is_one_batch else [[event], *([one] for one in others)]
    requests = [books.submit(batch).request_id for batch in batches]
    drain()
    found = Rejection.objects.order_by("id")
    assert {one.code for one in found} == {"conflicting_duplicate"}
    assert {(one.event_id, one.field, one.at) for one in found} == {(event.id, "id", NOW)}
    places = [(one.request_id, one.index) for one in found]
    if is_one_batch:
        assert places == [(requests[0], index) for index in range(1, 6)]
    else:
        assert places == [(request, 0) for request in requests[1:]]
    assert sum(batch.conflict_count for batch in EventBatch.objects.all()) == 5
    assert minutes(books) == [0]
    assert Event.objects.count() == 1
    assert_books_hold()


@in_a_transaction
def test_an_id_is_its_workspaces_own() -> None:
    books, other = open_books("helpdesk"), open_books("helpdesk")
    (event,) = talk("u0")
    books.feed([event])
    other.feed([replace(event, user="eve")])
    assert minutes(books) == minutes(other) == [0]
    assert not Rejection.objects.exists()


@in_a_transaction
def test_a_bot_may_be_called_by_either_of_its_names() -> None:
    books = open_books("helpdesk")
    (event,) = talk("u0")
    books.feed([event, replace(event, bot=books.bots["helpdesk"].public_id)])
    batch = EventBatch.objects.get()
    assert (batch.stored_count, batch.duplicate_count) == (1, 1)


@in_a_transaction
def test_a_contract_is_metered_and_not_charged() -> None:
    told = history.tell()
    standing = Session.objects.filter(bot__workspace=told.contract.workspace)
    assert standing.count() == 3
    assert not Charge.objects.filter(bot__workspace=told.contract.workspace).exists()
    assert told.contract.free() == 500_000_000
    told.contract.feed(talk("u-3", "contractor"))
    assert standing.filter(withdrawn_by=None).count() == 3
    assert standing.exclude(withdrawn_by=None).count() == 3
    with transaction.atomic():
        assert_books_hold()


@in_a_transaction
def test_a_workspace_that_fails_does_not_hold_up_the_others() -> None:
    broken, sound = open_books("helpdesk"), open_books("helpdesk")
    submit_all(broken)
    submit_all(sound)
    before = outcome(broken)
    assert meter_events(LOG, SMALL, NOW, aside={broken.workspace.id}) is not None
    while meter_events(LOG, SMALL, NOW, aside={broken.workspace.id}) is not None:
        pass
    assert outcome(broken) == before
    assert outcome(sound) != before
    drain(policy=SMALL)
    assert outcome(broken) == outcome(sound)
