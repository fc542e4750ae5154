"""What a buyer needs to know to pay an order by wire."""

from collections.abc import Mapping
from dataclasses import dataclass

from quartermaster.core import money
from quartermaster.core.formats import creditor_reference
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires import queries as wires


@dataclass(frozen=True, slots=True)
class Account:
    """What takes wires; the IBAN as it is written."""

    holder: str
    iban: str
    bic: str
    bank: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the buyer writes on the transfer, and where it goes. No `account`: the operator has not
    said which one takes wires. `sums` are what is due and what it is made of; once
    something has come, also that and what is still to be transferred."""

    reference: str
    account: Account | None
    sums: Mapping[str, str]

    @property
    def parts(self) -> dict[str, str]:
        """All of it by label; what is not known is left out."""
        account = self.account
        where = account and {
            "Account Holder": account.holder,
            "IBAN": account.iban,
            "BIC": account.bic,
            "Bank": account.bank,
        }
        known = {label: value for label, value in (where or {}).items() if value}
        return {**self.sums, "Reference": self.reference, **known}


def explain_wire(order: Order) -> Instructions:
    """As the order's page shows it."""
    bank = billing.seller().bank
    reference = creditor_reference.printed(creditor_reference.of(order.public_id))
    iban = creditor_reference.printed(bank.iban)
    account = Account(bank.holder, iban, bank.bic, bank.bank) if bank.iban else None
    return Instructions(reference, account, _sums(order))


def _sums(order: Order) -> dict[str, str]:
    amounts = [(line.description, line.amount_minor) for line in queries.lines_of(order.id)]
    tax = [("Tax", order.tax_minor)] if order.tax_minor else []
    came = wires.arrived(order)
    left = [("Received", came.received_minor), ("To Transfer", came.missing_minor)] if came else []
    several = (*amounts, *tax, ("Total", order.due_minor), *left)
    return {label: money.shown_minor(amount, order.currency) for label, amount in several}
