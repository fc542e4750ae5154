"""A session explained: its conversation, its charges, and its messages, wherever these are."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.money import MICRO
from quartermaster.store.metering.models import Event, Session
from quartermaster.store.people.queries import NotFound
from quartermaster.store.wallets.lookups import Draw
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.ports import ArchiveDamaged
from quartermaster.usecases.proof.explain_session import Explanation, explain_session
from tests.books import NOW, Books, open_books, talk
from tests.usecases.credits import history

pytestmark = pytest.mark.django_db
START = NOW - timedelta(days=60)


def explained(books: Books, number: int = 0) -> Explanation:
    """The sessions by their numbers, the withdrawn ones too."""
    found = Session.objects.filter(bot__workspace=books.workspace).order_by("id")
    return explain_session(found[number].id, books.archive)


def told(found: Explanation) -> list[tuple[float, str, str | None]]:
    """Minute, type and sender of each message."""
    return [
        ((one.at - START).total_seconds() / 60, one.type.removeprefix("conversation."), one.sender)
        for one in found.messages
    ]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_all_of_it() -> None:
    books = open_books("helpdesk", free_micro=MICRO // 10)
    books.fund("helpdesk", MICRO // 20)
    books.feed(talk("b0 u1 b16 t17 a18 r20 u40", channel="web", start=START))
    first, second = (explained(books, number) for number in range(2))
    one = first.session
    assert (one.bot, one.bot_name) == (books.bots["helpdesk"].public_id, "helpdesk")
    assert (one.workspace, one.user, one.channel) == (books.workspace.public_id, "ann", "web")
    assert (one.unit, one.conversation) == ("billing_session", None)
    assert (one.start_at, first.end_at) == (at(1), at(16))
    assert (one.conversation_start_at, one.conversation_end_at) == (at(0), at(18))
    assert (one.anchor_at, one.messages) == (at(1), 4)
    assert (one.made_at, one.withdrawn_at) == (None, None)
    assert told(first) == [(1, "message", "user"), (16, "message", "bot")]
    assert first.messages[0].channel == "web"
    [charge] = first.charges
    assert (charge.quantity, charge.amount_micro) == (1, 200_000)
    assert charge.price
    assert str(charge.price.amount) == "0.2000000000"
    assert charge.formula == "1 billing session × $0.20 = $0.20"
    draws = [(draw.source, draw.amount_micro) for draw in charge.draws]
    assert draws == [("paid", 50_000), ("free", 100_000), ("debt", 50_000)]
    assert charge.draws[2] == Draw(charge.draws[2].transfer, "debt", None, 50_000)
    assert (second.session.start_at, told(second)) == (at(40), [(40, "message", "user")])


def test_an_instant_between_two_blocks_belongs_to_the_earlier() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0 b15 b16 b30", start=START))
    assert told(explained(books)) == [(0, "message", "user"), (15, "message", "bot")]
    assert told(explained(books, 1)) == [(16, "message", "bot"), (30, "message", "bot")]


def test_another_conversation_has_no_part_in_it() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0 b3 e3 u5 b9", start=START))
    kept = [(0, "message", "user"), (3, "message", "bot"), (3, "ended", None)]
    assert told(explained(books)) == kept
    assert told(explained(books, 1)) == [(5, "message", "user"), (9, "message", "bot")]


def test_a_session_that_was_withdrawn() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u10 b26", conversation="c", start=START))
    books.feed(talk("u0", conversation="c", start=START))
    gone = explained(books)
    assert gone.session.withdrawn_at == NOW
    assert [one.quantity for one in gone.charges] == [1, -1]
    assert sum(draw.amount_micro for one in gone.charges for draw in one.draws) == 0
    assert explained(books, 2).session.made_at == NOW


def test_nothing_is_known_of_it() -> None:
    with pytest.raises(NotFound, match="no session 7") as no:
        explain_session(7)
    assert no.value.field == "session"


def test_it_says_the_same_before_and_after_its_events_are_archived(tmp_path: Path) -> None:
    books = history.tell().main
    books.archive = ParquetArchive(tmp_path)
    count = Session.objects.filter(bot__workspace=books.workspace).count()
    before = [explained(books, number) for number in range(count)]
    assert count > 20
    assert all(one.messages for one in before if one.session.withdrawn_at is None)
    later = NOW + timedelta(days=60)
    for progress in archive_events(books.archive, books.workspace, None, later, 20):
        halfway = [explained(books, number) for number in range(0, count, 5)]
        assert halfway == before[::5], progress
    assert not Event.objects.filter(thread__bot__workspace=books.workspace).exists()
    assert [explained(books, number) for number in range(count)] == before
    [path] = tmp_path.rglob("*.parquet")
    path.unlink()
    with pytest.raises(ArchiveDamaged):
        explained(books)
