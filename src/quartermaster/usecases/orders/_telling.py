"""What is told of orders, their money and their invoices.

In the transaction of what it is about, and under the workspace's lock.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core import money
from quartermaster.core.catalog.offers import Kind
from quartermaster.core.formats import days
from quartermaster.store.invoices import telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.notices import operations as notices
from quartermaster.store.notices.models import Key, Page, Recipient
from quartermaster.store.notices.operations import NewNotice, To
from quartermaster.store.orders.models import Order, Refund
from quartermaster.store.orders.wires.models import BankEntry


def buyer(order: Order) -> To:
    """Who ordered it."""
    return To(order.workspace_id, order.bot_id, Recipient.BUYER, order.ordered_by)


def purchased(order: Order, before_micro: int, after_micro: int, at: datetime) -> None:
    """Credit that a person ordered is paid; the bot's paid balance before and after."""
    if order.kind != "funds":
        return
    symbol = money.symbol(order.currency)
    fields = {
        "Bot Name": order.bot.name,
        "Previous Balance": money.shown(before_micro, symbol),
        "Order Amount": money.shown_minor(order.total_minor, order.currency),
        "Purchase Date": days.at(at, ZoneInfo(order.workspace.time_zone)),
        "Current Balance": money.shown(after_micro, symbol),
        "Auto-Recharge Status": "Not Activated",
    }
    new = NewNotice(Key.PURCHASE_COMPLETED, order.public_id, buyer(order), fields)
    notices.queue(new, at)


def invoiced(invoice: Invoice, order: Order, at: datetime) -> None:
    """An order was paid and has its invoice; those of support plans have a key of their own."""
    version = order.version
    is_support = version is not None and version.kind == Kind.SUPPORT
    fields = {
        "Invoice Number": telling.number(invoice),
        "Date": days.shown(invoice.issue_date),
        "Plan": order.title,
        "Plan Price": money.shown_minor(order.total_minor, order.currency),
        "Invoice Total": money.shown_minor(invoice.total_minor, invoice.currency),
    }
    links = {
        "Order Invoice": (Page.INVOICE, invoice.public_id),
        "Customer Control Panel URL": (Page.ORDERS, ""),
    }
    key = Key.SUPPORT_INVOICE if is_support else Key.ORDER_INVOICE
    to = To(order.workspace_id, order.bot_id, Recipient.BOT_OWNER)
    notices.queue(NewNotice(key, invoice.public_id, to, fields, links), at)


def wire_chosen(order: Order, parts: Mapping[str, str], at: datetime) -> None:
    """It is to be paid by wire: the parts of what is due, and where to."""
    fields = {
        "Order Id": order.public_id,
        **parts,
        "Arrival": "4 to 8 days",
        "Other Payment Methods": "Stay open until the money has come",
    }
    links = {"Order": (Page.ORDER, order.public_id)}
    cause = order.public_id
    notices.queue(NewNotice(Key.WIRE_INSTRUCTIONS, cause, buyer(order), fields, links), at)


def wire_received(entry: BankEntry, order: Order, at: datetime) -> None:
    """Money came by bank and was matched to an order, as it stands now."""
    loaded = order.total_minor if order.lot_id is not None else 0
    fields = {
        "Order Id": order.public_id,
        "Amount": money.shown_minor(entry.amount_minor, entry.currency),
        "Credits Loaded": money.shown_minor(loaded, order.currency),
    }
    links = {"Order": (Page.ORDER, order.public_id)}
    cause = entry.public_id
    notices.queue(NewNotice(Key.WIRE_RECEIVED, cause, buyer(order), fields, links), at)


def credited(note: Invoice, at: datetime) -> None:
    """A credit note was issued, for a refund or by hand."""
    order = note.order
    assert note.of is not None, "a credit note names its invoice"
    amount = money.shown_minor(note.total_minor, note.currency)
    to = buyer(order) if order else To(note.workspace_id, None, Recipient.WORKSPACE_OWNER)
    of = {"Order Id": order.public_id} if order else {"Invoice Number": telling.number(note.of)}
    links = {"Credit Note": (Page.INVOICE, note.public_id)}
    fields = {**of, "Amount": amount}
    notices.queue(NewNotice(Key.REFUND_ISSUED, note.public_id, to, fields, links), at)


def refunded(refund: Refund, order: Order, at: datetime) -> None:
    """Money went back, and there is no credit note for it: it was not invoiced, or was credited
    before."""
    amount = money.shown_minor(refund.amount_minor, order.currency)
    fields = {"Order Id": order.public_id, "Amount": amount}
    links = {"Order": (Page.ORDER, order.public_id)}
    cause = refund.public_id
    notices.queue(NewNotice(Key.REFUND_ISSUED, cause, buyer(order), fields, links), at)
