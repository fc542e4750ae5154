"""Peaks of whole workspaces that an earlier release did not keep."""

from datetime import timedelta
from pathlib import Path

import pytest

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.store.metering.models import AgentPeak, SeatPeak
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.ports import ArchiveDamaged
from quartermaster.usecases.usage.recount_peaks import Recount, recount_peaks
from tests.books import NOW, Books, assert_books_hold, open_books
from tests.usecases.usage.test_meter_seats import PRODUCTS, login

pytestmark = pytest.mark.django_db


def busy() -> Books:
    """Two bots with agents for two products."""
    books = open_books("helpdesk", "bookings")
    books.feed(
        [
            login(0, 8, "in"),
            login(1, 12, "out"),
            login(2, 9, "in", "bob", bot="bookings"),
            login(3, 30, "in", "cy", product=PRODUCTS[1]),
        ]
    )
    return books


def stored() -> list[tuple[object, ...]]:
    return [
        *AgentPeak.objects.order_by("pk").values_list(),
        *SeatPeak.objects.order_by("pk").values_list(),
    ]


def test_what_is_missing_is_counted_and_all_else_left_alone() -> None:
    books, other = busy(), busy()
    expected = stored()
    assert list(recount_peaks()) == []
    AgentPeak.objects.filter(workspace=books.workspace).delete()
    assert list(recount_peaks()) == [Recount(books.workspace.public_id)]
    assert stored() == expected
    assert list(recount_peaks()) == []
    AgentPeak.objects.filter(workspace=other.workspace, agents=2).delete()
    assert list(recount_peaks()) == [Recount(other.workspace.public_id)]
    assert stored() == expected
    assert_books_hold()


def test_an_agent_who_logs_in_before_it_is_counted_does_no_harm() -> None:
    books = busy()
    AgentPeak.objects.all().delete()
    books.feed([login(9, 60, "in", "dee")])
    assert [one.workspace for one in recount_peaks()] == [books.workspace.public_id]
    assert_books_hold()


def test_log_ins_that_are_archived(tmp_path: Path) -> None:
    books, other = busy(), busy()
    archive = ParquetArchive(tmp_path)
    later = NOW + timedelta(days=60)
    list(archive_events(archive, books.workspace, None, later, 20))
    expected = stored()
    AgentPeak.objects.all().delete()
    (path,) = tmp_path.rglob("*.parquet")
    path.rename(tmp_path / "away")
    first, second = recount_peaks(archive)
    assert first.workspace == books.workspace.public_id
    assert second == Recount(other.workspace.public_id)
    assert isinstance(first.refusal, ArchiveDamaged)
    (tmp_path / "away").rename(path)
    assert list(recount_peaks(archive)) == [Recount(books.workspace.public_id)]
    assert stored() == expected
    assert_books_hold(archive)


def test_broken_off_it_goes_on_next_time() -> None:
    books, other = busy(), busy()
    AgentPeak.objects.all().delete()
    counting = recount_peaks()
    assert next(counting) == Recount(books.workspace.public_id)
    counting.close()  # type: ignore[attr-defined]
    assert not AgentPeak.objects.filter(workspace=other.workspace).exists()
    assert list(recount_peaks()) == [Recount(other.workspace.public_id)]
    assert_books_hold()
