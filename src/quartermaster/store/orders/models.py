"""Orders, their lines, and what was tried to be paid for them."""

from typing import ClassVar

from django.db import models

from quartermaster.core.lifecycles.orders import KINDS, OPEN, State


class Order(models.Model):
    """A request to buy, with the terms that it brings. What it says never changes but for its
    state; the same key with the same request is the same order."""

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
    place = models.TextField()
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    cadence = models.TextField()
    seats = models.IntegerField()
    anchor_date = models.DateField()
    cycle_start_at = models.DateTimeField()
    cycle_end_at = models.DateTimeField()
    revision = models.IntegerField()
    idempotency_key = models.UUIDField(unique=True)
    ordered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="order_open_once",
                fields=["bot", "place"],
                condition=models.Q(state__in=sorted(OPEN)),
            ),
            models.CheckConstraint(
                name="order_not_negative", condition=models.Q(total_minor__gte=0)
            ),
        ]


class OrderLine(models.Model):
    """`amount_minor` for `quantity` of something for a time; below zero it credits what is left of
    the line `of`, which happens once. Void: its order came to nothing."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.IntegerField()
    what = models.TextField()
    description = models.TextField()
    quantity = models.IntegerField()
    amount_minor = models.BigIntegerField()
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
                name="order_line_credit_names_its_line",
                condition=models.Q(of__isnull=True, amount_minor__gte=0)
                | models.Q(of__isnull=False, amount_minor__lte=0),
            ),
        ]


class Payment(models.Model):
    """One attempt to have an order paid; its public id is the provider's idempotency key."""

    public_id = models.TextField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.IntegerField()
    outcome = models.TextField(null=True)
    reason = models.TextField(default="")
    reference = models.TextField(default="")
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
        ]
