"""What a statement is made of: for each currency the account before, its entries, and after."""

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta

from payment_sandbox.bank import wires


@dataclass(frozen=True)
class Statement:
    """One currency's account over days, `first` and `last` included."""

    currency: str
    first: date
    last: date
    opening_minor: int
    entries: tuple[wires.Entry, ...]

    @property
    def closing_minor(self) -> int:
        """The balance at the end of the last day."""
        return self.opening_minor + sum(entry.amount_minor for entry in self.entries)


def of(db: sqlite3.Connection, first: date, last: date) -> list[Statement]:
    """One for each currency in which anything has ever arrived by then, or one of US dollars
    without entries."""
    end = (last + timedelta(days=1)).isoformat()
    before: dict[str, int] = {
        row["currency"]: row["total"]
        for row in db.execute(
            "select currency, sum(amount_minor) filter (where booked_at < ?) as total"
            " from bank_entry where booked_at < ? group by currency order by currency",
            (first.isoformat(), end),
        )
    }
    entries = wires.entries(db, first.isoformat(), end)
    return [
        Statement(currency, first, last, total or 0, _in(entries, currency))
        for currency, total in (before or {"USD": 0}).items()
    ]


def _in(entries: list[wires.Entry], currency: str) -> tuple[wires.Entry, ...]:
    return tuple(entry for entry in entries if entry.currency == currency)
