"""Orders, their money and invoices are told of where they happen: once, and with them."""

import uuid
from datetime import timedelta

from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.notices.models import Notice
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Refund
from quartermaster.store.orders.wires.models import BankEntry, Outlet
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted, issue_credit_note
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.orders.wires import settle_bank_entry
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.orders.wires.match_bank_entry import match_bank_entry
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests.usecases.orders.wires.bank import Bank as Teller
from tests.usecases.orders.wires.bank import paying
from tests.usecases.shop import ESSENTIAL, START, Shop
from tests.usecases.told import assert_undone_with, keys, told

PAID = PaymentAnswer(Outcome.SUCCEEDED)
WHEN = "31 Jan 2026, 12:00 UTC"


def test_a_purchase_and_its_invoice(shop: Shop) -> None:
    shop.books.fund("helpdesk", 20 * MICRO)
    order = add_funds(Funds(shop.bot, 15_050, "ann@example.com"), uuid.uuid4(), START)
    assert_undone_with(lambda: report_payment(shop.gateways, order.id, PAID, shop.now))
    for _ in range(2):
        report_payment(shop.gateways, order.id, PAID, shop.now)
    assert told("purchase.completed") == [
        {
            "Bot Name": "helpdesk",
            "Previous Balance": "$20.00",
            "Order Amount": "$150.50",
            "Purchase Date": WHEN,
            "Current Balance": "$170.50",
            "Auto-Recharge Status": "Not Activated",
        }
    ]
    assert told("order.invoice") == [
        {
            "Invoice Number": "QM-000001",
            "Date": "31 Jan 2026",
            "Plan": "Credit",
            "Plan Price": "$150.50",
            "Invoice Total": "$150.50",
        }
    ]
    bought, invoice = Notice.objects.order_by("id")
    assert (bought.to, bought.email, bought.bot) == ("buyer", "ann@example.com", shop.bot)
    assert (invoice.to, invoice.email, invoice.sent_at) == ("bot_owner", "", None)
    name = Invoice.objects.get().public_id
    assert invoice.links == [
        ["Order Invoice", "invoice", name],
        ["Customer Control Panel URL", "orders", ""],
    ]


def test_how_to_pay_by_wire(shop: Shop) -> None:
    order = shop.order(ESSENTIAL, seats=3)
    set_seller(
        Seller(
            Party("Acme", address=("1 Way",), city="Kiel", country="DE"),
            "QM",
            bank=Bank("Acme GmbH", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),
        ),
        START,
    )
    assert_undone_with(lambda: choose_wire(shop.gateways, order.id, shop.now))
    for _ in range(2):
        choose_wire(shop.gateways, order.id, shop.now)
    [fields] = told("wire.instructions")
    assert fields.pop("Reference").startswith("RF")
    assert fields == {
        "Order Id": order.public_id,
        "Essential, monthly fee": "$60.00",
        "Essential, named seats, monthly": "$10.00",
        "Total": "$70.00",
        "Account Holder": "Acme GmbH",
        "IBAN": "DE89 3704 0044 0532 0130 00",
        "BIC": "COBADEFFXXX",
        "Bank": "Commerzbank",
        "Arrival": "4 to 8 days",
        "Other Payment Methods": "Stay open until the money has come",
    }


def test_a_wire_has_come(shop: Shop) -> None:
    bank, order = Teller(shop), shop.fund(10_000)
    assert_undone_with(lambda: bank.send(paying(order), content=b"the file"))
    for _ in range(2):
        bank.send(paying(order), content=b"the file")
    assert told("wire.received") == [
        {"Order Id": order.public_id, "Amount": "$100.00", "Credits Loaded": "$100.00"}
    ]


def test_a_part_of_a_wire_and_the_rest_of_it(shop: Shop) -> None:
    bank, order = Teller(shop), shop.fund(10_000)
    bank.send(paying(order, 4_000), paying(order, 7_000, text="?"))
    for entry in BankEntry.objects.order_by("id"):
        for _ in range(2):
            match_bank_entry(shop.gateways, entry.id, order.id, "olga", shop.now)
    entry = BankEntry.objects.latest("id")
    wanted = settle_bank_entry.Wanted(Outlet.CREDIT, "olga")
    settle_bank_entry.settle_bank_entry(entry.id, wanted, START)
    found = [(one["Amount"], one["Credits Loaded"]) for one in told("wire.received")]
    assert found == [("$40.00", "$0.00"), ("$70.00", "$100.00")]
    assert [one.get("Still to Transfer") for one in told("wire.received")] == ["$60.00", None]
    assert len(told("purchase.completed")) == 2


def test_what_went_back(shop: Shop) -> None:
    order = shop.pay_page(shop.fund(10_000))
    assert_undone_with(lambda: shop.refund(order, 4_000))
    shop.refund(order, 4_000)
    complete_refund(shop.gateways, Refund.objects.get(), shop.now)
    assert told("refund.issued") == [{"Order Id": order.public_id, "Amount": "$40.00"}]
    note = Invoice.objects.latest("id")
    assert Notice.objects.latest("id").links == [["Credit Note", "invoice", note.public_id]]


def test_what_went_back_without_a_credit_note(shop: Shop) -> None:
    order = shop.fund(10_000)
    shop.at = START + timedelta(days=2)
    declined = PaymentAnswer(Outcome.DECLINED)
    report_payment(shop.gateways, shop.order(ESSENTIAL).id, declined, shop.now)
    payment = shop.open(shop.fund(10_000))
    order = payment.order
    orders_before = keys()
    shop.provider.pay(payment.reference)
    shop.complete(payment)
    assert keys() != orders_before
    invoice = Invoice.objects.get()
    issue_credit_note(
        Wanted(shop.bot.workspace, invoice.public_id, "a favor"), uuid.uuid4(), shop.at
    )
    shop.refund(orders.get(order.id), 10_000)
    assert told("refund.issued") == [{"Order Id": order.public_id, "Amount": "$100.00"}] * 2
