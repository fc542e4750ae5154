"""The event log as a table: what goes in at the door comes out at the meter."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.adapters.event_log import codec
from quartermaster.adapters.event_log.appender import LogAppender, NotAppended
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core.usage.events import Accepted, Kind, Rejection, Submission
from quartermaster.store.metering.models import EventBatch
from quartermaster.store.metering.models import Rejection as KeptRejection
from quartermaster.usecases.ports import Outcome
from tests.books import NOW, Books, open_books
from tests.fakes.proxy import Proxy
from tests.interfaces import database
from tests.usecases.conftest import committed

__all__ = ["committed"]

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
MICROS = st.integers(-(2**62), 2**62)
ROW = st.tuples(
    *(
        st.integers(0, 10_000),
        TEXT,
        st.sampled_from([*map(int, Kind), 34]),
        MICROS,
        st.integers(1, 2**62),
    ),
    *(TEXT | st.none() for _ in range(6)),
)
LOG = EventTable()


@given(st.lists(ROW, max_size=20))
def test_what_is_encoded_is_decoded(rows: list[tuple[Any, ...]]) -> None:
    columns = Accepted(*map(list, zip(*rows, strict=True))) if rows else Accepted()
    assert codec.decode(codec.encode(columns)) == columns


@pytest.fixture
def books(committed: None) -> Books:
    return open_books("helpdesk")


def columns(*ids: str, **fields: list[Any]) -> Accepted:
    nothing: list[Any] = [None] * len(ids)
    plain = dict.fromkeys(Accepted.__dataclass_fields__, nothing)
    numbers = list(range(1, len(ids) + 1))
    return Accepted(
        **plain
        | {"id": list(ids)}
        | dict.fromkeys(("index", "kind", "time", "bot"), numbers)
        | fields
    )


def submission(books: Books, name: str, *ids: str, **fields: Any) -> Submission:
    return replace(Submission(books.workspace.id, name, NOW, columns(*ids), []), **fields)


def play(scene: Callable[[LogAppender], Awaitable[None]], address: str = "") -> None:
    """A scene at the door's end of the log."""

    async def whole() -> None:
        log = LogAppender(address or database.url())
        try:
            await scene(log)
        finally:
            await log.close()

    asyncio.run(whole())


NO = Rejection(3, None, "missing", "message needs a user", "user")


@pytest.mark.parametrize("end", ["door", "table"])
def test_both_ends_write_what_the_meter_reads(books: Books, end: str) -> None:
    full = columns("a", "ü'\"\\", channel=["web", None], user=[None, "\u2603"])
    batches = [
        submission(books, "r1", accepted=full, rejected=[NO, replace(NO, id="x", field=None)]),
        submission(books, "r2", "c"),
        submission(books, "r3", rejected=[NO]),
    ]
    append(end, batches)
    found = LOG.read(books.workspace.id, 100)
    assert [(one.request_id, one.events) for one in found] == [
        ("r1", full),
        ("r2", columns("c")),
    ]
    kept = KeptRejection.objects.order_by("id").values_list(
        "workspace", "request_id", "index", "event_id", "code", "reason", "field", "at"
    )
    rest = (3, None, "missing", "message needs a user", "user", NOW)
    assert list(kept) == [
        (books.workspace.id, "r1", *rest),
        (books.workspace.id, "r1", 3, "x", "missing", "message needs a user", None, NOW),
        (books.workspace.id, "r3", *rest),
    ]
    figures = EventBatch.objects.order_by("id").values_list("event_count", "rejected_count")
    assert list(figures) == [(2, 2), (1, 0), (0, 1)]
    [refused] = EventBatch.objects.exclude(done_at=None)
    assert (refused.request_id, refused.done_at, refused.body) == ("r3", NOW, None)


def append(end: str, batches: list[Submission]) -> None:
    async def at_the_door(log: LogAppender) -> None:
        await log.append(batches)

    if end == "door":
        play(at_the_door)
    else:
        for one in batches:
            LOG.append(one)


@pytest.mark.parametrize("end", ["door", "table"])
def test_an_id_with_a_nul_does_not_stop_the_log(books: Books, end: str) -> None:
    append(end, [submission(books, "r1", "a", rejected=[replace(NO, id="a\x00b")])])
    assert len(LOG.read(books.workspace.id, 9)) == 1
    assert KeptRejection.objects.get().event_id == "a\ufffdb"


def test_a_rejection_list_without_end_is_cut_but_counted(books: Books) -> None:
    async def scene(log: LogAppender) -> None:
        many = [replace(NO, index=place) for place in range(1_001)]
        await log.append([submission(books, "r1", rejected=many)])

    play(scene)
    assert KeptRejection.objects.count() == 1_000
    assert EventBatch.objects.get().rejected_count == 1_001


def test_the_door_connects_again_after_its_backend_was_ended(books: Books) -> None:
    async def scene(log: LogAppender) -> None:
        await log.append([submission(books, "r1", "a")])
        assert await asyncio.to_thread(database.end_others) >= 1
        await log.append([submission(books, "r2", "b", rejected=[NO])])

    play(scene)
    connection.close()  # was ended too
    assert [one.request_id for one in LOG.read(books.workspace.id, 9)] == ["r1", "r2"]


@pytest.fixture
def broken_commits(committed: None) -> Iterator[None]:
    """Every COMMIT of an append ends its connection, and `tried` counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create sequence tried;"
            "create function break_off() returns trigger language plpgsql as $$ begin"
            " perform nextval('tried'); perform pg_terminate_backend(pg_backend_pid());"
            " return null; end $$;"
            "create constraint trigger break_off after insert on metering_eventbatch"
            " deferrable initially deferred for each row execute function break_off()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "drop trigger break_off on metering_eventbatch;"
            "drop function break_off; drop sequence tried"
        )


def test_what_broke_at_its_commit_is_not_tried_again(books: Books, broken_commits: None) -> None:
    async def scene(log: LogAppender) -> None:
        await log.append([])
        with pytest.raises(NotAppended):
            await log.append([submission(books, "r1", "a", rejected=[NO])])

    play(scene)
    with connection.cursor() as cursor:
        cursor.execute("select last_value from tried")
        assert cursor.fetchone() == (1,)


def test_a_group_is_written_whole_or_not_at_all(books: Books) -> None:
    async def scene(log: LogAppender) -> None:
        good = submission(books, "r1", "a", rejected=[NO])
        for bad in (
            submission(books, "r2", "b", workspace=10**6),
            submission(books, "r\x00", "b"),
            submission(books, "r2", "b", rejected=[replace(NO, index=2**40)]),
        ):
            with pytest.raises(NotAppended):
                await log.append([good, bad])
        await log.append([good])

    play(scene)
    assert [one.request_id for one in LOG.read(books.workspace.id, 9)] == ["r1"]
    assert KeptRejection.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_a_database_that_is_not_there() -> None:
    async def scene(log: LogAppender) -> None:
        with pytest.raises(NotAppended):
            await log.append([Submission(1, "r1", NOW, columns("a"), [])])

    play(scene, "postgresql://127.0.0.1:1/none")


def test_a_lock_that_nobody_gives_back_is_not_waited_for_forever(books: Books) -> None:
    async def scene(log: LogAppender) -> None:
        await log.append([submission(books, "r1", "a")])
        async with await psycopg.AsyncConnection.connect(database.url()) as other:
            await other.execute("lock table metering_eventbatch in access exclusive mode")
            with pytest.raises(NotAppended, match="lock timeout"):
                await log.append([submission(books, "r2", "b")])
        await log.append([submission(books, "r2", "b")])

    play(scene)
    assert len(LOG.read(books.workspace.id, 9)) == 2


def test_a_commit_that_is_never_answered_is_given_up(books: Books) -> None:
    proxy = Proxy(database.url())

    async def whole() -> None:
        log = LogAppender(proxy.url, patience_seconds=1)
        proxy.plan = ["pass", "hung", "pass"]
        await log.append([submission(books, "before")])
        with pytest.raises(NotAppended, match="does not answer"):
            await log.append([submission(books, "hung")])
        await log.append([submission(books, "after")])
        await log.close()
        proxy.close()

    asyncio.run(whole())
    appended = set(EventBatch.objects.values_list("request_id", flat=True))
    assert appended - {"hung"} == {"before", "after"}


def test_events_alone_are_tried_again_for_they_count_once(books: Books) -> None:
    """The line breaks before the commit, and behind it."""
    proxy = Proxy(database.url())

    async def scene(log: LogAppender) -> None:
        for number, fate in enumerate(("pass", "lost", "unanswered")):
            proxy.plan = [fate]
            await log.append([submission(books, f"r{number}", "a")])

    play(scene, proxy.url)
    proxy.close()
    found = LOG.read(books.workspace.id, 9)
    assert [one.request_id for one in found] == ["r0", "r1", "r2", "r2"]
    assert found[2].events == found[3].events


def test_the_longest_waiting_come_first(books: Books) -> None:
    other = open_books("elsewhere")
    LOG.append(submission(other, "first", "a"))
    for number in range(5):
        at = NOW - timedelta(minutes=number)
        LOG.append(submission(books, f"r{number}", *"abc", received_at=at))
    assert LOG.workspaces() == [other.workspace.id, books.workspace.id]
    found = LOG.read(books.workspace.id, 10**6)
    assert [one.request_id for one in found] == [f"r{number}" for number in range(5)]


def test_a_limit_counts_events_and_gives_one_batch_at_least(books: Books) -> None:
    for number in range(3):
        LOG.append(submission(books, f"r{number}", *"abc"))
    sizes = [len(LOG.read(books.workspace.id, limit)) for limit in (1, 3, 4, 6, 7, 100)]
    assert sizes == [1, 1, 2, 2, 3, 3]
    assert LOG.read(open_books().workspace.id, 100) == []


def test_what_is_done_is_not_read_again(books: Books) -> None:
    for number in range(3):
        LOG.append(submission(books, f"r{number}", *"abc"))
    first, second, third = LOG.read(books.workspace.id, 100)
    later = NOW + timedelta(minutes=1)
    LOG.done([Outcome(third.id, 1, 1, 1), Outcome(first.id, 3, 0, 0)], later)
    assert LOG.read(books.workspace.id, 100) == [second]
    done = EventBatch.objects.get(id=third.id)
    assert (done.body, done.done_at) == (None, later)
    assert (done.stored_count, done.duplicate_count, done.conflict_count) == (1, 1, 1)
    LOG.done([Outcome(third.id, 3, 0, 0), Outcome(second.id, 3, 0, 0)], NOW)
    done.refresh_from_db()
    assert (done.stored_count, done.done_at) == (1, later), "once is once"
    assert LOG.workspaces() == []


def test_an_append_goes_with_the_transaction_of_its_caller(books: Books) -> None:
    with transaction.atomic():
        LOG.append(submission(books, "r1", "a", rejected=[NO]))
        transaction.set_rollback(True)
    assert LOG.workspaces() == []
    assert not KeptRejection.objects.exists()
