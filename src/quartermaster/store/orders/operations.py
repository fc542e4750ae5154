"""Writes of orders, in the caller's transaction and under the workspace's lock."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.invoices import documents, taxes
from quartermaster.core.invoices.taxes import Tax
from quartermaster.core.lifecycles import orders
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Event, Outcome, State
from quartermaster.core.plans.quotes import Quote
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import PaymentMethod, RechargeTerms
from quartermaster.store.orders.models import (
    Order,
    OrderLine,
    OrderStep,
    Payment,
    ProviderNotice,
    Refund,
)
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.people.operations import public_id
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.store.wallets.models import Lot

BY_ITSELF = "quartermaster"
"""Who does what nobody asked for."""
BY_REFERENCE = "exact reference"
"""Who pays with a wire that nobody had to match."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is ordered: a quote, for a bot's place, by a client with a key."""

    kind: str
    bot: Bot
    place: str
    subscription: Subscription | None
    quote: Quote
    idempotency_key: uuid.UUID
    by: str = BY_ITSELF
    is_draft: bool = False


def tax_for(workspace: Workspace) -> Tax:
    """The tax that a workspace owes now, by its billing profile."""
    return taxes.due(billing.rates(), billing.seller().party, billing.profile(workspace))


def tax_on(workspace: Workspace, net_minor: int) -> tuple[Tax, int]:
    """The same, and what it comes to on an amount."""
    tax = tax_for(workspace)
    return tax, documents.tax_of(net_minor, tax)


def add(new: NewOrder, at: datetime) -> Order:
    """An order that awaits payment, or a draft, with the quote's lines."""
    quote = new.quote
    tax, tax_minor = tax_on(new.bot.workspace, quote.total_minor)
    order = Order.objects.create(
        public_id=public_id("ord"),
        workspace=new.bot.workspace,
        bot=new.bot,
        subscription=new.subscription,
        kind=new.kind,
        state=State.DRAFT if new.is_draft else State.AWAITING_PAYMENT,
        currency=new.bot.workspace.currency,
        total_minor=quote.total_minor,
        tax_minor=tax_minor,
        tax=tax.written(),
        place=new.place,
        version_id=quote.terms.version,
        cadence=quote.terms.cadence,
        seats=quote.terms.seats,
        anchor_date=quote.anchor.day,
        cycle_start_at=quote.cycle.start,
        cycle_end_at=quote.cycle.end,
        revision=new.subscription.revision if new.subscription else 0,
        idempotency_key=new.idempotency_key,
        ordered_at=at,
        ordered_by=new.by,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            number=number,
            what=line.what,
            description=line.description,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            start_at=line.period.start,
            end_at=line.period.end,
            of_id=line.of.id if line.of else None,
        )
        for number, line in enumerate(quote.lines, 1)
    )
    return order


@dataclass(frozen=True, slots=True)
class NewFunds:
    """Credit that is ordered for a bot's wallet, by somebody or by the terms of auto-recharge.
    `tax` None: that of now."""

    kind: str
    bot: Bot
    amount_minor: int
    idempotency_key: uuid.UUID
    by: str = BY_ITSELF
    is_draft: bool = False
    recharge: RechargeTerms | None = None
    tax: Tax | None = None


def add_funds(new: NewFunds, at: datetime) -> Order:
    """An order of credit, with its line."""
    tax = new.tax or tax_for(new.bot.workspace)
    order = Order.objects.create(
        public_id=public_id("ord"),
        workspace=new.bot.workspace,
        bot=new.bot,
        kind=new.kind,
        state=State.DRAFT if new.is_draft else State.AWAITING_PAYMENT,
        currency=new.bot.workspace.currency,
        total_minor=new.amount_minor,
        tax_minor=documents.tax_of(new.amount_minor, tax),
        tax=tax.written(),
        place=new.kind,
        recharge=new.recharge,
        idempotency_key=new.idempotency_key,
        ordered_at=at,
        ordered_by=new.by,
    )
    OrderLine.objects.create(
        order=order,
        number=1,
        what="funds",
        description=f"Credit for {new.bot.name}",
        quantity=1,
        amount_minor=new.amount_minor,
        start_at=at,
        end_at=at,
    )
    return order


def postpone(order: Order, quote: Quote) -> None:
    """What was paid long after it was ordered is for the time of the quote."""
    order.anchor_date = quote.anchor.day
    order.cycle_start_at, order.cycle_end_at = quote.cycle.start, quote.cycle.end
    order.save()
    OrderLine.objects.filter(order=order, of__isnull=True).update(
        start_at=quote.cycle.start, end_at=quote.cycle.end
    )


def advance(order: Order, event: Event, at: datetime, by: str = BY_ITSELF) -> None:
    """Takes the order to its next state, and keeps who did; OrderSettled where there is none."""
    was_open = order.state in orders.OPEN
    order.state = orders.step(State(order.state), event)
    if was_open and order.state not in orders.OPEN:
        order.settled_at = at
    order.save()
    number = OrderStep.objects.filter(order=order).count() + 1
    OrderStep.objects.create(
        order=order, number=number, event=event, state=order.state, at=at, by=by
    )
    if order.state in (State.FAILED, State.CANCELED, State.EXPIRED):
        void(order)


def void(order: Order) -> None:
    """What it was to bring does not come, and what it was to credit is not credited."""
    OrderLine.objects.filter(order=order).update(is_void=True)


def restore(order: Order) -> None:
    """The inverse: it comes after all."""
    OrderLine.objects.filter(order=order).update(is_void=False)


def note_refunded(order: Order, amount_minor: int) -> None:
    """So much of what its lines charge goes back: of those that no later change has credited, and
    no more than they have."""
    for line in OrderLine.objects.filter(order=order, of__isnull=True).order_by("number"):
        if not line.credits.filter(is_void=False).exists():
            part = min(amount_minor, line.amount_minor - line.refunded_minor)
            line.refunded_minor += part
            line.save()
            amount_minor -= part


def note_kept(order: Order, amount_minor: int) -> None:
    """The inverse: it did not go back after all."""
    for line in OrderLine.objects.filter(order=order, of__isnull=True).order_by("-number"):
        part = min(amount_minor, line.refunded_minor)
        line.refunded_minor -= part
        line.save()
        amount_minor -= part


def give(order: Order, lot: Lot) -> None:
    """The credit that came of it."""
    order.lot = lot
    order.save()


@dataclass(frozen=True, slots=True)
class Way:
    """How an order is to be paid: `provider` "" is nobody's but the operator's."""

    kind: MethodKind
    provider: str = ""
    method: PaymentMethod | None = None
    is_saved: bool = False
    return_url: str = ""


BY_HAND = Way(MethodKind.BY_HAND)
"""What the operator knows of."""


def begin_payment(order: Order, way: Way, at: datetime) -> Payment:
    """A new attempt, whose outcome is not known yet."""
    number = Payment.objects.filter(order=order).count() + 1
    return Payment.objects.create(
        public_id=public_id("pay"),
        order=order,
        number=number,
        kind=way.kind,
        provider=way.provider,
        method=way.method,
        amount_minor=order.due_minor,
        is_saved=way.is_saved,
        return_url=way.return_url,
        begun_at=at,
    )


def note_page(payment: Payment, reference: str, url: str) -> None:
    """Where the buyer pays it."""
    Payment.objects.filter(id=payment.id).update(reference=reference, url=url)
    payment.reference, payment.url = reference, url


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an attempt."""

    outcome: Outcome
    reason: str = ""
    code: str = ""
    reference: str = ""


def settle_payment(payment: Payment, told: Told, at: datetime) -> None:
    """Its outcome is known."""
    payment.outcome, payment.reason, payment.code = told.outcome, told.reason, told.code
    payment.reference = told.reference or payment.reference
    payment.known_at = at
    payment.save()


def note_dispute(payment: Payment, disputed_minor: int, lost_minor: int, at: datetime) -> None:
    """How much of it the buyer's bank wants back, and how much of that it has got for good."""
    payment.disputed_minor, payment.lost_minor = disputed_minor, lost_minor
    payment.disputed_at = (payment.disputed_at or at) if disputed_minor else None
    payment.save(update_fields=["disputed_minor", "lost_minor", "disputed_at"])


def begin_refund(payment: Payment, new: Refund) -> Refund:
    """So much is to go back; not known yet."""
    new.public_id, new.payment = public_id("ref"), payment
    new.save()
    return new


def settle_refund(refund: Refund, told: Told, at: datetime) -> None:
    """What came of it."""
    refund.outcome, refund.reference, refund.known_at = told.outcome, told.reference, at
    refund.save()


def note_notice(provider: str, notice: tuple[str, str, str], at: datetime) -> None:
    """A notice (its id, kind and reference) has been seen to; twice is once."""
    ProviderNotice.objects.get_or_create(
        provider=provider,
        notice_id=notice[0],
        defaults={"kind": notice[1], "reference": notice[2], "at": at},
    )
