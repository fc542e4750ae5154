"""What a buyer needs to know to pay by wire."""

from quartermaster.core.formats import creditor_reference
from quartermaster.core.invoices.parties import Bank as SellersBank
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.orders.wires.explain_wire import explain_wire
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import START, Shop


def test_without_an_account(shop: Shop) -> None:
    order = shop.fund(10_000)
    found = explain_wire(order)
    assert found.account is None
    reference = creditor_reference.printed(creditor_reference.of(order.public_id))
    assert found.parts == {
        "Credit for helpdesk": "$100.00",
        "Total": "$100.00",
        "Reference": reference,
    }


def test_once_a_part_has_come(shop: Shop) -> None:
    order = shop.fund(10_000)
    Bank(shop).send(paying(order, 4_000))
    sums = explain_wire(order).sums
    assert list(sums.items())[1:] == [
        ("Total", "$100.00"),
        ("Received", "$40.00"),
        ("To Transfer", "$60.00"),
    ]


def test_with_one(shop: Shop) -> None:
    bank = SellersBank("Acme GmbH", "DE89370400440532013000")
    set_seller(Seller(Party("Acme", country="DE"), "QM", bank=bank), START)
    found = explain_wire(shop.fund(10_000))
    assert found.account
    assert found.account.iban == "DE89 3704 0044 0532 0130 00"
    assert list(found.parts)[-2:] == ["Account Holder", "IBAN"]
