"""Random talk around a month's end: archived on the way or not, it comes to the same."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import Event as Stored
from quartermaster.usecases.archive.archive_events import archive_events
from tests.books import Books, assert_books_hold
from tests.usecases.credits import history
from tests.usecases.usage.outcome import START, outcome
from tests.usecases.usage.test_meter_property import open_two, scripts

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)
SHIFT = MIDNIGHT - START - timedelta(minutes=60)
"""Puts the middle of the scripts at the month's end."""
AT = MIDNIGHT + timedelta(days=40)


def feed(books: Books, batches: list[list[Event]]) -> None:
    for batch in batches:
        books.feed(batch, AT)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_what_comes_after_a_month_was_archived(data: st.DataObject) -> None:
    script = [replace(one, time=one.time + SHIFT) for one in data.draw(scripts())]
    mixed = data.draw(st.permutations(script))
    count = data.draw(st.integers(0, len(mixed)))
    is_early = [one.time < MIDNIGHT or place < count for place, one in enumerate(mixed)]
    early = [one for one, first in zip(mixed, is_early, strict=True) if first]
    late = [one for one, first in zip(mixed, is_early, strict=True) if not first]
    size = data.draw(st.integers(1, 8))
    batches = [late[at : at + size] for at in range(0, len(late), size)]
    rows = data.draw(st.integers(1, 9))
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        history.publish()
        plain, moved = open_two(), open_two()
        moved.archive = ParquetArchive(Path(folder))
        feed(plain, [early, *batches])
        feed(moved, [early])
        list(archive_events(moved.archive, moved.workspace, MIDNIGHT, AT, rows))
        mine = Stored.objects.filter(thread__bot__workspace=moved.workspace)
        assert not mine.filter(at__lt=MIDNIGHT).exists()
        feed(moved, batches)
        assert outcome(moved) == outcome(plain)
        assert_books_hold(moved.archive)
        transaction.set_rollback(True)
