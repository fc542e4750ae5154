"""Whole months leave the database, none younger than the late window and a day."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from quartermaster.core.usage import events
from quartermaster.core.usage.horizon import KEPT, TooRecent, horizon

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_more_than_the_late_window_is_kept() -> None:
    assert timedelta(days=36) == KEPT
    assert events.Window.around(AT).earliest > events.Window.around(AT - timedelta(days=1)).earliest


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (None, (2026, 10)),
        (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), (2026, 10)),
        (datetime(2026, 10, 1, tzinfo=UTC), (2026, 10)),
        (datetime(2026, 9, 30, tzinfo=UTC), (2026, 9)),
        (datetime(2026, 10, 1, 1, tzinfo=timezone(timedelta(hours=2))), (2026, 9)),
        (datetime(1969, 2, 3, tzinfo=UTC), (1969, 2)),
    ],
)
def test_months_are_whole_and_in_utc(before: datetime | None, expected: tuple[int, int]) -> None:
    assert horizon(before, AT) == datetime(*expected, 1, tzinfo=UTC)


def test_what_is_younger_is_refused() -> None:
    with pytest.raises(TooRecent, match="before 2026-10-01 may be archived now, not 2026-11-01"):
        horizon(datetime(2026, 11, 1, tzinfo=UTC), AT)


def test_the_very_day() -> None:
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert horizon(None, first + KEPT) == first
    assert horizon(None, first + KEPT - timedelta(microseconds=1)) < first
