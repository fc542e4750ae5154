"""A bank that books what it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires.models import BankEntry
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.wires.import_bank_statement import (
    Imported,
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.orders.wires.match_bank_entry import match_bank_entry
from quartermaster.usecases.orders.wires.pay_waiting import pay_waiting
from quartermaster.usecases.ports.bank_statements import BankStatement
from tests.usecases.shop import Shop

ACCOUNT = "DE89370400440532013000"
ANN, BOB = "GB29NWBK60161331926819", "FR1420041010050500013M02606"


def paying(order: Order, amount_minor: int | None = None, **fields: Any) -> Entry:
    """What is due for an order, with its reference, from Ann, unless said otherwise."""
    reference = creditor_reference.printed(creditor_reference.of(order.public_id))
    amount = order.total_minor if amount_minor is None else amount_minor
    given = {"bank_id": "", "currency": "USD", "text": reference, "payer_iban": ANN} | fields
    return Entry(booked_date=date(2026, 2, 2), amount_minor=amount, **given)


@dataclass
class Bank:
    """Sends statements to a shop's operator, each in a file of its own."""

    shop: Shop
    files: int = 0

    @property
    def clock(self) -> Callable[[Workspace | None], datetime]:
        """The shop's."""
        return lambda workspace: self.shop.at

    def send(self, *entries: Entry, content: bytes | None = None) -> Imported:
        """One statement."""
        statement = BankStatement("S", ACCOUNT, entries)
        self.files += 1
        file = SentFile("s.xml", content or f"{self.files}".encode(), "olga@example.com")
        return import_bank_statement(
            self.shop.gateways, lambda content: (statement,), file, self.clock
        )

    def try_again(self) -> list[Order]:
        """As the job does; nothing fails."""
        found = list(pay_waiting(self.shop.gateways, self.clock))
        paid = [one for one in found if isinstance(one, Order)]
        assert paid == found
        return paid

    def match(self, entry: int, order: int) -> BankEntry:
        """Olga says so."""
        return match_bank_entry(self.shop.gateways, entry, order, "olga", self.shop.now)

    def state(self, order: Order) -> str:
        """Of the order, now."""
        return orders.get(order.id).state

    def entries(self) -> list[tuple[int, str, int]]:
        """Amount, state and rest of each, in the order in which they came."""
        found = BankEntry.objects.order_by("id")
        return [(one.amount_minor, one.state, one.rest_minor) for one in found]
