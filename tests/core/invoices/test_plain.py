"""Parties survive being written down."""

import json

from quartermaster.core.invoices import plain
from quartermaster.core.invoices.parties import Bank, Party, Seller


def test_parties_come_back_as_they_were() -> None:
    buyer = Party(
        "Ann", "Ann & Co", ("Street 1", "Floor 2"), "Paris", "75001", "FR", "FR1", "a@b.c"
    )
    assert plain.party(json.loads(json.dumps(plain.written(buyer)))) == buyer
    seller = Seller(buyer, "QM", "HRB 1", Bank("Ann", "DE1", "BIC", "Bank"), "Thanks")
    assert plain.seller(json.loads(json.dumps(plain.written(seller)))) == seller
