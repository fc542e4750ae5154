"""What a buyer needs to know to pay an order by wire."""

from dataclasses import dataclass

from quartermaster.core.formats import creditor_reference
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders.models import Order


@dataclass(frozen=True, slots=True)
class Instructions:
    """The account that takes wires, and what the buyer writes on the transfer."""

    holder: str
    iban: str
    bic: str
    bank: str
    reference: str


def find_instructions(order: Order) -> Instructions | None:
    """None: the operator has not said which account takes wires."""
    bank = billing.seller().bank
    if not bank.iban:
        return None
    reference = creditor_reference.printed(creditor_reference.of(order.public_id))
    iban = creditor_reference.printed(bank.iban)
    return Instructions(bank.holder, iban, bank.bic, bank.bank, reference)
