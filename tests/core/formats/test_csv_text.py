"""Rows as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.formats import csv_text
from quartermaster.core.formats.csv_text import Cell


def cell(value: Cell) -> str:
    """What a reader finds in it."""
    [[found]] = csv.reader(io.StringIO(csv_text.encoded([[value]]).decode(), newline=""))
    return found


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ann", "ann"),
        ('a "b", c\r\nd', 'a "b", c\r\nd'),
        (7, "7"),
        (-7, "-7"),
        (Decimal("-0.20"), "-0.20"),
        (Decimal("0.0000001"), "0.0000001"),
        (NOON, "2026-11-22T12:00:00Z"),
        (NOON.replace(microsecond=1), "2026-11-22T12:00:00.000001Z"),
        (datetime(2026, 11, 22, 17, 30, tzinfo=INDIA), "2026-11-22T12:00:00Z"),
        *((f"{first}1", f"'{first}1") for first in "=+-@\t\r\n"),
        ("1=1", "1=1"),
        ("-", "'-"),
    ],
)
def test_cells(value: Cell, found: str) -> None:
    assert cell(value) == found


def test_nothing_is_an_empty_cell() -> None:
    assert csv_text.encoded([[None, "", None]]) == b",,\r\n"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_every_text_comes_back(text: str) -> None:
    assert cell(text).removeprefix("'") == text.removeprefix("'")


def test_parts_stand_under_one_head() -> None:
    chunks = list(csv_text.whole(["a", "b"], [[(1, "x")], [], [(2, None), (3, "ü")]]))
    assert chunks == [b"a,b\r\n", b"1,x\r\n", b"", "2,\r\n3,ü\r\n".encode()]
