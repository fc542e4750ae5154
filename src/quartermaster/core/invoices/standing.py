"""Where an invoice stands."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """`CREDITED`: all of it was given back. A credit note is `ISSUED`, and that is all."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of an invoice, with tax: what it says, what was paid when it was issued, and what credit
    notes gave back since."""

    total_minor: int
    paid_minor: int
    credited_minor: int


def status(amounts: Amounts, is_settled: bool, due_date: date, today: date) -> Status:
    """Of an invoice on a day; it is overdue from the day after it was due. One below zero, which is
    to be paid to the customer, stays open until somebody says that it was."""
    left = amounts.total_minor - amounts.credited_minor
    if amounts.total_minor and not left:
        return Status.CREDITED
    if is_settled or amounts.paid_minor >= left >= 0:
        return Status.PAID
    return Status.OVERDUE if left > 0 and today > due_date else Status.OPEN
