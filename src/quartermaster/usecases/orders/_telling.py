"""What is told of orders, their money and their invoices.

In the transaction of what it is about, and under the workspace's lock.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core import money
from quartermaster.core.catalog.offers import Kind
from quartermaster.core.formats import days
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.invoices import telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.notices import operations as notices
from quartermaster.store.notices.models import Key, Page, Recipient
from quartermaster.store.notices.operations import NewNotice, To
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.orders.wires import queries as wires
from quartermaster.store.orders.wires.models import BankEntry
from quartermaster.store.people.models import Bot


def buyer(order: Order) -> To:
    """Who ordered it."""
    return To(order.workspace_id, order.bot_id, Recipient.BUYER, order.ordered_by)


def owner(bot: Bot) -> To:
    """Whose bot it is."""
    return To(bot.workspace_id, bot.id, Recipient.BOT_OWNER)


def purchased(order: Order, before_micro: int, after_micro: int, at: datetime) -> None:
    """Credit is paid, ordered by a person or by itself; the bot's paid balance before and after."""
    symbol = money.symbol(order.currency)
    fields = {
        "Bot Name": order.bot.name,
        "Previous Balance": money.shown(before_micro, symbol),
        "Order Amount": money.shown_minor(order.total_minor, order.currency),
        "Purchase Date": days.at(at, ZoneInfo(order.workspace.time_zone)),
        "Current Balance": money.shown(after_micro, symbol),
        **_recharge(billing.find_recharge(order.bot_id)),
    }
    is_by_itself = order.kind == "recharge"
    key = Key.RECHARGE_COMPLETED if is_by_itself else Key.PURCHASE_COMPLETED
    to = owner(order.bot) if is_by_itself else buyer(order)
    notices.queue(NewNotice(key, order.public_id, to, fields), at)


def _recharge(terms: RechargeTerms | None) -> dict[str, str]:
    """What auto-recharge of a bot is set to."""
    if terms is None or terms.on_at is None:
        return {"Auto-Recharge Status": "Not Activated"}
    currency = terms.bot.workspace.currency
    return {
        "Auto-Recharge Status": "Activated",
        "Auto Recharge Amount": money.shown_minor(terms.amount_minor, currency),
        "Minimum Credit to be Maintained": money.shown_minor(terms.threshold_minor, currency),
    }


def recharge_set(terms: RechargeTerms, at: datetime) -> None:
    """Auto-recharge of a bot was switched on or changed, or off: by a person or by itself."""
    bot = terms.bot
    cause = f"{bot.public_id} {terms.pk}"
    links = {"Auto-Recharge": (Page.WALLET, bot.public_id)}
    if terms.on_at is None:
        fields = {"Bot Name": bot.name, "Auto Reload Status": "Not Activated"}
        notices.queue(NewNotice(Key.RECHARGE_DISABLED, cause, owner(bot), fields, links), at)
        return
    currency = bot.workspace.currency
    fields = {
        "Bot Name": bot.name,
        "Auto Reload Status": "Activated",
        "Auto Reload Amount": money.shown_minor(terms.amount_minor, currency),
        "Minimum Credit to be Maintained": money.shown_minor(terms.threshold_minor, currency),
        "Payment": terms.method.label,
    }
    notices.queue(NewNotice(Key.RECHARGE_ENABLED, cause, owner(bot), fields, links), at)


def recharge_failed(payment: Payment, order: Order, at: datetime) -> None:
    """A charge of auto-recharge was declined."""
    is_card = payment.kind == MethodKind.CARD
    fields = {
        "Previous Charge Attempted On": days.at(
            payment.begun_at, ZoneInfo(order.workspace.time_zone)
        ),
        "Invoiced Amount": money.shown_minor(payment.amount_minor, order.currency),
        "Payment Method": payment.method.label if payment.method else payment.kind,
    }
    if is_card:
        fields = {
            "Plan": order.title,
            "Price": money.shown_minor(order.total_minor, order.currency),
            **fields,
        }
    key = Key.RECHARGE_FAILED_CARD if is_card else Key.RECHARGE_FAILED_PAYPAL
    links = {"Update Payment": (Page.METHODS, "")}
    notices.queue(NewNotice(key, payment.public_id, owner(order.bot), fields, links), at)


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
    came = wires.arrived(order)
    if came is not None and came.missing_minor:
        fields["Still to Transfer"] = money.shown_minor(came.missing_minor, order.currency)
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
