"""Orders, their lines, and what was tried to be paid for them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.db import models

from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.invoices.taxes import Tax
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import FUNDS_KINDS, KINDS, OPEN, Event, State
from quartermaster.core.periods import Period
from quartermaster.store.catalog.models import OfferVersion


@dataclass(frozen=True, slots=True)
class Bought:
    """Terms that an order brings, from which day on its cycles are counted, and the first one."""

    version: OfferVersion
    cadence: Cadence
    seats: int
    anchor_date: date
    cycle: Period


class Order(models.Model):
    """A request to buy: credit, or something with the terms that it brings. What it says never
    changes but for its state, and the time of what is paid long after it was ordered; the same key
    with the same request is the same order.

    `total_minor` is without tax; `tax` is the rate that it was ordered with, as
    `core/invoices/taxes.py` writes it. `lot` is the credit that came of it. What auto-recharge
    orders names the terms by which it did.
    """

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    subscription = models.ForeignKey(
        "subscriptions.Subscription", on_delete=models.PROTECT, null=True
    )
    kind = models.TextField(choices=[(kind, kind) for kind in KINDS])
    state = models.TextField(choices=[(state, state) for state in State])
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    tax = models.JSONField(default=dict)
    place = models.TextField()
    version = models.ForeignKey(
        "catalog.OfferVersion", on_delete=models.PROTECT, related_name="+", null=True
    )
    cadence = models.TextField(default="")
    seats = models.IntegerField(default=0)
    anchor_date = models.DateField(null=True)
    cycle_start_at = models.DateTimeField(null=True)
    cycle_end_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=0)
    recharge = models.ForeignKey("billing.RechargeTerms", on_delete=models.PROTECT, null=True)
    lot = models.OneToOneField("wallets.Lot", on_delete=models.PROTECT, null=True)
    ordered_by = models.TextField(default="")
    idempotency_key = models.UUIDField(unique=True)
    ordered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="order_open",
                fields=["ordered_at"],
                condition=models.Q(state__in=sorted(OPEN)),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="order_open_once",
                fields=["bot", "place"],
                condition=models.Q(state__in=sorted(OPEN)) & ~models.Q(kind="funds"),
            ),
            models.CheckConstraint(
                name="order_not_negative", condition=models.Q(total_minor__gte=0, tax_minor__gte=0)
            ),
            models.CheckConstraint(
                name="order_recharge_names_its_terms",
                condition=models.Q(kind="recharge", recharge__isnull=False)
                | (~models.Q(kind="recharge") & models.Q(recharge__isnull=True)),
            ),
            models.CheckConstraint(
                name="order_of_terms_or_credit",
                condition=models.Q(
                    kind__in=FUNDS_KINDS, version__isnull=True, cycle_end_at__isnull=True
                )
                | (
                    ~models.Q(kind__in=FUNDS_KINDS)
                    & models.Q(
                        lot__isnull=True,
                        version__isnull=False,
                        anchor_date__isnull=False,
                        cycle_start_at__isnull=False,
                        cycle_end_at__isnull=False,
                    )
                ),
            ),
        ]

    @property
    def due_minor(self) -> int:
        """What is to be paid, or was, with tax."""
        return self.total_minor + self.tax_minor

    @property
    def unpaid_minor(self) -> int:
        """What is still to be paid, with tax: nothing once it is settled."""
        return self.due_minor if self.state in OPEN else 0

    @property
    def taxed_with(self) -> Tax:
        """The rate of `tax_minor`."""
        return Tax.read(self.tax)

    @property
    def title(self) -> str:
        """What is ordered, in words."""
        return "Credit" if self.version is None else self.version.offer.title

    @property
    def bought(self) -> Bought:
        """The terms that it brings; of credit there are none (InvariantBroken)."""
        there = (self.version, self.anchor_date, self.cycle_start_at, self.cycle_end_at)
        version, anchor, start, end = there
        if version is None or anchor is None or start is None or end is None:
            raise InvariantBroken(f"{self.public_id} is of credit")
        return Bought(version, Cadence(self.cadence), self.seats, anchor, Period(start, end))


class OrderStep(models.Model):
    """A change of an order's state: what happened, when, and by whom."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.IntegerField()
    event = models.TextField(choices=[(event, event) for event in Event])
    state = models.TextField(choices=[(state, state) for state in State])
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="order_step_once", fields=["order", "number"])
        ]


class OrderLine(models.Model):
    """`amount_minor` for `quantity` of something for a time; below zero it credits what is left of
    the line `of`, which happens once. What was refunded of it is credited no more. Void: its order
    came to nothing."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.IntegerField()
    what = models.TextField()
    description = models.TextField()
    quantity = models.IntegerField()
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credits")
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="order_line_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="order_line_credited_once",
                fields=["of"],
                condition=models.Q(is_void=False),
            ),
            models.CheckConstraint(
                name="order_line_refunded_within",
                condition=models.Q(refunded_minor=0)
                | models.Q(refunded_minor__gt=0, refunded_minor__lte=models.F("amount_minor")),
            ),
            models.CheckConstraint(
                name="order_line_credit_names_its_line",
                condition=models.Q(of__isnull=True, amount_minor__gte=0)
                | models.Q(of__isnull=False, amount_minor__lte=0),
            ),
        ]


class Payment(models.Model):
    """One attempt to have an order paid; its public id is the provider's idempotency key.

    `provider` is "" where none is asked: a wire, or what the operator knows of. `reference` is what
    the provider calls it; one that a buyer pays on the provider's page has the page's `url`.
    `method` is the saved way to pay that was charged, or that was saved with it. The buyer's bank
    has called back `disputed_minor` of it since `disputed_at`; of these `lost_minor` for good.
    """

    public_id = models.TextField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField(choices=[(kind, kind) for kind in MethodKind])
    provider = models.TextField(default="")
    method = models.ForeignKey("billing.PaymentMethod", on_delete=models.PROTECT, null=True)
    amount_minor = models.BigIntegerField()
    is_saved = models.BooleanField(default=False)
    url = models.TextField(default="")
    return_url = models.TextField(default="")
    outcome = models.TextField(null=True)
    code = models.TextField(default="")
    reason = models.TextField(default="")
    reference = models.TextField(default="")
    disputed_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0)
    disputed_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="payment_number_once", fields=["order", "number"]),
            models.UniqueConstraint(
                name="payment_in_flight_once",
                fields=["order"],
                condition=models.Q(outcome__isnull=True),
            ),
            models.UniqueConstraint(
                name="payment_succeeded_once",
                fields=["order"],
                condition=models.Q(outcome="succeeded"),
            ),
            models.UniqueConstraint(
                name="payment_reference_once",
                fields=["provider", "reference"],
                condition=~models.Q(provider="") & ~models.Q(reference=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="payment_disputed",
                fields=["disputed_at"],
                condition=models.Q(disputed_minor__gt=0),
            ),
        ]


class Refund(models.Model):
    """Part of a payment that goes back; its public id is the provider's idempotency key.
    `tax_minor` is how much of it is tax. Outside: it had gone back by other ways, and nobody is
    asked."""

    public_id = models.TextField(unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT)
    amount_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    is_outside = models.BooleanField(default=False)
    outcome = models.TextField(null=True)
    reason = models.TextField(default="")
    reference = models.TextField(default="")
    by = models.TextField()
    idempotency_key = models.UUIDField(unique=True)
    begun_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="refund_in_flight_once",
                fields=["payment"],
                condition=models.Q(outcome__isnull=True),
            ),
            models.CheckConstraint(
                name="refund_of_something", condition=models.Q(amount_minor__gt=0)
            ),
        ]


class ProviderNotice(models.Model):
    """What a provider told once; told again, it is known."""

    provider = models.TextField()
    notice_id = models.TextField()
    kind = models.TextField()
    reference = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="notice_once", fields=["provider", "notice_id"])
        ]
