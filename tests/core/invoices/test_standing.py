"""Paid, open, overdue, given back."""

from datetime import date

import pytest

from quartermaster.core.invoices import standing
from quartermaster.core.invoices.standing import Amounts, Status

DUE = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("amounts", "is_settled", "today", "expected"),
    [
        (Amounts(100, 0, 0), False, DUE, Status.OPEN),
        (Amounts(100, 0, 0), False, date(2026, 12, 1), Status.OVERDUE),
        (Amounts(100, 0, 0), True, date(2026, 12, 1), Status.PAID),
        (Amounts(100, 100, 0), False, DUE, Status.PAID),
        (Amounts(100, 60, 40), False, DUE, Status.PAID),
        (Amounts(100, 100, 100), False, DUE, Status.CREDITED),
        (Amounts(0, 0, 0), False, DUE, Status.PAID),
        (Amounts(-50, 0, 0), False, DUE, Status.OPEN),
        (Amounts(-50, 0, -20), False, date(2026, 12, 1), Status.OPEN),
        (Amounts(-50, 0, 0), True, DUE, Status.PAID),
        (Amounts(-50, 0, -50), False, DUE, Status.CREDITED),
    ],
)
def test_status(amounts: Amounts, is_settled: bool, today: date, expected: Status) -> None:
    assert standing.status(amounts, is_settled, DUE, today) == expected
