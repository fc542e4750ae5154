"""Places in lists as text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.formats import cursors

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_moments = st.timedeltas(timedelta(days=-300_000), timedelta(days=2_000_000)).map(NOON.__add__)


@given(_moments, st.integers(1, 2**63 - 1))
def test_what_is_written_is_read(at: datetime, number: int) -> None:
    text = cursors.written(at, number)
    assert cursors.read(text) == (at, number)
    assert text.replace("-", "").replace("_", "").isalnum(), "as it is in an address"


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "-", "=", "nonsense", "ü", "\0", "MS4x\n", "MS4x ", "MQ", "MS4yLjM"),
        "2026-11-22T19:00:00+00:00/12",
        cursors.written(NOON, 0),
        cursors.written(NOON, -1),
        cursors.written(NOON, 2**63),
        cursors.written(NOON.replace(year=1000), 1),
        cursors.written(NOON.replace(year=9000), 1),
        cursors.written(NOON, 10**4_000),
    ],
)
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert cursors.read(text) is None


@given(st.text())
def test_anything_can_be_asked(text: str) -> None:
    found = cursors.read(text)
    assert found is None or found[1] > 0


def test_microseconds_are_kept() -> None:
    at = NOON + timedelta(microseconds=1)
    assert cursors.read(cursors.written(at, 7)) == (at, 7)
