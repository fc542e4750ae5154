"""A workspace with a contract."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quartermaster.core.usage.events import Event
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Contract, ContractPrice, Statement
from quartermaster.usecases.plans.contracts import agree_contract as agreeing
from quartermaster.usecases.plans.contracts import agree_price as pricing
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from quartermaster.usecases.plans.contracts.preview_statement import Preview, preview_statement
from tests.books import Books, drain, open_books, talk

START = datetime(2026, 2, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SESSION = {"model": "per_unit", "amount": "0.125", "included": 2}


@dataclass
class Deal:
    """Two bots, and a contract by the month from 1 February on, or another."""

    books: Books
    contract: Contract

    @classmethod
    def made(cls, zone: str = "UTC", **terms: Any) -> "Deal":
        """Agreed when it begins, or on the day that is named."""
        books = open_books("helpdesk", "bookings", zone=zone)
        return cls(books, agree(books, **terms))

    def price(
        self, what: str = "billing_session", kind: str | None = None, **terms: Any
    ) -> ContractPrice:
        """For the whole contract."""
        wanted = pricing.Wanted(self.books.workspace, what, terms or SESSION, kind)
        return pricing.agree_price(wanted, uuid.uuid4(), START)

    def talk(self, count: int, at: datetime = START + DAY, bot: str = "helpdesk") -> None:
        """So many sessions, an hour apart."""
        batch: list[Event] = []
        for number in range(count):
            batch += talk("u0", bot, at + timedelta(hours=number))
        self.feed(batch)

    def feed(self, batch: Sequence[Event]) -> None:
        """Meters events, in May."""
        self.books.submit(batch, APRIL + 40 * DAY)
        drain(APRIL + 40 * DAY)

    def close(self, at: datetime = MARCH) -> Statement:
        """The next cycle, which is over."""
        found = close_cycle(self.contract.id, at)
        assert found is not None
        return found

    def preview(self, at: datetime) -> Preview:
        """So far."""
        return preview_statement(self.books.workspace, at)


def agree(
    books: Books, at: datetime = START, key: uuid.UUID | None = None, **terms: Any
) -> Contract:
    """A contract, at an instant."""
    wanted = agreeing.Wanted(books.workspace, **terms)
    return agreeing.agree_contract(wanted, key or uuid.uuid4(), at)


def lines(statement: Statement) -> list[tuple[str, int, int]]:
    """What a statement says."""
    return [
        (line.description, line.quantity, line.amount_minor) for line in queries.lines(statement.id)
    ]


def local(day: int) -> date:
    """A day of February."""
    return date(2026, 2, day)
