"""What must have come of a year, told from what went in.

It knows what the provider took and gave back, what came by bank or by hand, and what credit was
granted; and asks the books only what they made of it.
"""

from collections import Counter
from datetime import timedelta

from django.db.models import Sum

from quartermaster.core import money
from quartermaster.core.lifecycles.orders import FUNDS_KINDS
from quartermaster.core.periods import Period
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.invoices.models import Invoice, Series
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering.models import Session
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.orders.wires import queries as wires
from quartermaster.store.orders.wires.models import BankEntry, Outlet
from quartermaster.store.subscriptions.models import SeatCharge
from quartermaster.store.wallets.models import Charge, Lot, Pool, Wallet
from quartermaster.usecases.orders.payments.reconcile_payments import reconcile_payments
from tests.simulation.money import recharging
from tests.simulation.money.world import FREE_MICRO, World

GIVEN = ("fulfilled", "refunded")


def assert_true(world: World) -> None:
    """All of it, when nothing is on its way any more."""
    assert not Payment.objects.filter(outcome=None).exists()
    assert not Refund.objects.filter(outcome=None).exists()
    assert not MethodSetup.objects.filter(outcome=None).exists()
    year = timedelta(days=500)
    found = reconcile_payments(
        world.gateways.several[0], Period(world.at - year, world.at + year), world.at
    )
    assert found == []
    taken, gone = _taken(world), _gone(world)
    _wires(world)
    _orders(taken, gone)
    _sums(taken, gone)
    _invoices(taken, gone)
    _credit(world, taken, gone)
    recharging.assert_kept(world)


def _taken(world: World) -> Counter[str]:
    """What came in for each order, by its public id."""
    found: Counter[str] = Counter()
    for one in world.provider.paid.values():
        if one.request and one.outcome == "succeeded":
            found[one.request.order] += one.request.amount_minor
    for wire in Payment.objects.filter(kind="wire", outcome="succeeded").select_related("order"):
        found[wire.order.public_id] += wire.amount_minor
    for order in Order.objects.filter(public_id__in=world.given.by_hand):
        found[order.public_id] += order.due_minor
    return found


def _gone(world: World) -> Counter[str]:
    """What went back of it."""
    found: Counter[str] = Counter()
    for one in world.provider.paid.values():
        if one.request:
            found[one.request.order] += sum(one.refunds.values())
    by_person = Refund.objects.filter(payment__provider="", outcome="succeeded")
    for refund in by_person.select_related("payment__order"):
        found[refund.payment.order.public_id] += refund.amount_minor
    return found


def _wires(world: World) -> None:
    """What came by bank is on orders, went back, or waits for a person."""
    there = {one.bank_id: one.amount_minor for one in BankEntry.objects.all()}
    assert there == world.given.wires
    paid = Payment.objects.filter(kind="wire", outcome="succeeded")
    used = sum(one.amount_minor for one in paid)
    back = BankEntry.objects.filter(state="decided", outlet=Outlet.REFUND)
    returned = sum(one.rest_minor or one.amount_minor for one in back)
    waits, listed = 0, wires.listed()
    unused = wires.unused_minor(listed)
    for row in listed:
        is_open = row.order is not None and row.order.state in (
            "awaiting_payment",
            "pending_clearance",
        )
        waits += row.amount_minor if is_open and row.state == "matched" else unused[row.id]
    assert sum(there.values()) == used + returned + waits


def _orders(taken: Counter[str], gone: Counter[str]) -> None:
    """An order was paid at most once, and is what became of the money."""
    for order in Order.objects.select_related("lot"):
        name = order.public_id
        assert taken[name] in (0, order.due_minor), f"{name} was paid {taken[name]}"
        steps = Counter(order.orderstep_set.values_list("state", flat=True))
        assert steps["fulfilled"] <= 1
        if order.state in ("failed", "canceled", "expired", "draft", "awaiting_payment"):
            assert taken[name] == 0, f"{name} was paid and is {order.state}"
        if order.state == "refunded":
            assert taken[name] == gone[name] > 0
        if order.kind in FUNDS_KINDS and order.lot is not None:
            _, tax = money.split(gone[name], [order.total_minor, order.tax_minor])
            kept = order.total_minor - (gone[name] - tax)
            lot = order.lot
            assert lot.granted_micro - lot.taken_back_micro == kept * 10_000


def _sums(taken: Counter[str], gone: Counter[str]) -> None:
    """Money in, less money back, is credit and plans given, tax, and what is owed."""
    moved: Counter[str] = Counter()
    for one in Transfer.objects.select_related("debit", "credit"):
        moved[one.debit.kind] -= one.amount_micro
        moved[one.credit.kind] += one.amount_micro
    kept = (taken.total() - gone.total()) * 10_000
    assert -moved["payments"] == kept
    owed = sum(
        taken[one.public_id] - gone[one.public_id] for one in Order.objects.filter(state="paid")
    )
    assert moved["customer"] == owed * 10_000
    lots = Lot.objects.filter(order__isnull=False)
    credit = sum(one.granted_micro - one.taken_back_micro for one in lots)
    assert kept == credit + moved["sales"] + moved["taxes"] + moved["customer"]


def _invoices(taken: Counter[str], gone: Counter[str]) -> None:
    """No number is missing, and they come to what was paid for what was given."""
    for series in Series.objects.all():
        numbers = Invoice.objects.filter(series=series).order_by("number")
        assert [one.number for one in numbers] == list(range(1, series.last_number + 1))
    billed: Counter[str] = Counter()
    for one in Invoice.objects.filter(order__isnull=False).select_related("order"):
        sign = 1 if one.kind == "invoice" else -1
        billed[one.order.public_id if one.order else ""] += sign * one.total_minor
    for order in Order.objects.exclude(state="paid"):
        name = order.public_id
        kept = taken[name] - gone[name]
        assert billed[name] == kept, (
            f"{order.kind} {order.state}: {billed[name]} billed, {kept} paid"
        )


def _credit(world: World, taken: Counter[str], gone: Counter[str]) -> None:
    """Credit that is left is what was bought and granted, less charges and what lapsed."""
    sessions = Session.objects.filter(unit="billing_session", withdrawn_by=None)
    assert sessions.count() == world.given.sessions
    granted = FREE_MICRO + sum(
        world.given.granted[one.idempotency_key]
        for one in Lot.objects.filter(idempotency_key__in=world.given.granted)
    )
    lots = Lot.objects.filter(order__isnull=False)
    bought = sum(one.granted_micro - one.taken_back_micro for one in lots)
    lapsed = sum(one.lapsed_micro for one in Lot.objects.all())
    charged = sum(
        model.objects.aggregate(sum=Sum("amount_micro"))["sum"] or 0
        for model in (Charge, SeatCharge)
    )
    left = sum(one.paid_micro for one in Wallet.objects.all()) + Pool.objects.get().free_micro
    assert left == granted + bought - charged - lapsed
