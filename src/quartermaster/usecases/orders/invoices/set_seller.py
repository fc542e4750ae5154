"""The operator says who they are, and where wires go."""

from dataclasses import replace
from datetime import datetime

from quartermaster.core.invoices import numbers
from quartermaster.core.invoices.parties import Seller
from quartermaster.store.billing import operations as billing
from quartermaster.usecases.orders.invoices import _parties


def set_seller(seller: Seller, at: datetime) -> Seller:
    """For invoices from now on. Another prefix begins another series of numbers, at 1; an earlier
    one goes on where it was. BadParty, BadVatId, BadBank, BadPrefix."""
    checked = replace(
        seller,
        party=_parties.checked(seller.party),
        prefix=numbers.checked(seller.prefix),
        registration=_parties.text(seller.registration, "registration"),
        bank=_parties.bank(seller.bank),
        note=_parties.text(seller.note, "note"),
    )
    billing.set_seller(checked, at)
    return checked
