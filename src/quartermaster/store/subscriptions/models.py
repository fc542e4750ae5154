"""Subscriptions and the stretches of time in which their terms held."""

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from quartermaster.core.catalog.offers import Cadence, Kind, SeatKind
from quartermaster.core.lifecycles.subscriptions import LIVE, State

_CADENCES: Final = [(cadence, cadence) for cadence in Cadence]


class Subscription(models.Model):
    """What a bot has of one kind: a product's plan, an add-on, or a support plan.

    `place` is the product, the add-on's name, or `support`: a bot has one live subscription for
    each. Terms are a version of an offer, a cadence and seats; `next_…` are those that hold from
    the end of the cycle, if they are to change. The cycle is what was settled last: paid, or tried
    to be (`failed_at`). `revision` counts changes, so that what was worked out before is noticed.
    """

    public_id = models.TextField(unique=True)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    kind = models.TextField(choices=[(kind, kind) for kind in Kind])
    place = models.TextField()
    state = models.TextField(choices=[(state, state) for state in State])
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    cadence = models.TextField(choices=_CADENCES)
    seats = models.IntegerField(default=0)
    anchor_date = models.DateField()
    cycle_start_at = models.DateTimeField()
    cycle_end_at = models.DateTimeField()
    next_version = models.ForeignKey(
        "catalog.OfferVersion", on_delete=models.PROTECT, related_name="+", null=True
    )
    next_cadence = models.TextField(choices=_CADENCES, null=True)
    next_seats = models.IntegerField(null=True)
    is_ending = models.BooleanField(default=False)
    failed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    attempt_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="subscription_live_once",
                fields=["bot", "place"],
                condition=models.Q(state__in=sorted(LIVE)),
            ),
            models.CheckConstraint(
                name="subscription_cycle_forward",
                condition=models.Q(cycle_end_at__gt=models.F("cycle_start_at")),
            ),
            models.CheckConstraint(
                name="subscription_next_whole",
                condition=models.Q(
                    next_version__isnull=True, next_cadence__isnull=True, next_seats__isnull=True
                )
                | models.Q(
                    next_version__isnull=False, next_cadence__isnull=False, next_seats__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="subscription_canceled_when",
                condition=models.Q(state=State.CANCELED, canceled_at__isnull=False)
                | (~models.Q(state=State.CANCELED) & models.Q(canceled_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="subscription_past_due_since",
                condition=models.Q(state=State.PAST_DUE, failed_at__isnull=False)
                | ~models.Q(state=State.PAST_DUE),
            ),
            models.CheckConstraint(
                name="subscription_seats_not_negative", condition=models.Q(seats__gte=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="subscription_due",
                fields=["cycle_end_at"],
                condition=models.Q(state__in=sorted(LIVE)),
            )
        ]


class Phase(models.Model):
    """[start_at, end_at) in which a version holds, with so many seats, and months are counted from
    the anchor; open: until further notice. Usage is priced by the phase it falls into. The phases
    of a subscription follow each other, and some that are to come are known."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT)
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    seats = models.IntegerField(default=0)
    is_trial = models.BooleanField(default=False)
    anchor_date = models.DateField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="phase_start_once", fields=["subscription", "start_at"]),
            models.UniqueConstraint(
                name="phase_open_once",
                fields=["subscription"],
                condition=models.Q(end_at__isnull=True),
            ),
            models.CheckConstraint(
                name="phase_forward",
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gt=models.F("start_at")),
            ),
        ]


class TrialUse(models.Model):
    """A bot tries a product once."""

    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    product = models.TextField()
    subscription = models.OneToOneField(Subscription, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="trial_once", fields=["bot", "product"])
        ]


class SeatAssignment(models.Model):
    """An agent holds a named seat of a bot's product in [start_at, end_at); open: until further
    notice."""

    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    product = models.TextField()
    agent = models.TextField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="seat_assigned_once",
                fields=["bot", "product", "agent"],
                condition=models.Q(end_at__isnull=True),
            ),
            models.CheckConstraint(
                name="seat_forward",
                condition=models.Q(end_at__isnull=True)
                | models.Q(end_at__gte=models.F("start_at")),
            ),
        ]


class SeatHold(models.Model):
    """A concurrent seat is kept for an agent in [since_at, until_at), who was told that there is
    one and has not logged in yet."""

    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    product = models.TextField()
    agent = models.TextField()
    since_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="seat_hold_once", fields=["bot", "product", "agent"]),
            models.CheckConstraint(
                name="seat_hold_forward",
                condition=models.Q(until_at__gt=models.F("since_at")),
            ),
        ]


class SeatMonth(models.Model):
    """[start_at, end_at) of a plan whose overage of seats was settled by credit: `seats` too many,
    at the price of `first_at`, when that many were first there. `is_late`: log-ins came after that,
    and it is to be settled again."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT)
    kind = models.TextField(choices=[(kind, kind) for kind in SeatKind])
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    seats = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=24, decimal_places=12, default=0)
    first_at = models.DateTimeField(null=True)
    amount_micro = models.BigIntegerField(default=0)
    is_late = models.BooleanField(default=False)
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="seat_month_once", fields=["subscription", "kind", "start_at"]
            ),
            models.CheckConstraint(
                name="seat_month_forward", condition=models.Q(end_at__gt=models.F("start_at"))
            ),
            models.CheckConstraint(
                name="seat_month_not_negative",
                condition=models.Q(seats__gte=0, amount_micro__gte=0),
            ),
        ]


class SeatCharge(models.Model):
    """What a month's overage was charged or, below zero, given back: the first for all of it, each
    further one for what late log-ins changed. `transfers` are the keys of its transfers."""

    month = models.ForeignKey(SeatMonth, on_delete=models.PROTECT)
    number = models.IntegerField()
    seats = models.IntegerField()
    amount_micro = models.BigIntegerField()
    transfers = ArrayField(models.UUIDField())
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="seat_charge_once", fields=["month", "number"]),
        ]


class LimitUse(models.Model):
    """How much of a limit of the plan a bot uses, as the platform told last."""

    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    product = models.TextField()
    name = models.TextField()
    used = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="limit_use_once", fields=["bot", "product", "name"]),
            models.CheckConstraint(name="limit_use_not_negative", condition=models.Q(used__gte=0)),
        ]
