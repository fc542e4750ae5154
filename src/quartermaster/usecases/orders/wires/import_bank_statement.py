"""A file of a bank is imported: its entries are kept, and those that are exact pay their orders."""

from dataclasses import dataclass

from django.db import transaction

from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires import operations
from quartermaster.usecases.orders.wires import _matching
from quartermaster.usecases.ports import Clock
from quartermaster.usecases.ports.bank_statements import StatementReader
from quartermaster.usecases.ports.gateways import Gateways


@dataclass(frozen=True, slots=True)
class SentFile:
    """What somebody has sent."""

    name: str
    content: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Not new: this very file was imported before, and added nothing. Of `entries` that it has,
    `added` are kept that were not there; the others were, or are of money that went out. `paid`
    are the orders that are paid now."""

    is_new: bool
    entries: int
    added: int
    paid: tuple[Order, ...]


def import_bank_statement(
    gateways: Gateways, read: StatementReader, sent: SentFile, clock: Clock
) -> Imported:
    """All of the file or nothing (UnreadableStatement). The same file or entries again add nothing;
    orders whose entries were added before a crash are paid then. What fails of one entry is raised
    when all others are done with."""
    statements = read(sent.content)
    added = 0
    with transaction.atomic():
        file = operations.add_file(sent.name, sent.content, sent.by, clock(None))
        if file is not None:
            for one in statements:
                added += operations.add_entries(file, one.account, one.entries)
    entries = sum(len(one.entries) for one in statements)
    came = list(_matching.pay_exact(gateways, clock))
    for failure in came:
        if isinstance(failure, Exception):
            raise failure
    paid = tuple(one for one in came if isinstance(one, Order))
    return Imported(file is not None, entries, added, paid)
