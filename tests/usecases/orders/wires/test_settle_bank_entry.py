"""What no order needed becomes credit or goes back."""

from decimal import Decimal

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.wires.models import BankEntry, Outlet
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.refunds._refunding import AmountCannotBeSplit
from quartermaster.usecases.orders.wires.match_bank_entry import WrongCurrency
from quartermaster.usecases.orders.wires.settle_bank_entry import (
    EntryDecided,
    NothingToDecide,
    Wanted,
    WhoseCredit,
    settle_bank_entry,
)
from tests.books import assert_books_hold
from tests.usecases.orders.invoices.trade import MERCER
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import ESSENTIAL

CREDIT, REFUND = Wanted(Outlet.CREDIT, "olga"), Wanted(Outlet.REFUND, "olga")


def matched(bank: Bank, amount: int, is_canceled: bool = False) -> BankEntry:
    """So much came for an order, and a person has matched it."""
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, amount, text="?"))
    row = bank.match(BankEntry.objects.latest("id").id, order.id)
    if is_canceled:
        cancel_order(bank.shop.gateways, order.id, bank.shop.now)
    return row


@pytest.mark.parametrize(
    ("amount", "is_canceled", "dollars"), [(6_500, False, 5), (2_000, True, 20)]
)
def test_credit_is_there_at_once_and_once(
    bank: Bank, amount: int, is_canceled: bool, dollars: int
) -> None:
    row = matched(bank, amount, is_canceled)
    for _ in range(2):
        settled = settle_bank_entry(row.id, CREDIT, bank.shop.at)
        assert (settled.state, settled.rest_minor) == ("decided", dollars * 100)
        assert (settled.decided_by, settled.decided_at) == ("olga", bank.shop.at)
    assert bank.shop.books.paid() == dollars * MICRO
    (lot,) = bank.shop.books.lots()[1:]
    assert lot.price_paid_minor == dollars * 100
    order = Order.objects.get(lot=lot)
    assert (order.kind, order.state, order.ordered_by) == ("funds", "fulfilled", "olga")
    assert Payment.objects.get(order=order).reference == row.public_id
    with pytest.raises(EntryDecided, match="olga decided on credit already, at 2026"):
        settle_bank_entry(row.id, REFUND, bank.shop.at)
    assert_books_hold()


@pytest.mark.parametrize(("came", "credit"), [(6_619, 100), (6_503, None)])
def test_credit_is_what_is_left_of_it_when_it_is_taxed(
    bank: Bank, came: int, credit: int | None
) -> None:
    row = matched(bank, came - 500)
    set_tax(True, {"DE": Decimal(19)}, bank.shop.at)
    set_billing_profile(bank.shop.books.workspace, MERCER, bank.shop.at)
    if credit is None:
        with pytest.raises(AmountCannotBeSplit, match=r"comes to \$[0-9]+\.[0-9]{2} with"):
            settle_bank_entry(row.id, CREDIT, bank.shop.at)
    else:
        settle_bank_entry(row.id, CREDIT, bank.shop.at)
        order = Order.objects.latest("id")
        assert (order.total_minor, order.tax_minor) == (credit, 19)
        assert Payment.objects.get(order=order).amount_minor == row.amount_minor - 6_000
    assert_books_hold()


def test_a_refund_is_noted(bank: Bank) -> None:
    row = matched(bank, 6_500)
    assert settle_bank_entry(row.id, REFUND, bank.shop.at).outlet == "refund"
    assert bank.shop.books.paid() == 0
    with pytest.raises(EntryDecided, match="decided on refund already"):
        settle_bank_entry(row.id, CREDIT, bank.shop.at)


def test_how_it_was_decided_comes_before_whose_credit_it_would_be(bank: Bank) -> None:
    bank.send(paying(bank.shop.order(ESSENTIAL), text="?"))
    row = BankEntry.objects.get()
    settle_bank_entry(row.id, REFUND, bank.shop.at)
    for wanted in (CREDIT, Wanted(Outlet.CREDIT, "olga", bank.shop.bot)):
        with pytest.raises(EntryDecided, match="decided on refund already"):
            settle_bank_entry(row.id, wanted, bank.shop.at)


@pytest.mark.parametrize("amount", [6_000, 2_000])
def test_what_an_order_has_used_or_counts_on_stays(bank: Bank, amount: int) -> None:
    row = matched(bank, amount)
    with pytest.raises(NothingToDecide):
        settle_bank_entry(row.id, REFUND, bank.shop.at)


def test_money_for_nothing_needs_somebody_to_be_credited(bank: Bank) -> None:
    bank.send(paying(bank.shop.order(ESSENTIAL), text="?"))
    row = BankEntry.objects.get()
    with pytest.raises(WhoseCredit):
        settle_bank_entry(row.id, CREDIT, bank.shop.at)
    wanted = Wanted(Outlet.CREDIT, "olga", bank.shop.bot)
    assert settle_bank_entry(row.id, wanted, bank.shop.at).state == "decided"
    assert bank.shop.books.paid() == 60 * MICRO


def test_other_money_is_no_credit_but_goes_back(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, currency="EUR"), paying(order, -6_000))
    euro, back = BankEntry.objects.order_by("id")
    wanted = Wanted(Outlet.CREDIT, "olga", bank.shop.bot)
    with pytest.raises(WrongCurrency):
        settle_bank_entry(euro.id, wanted, bank.shop.at)
    with pytest.raises(NothingToDecide):
        settle_bank_entry(back.id, wanted, bank.shop.at)
    for row in (euro, back):
        assert settle_bank_entry(row.id, REFUND, bank.shop.at).state == "decided"
    assert bank.shop.books.paid() == 0
