"""Credit: lots, wallets, pools, and the charges that draw on them."""

from typing import ClassVar

from django.db import models

from quartermaster.core.ledger.credits import Source
from quartermaster.store.catalog.models import UNIT_CHOICES
from quartermaster.store.sql.fields import LabelField


class Wallet(models.Model):
    """A bot's paid credit and the cached figures of its gate.

    `paid_micro` may be below zero (debt). `free_drawn_micro` is what it has taken from the pool.
    """

    bot = models.OneToOneField("people.Bot", on_delete=models.PROTECT, primary_key=True)
    paid_micro = models.BigIntegerField(default=0)
    free_drawn_micro = models.BigIntegerField(default=0)
    spent_per_day_micro = models.BigIntegerField(default=0)
    rated_at = models.DateTimeField(null=True)
    drawn = models.JSONField(default=list)
    """[[lot or null, millionths], …]: what the bot has drawn, the newest last."""
    undone = models.JSONField(default=list)
    """The same for what was given back since lots were last added or lapsed."""
    paid_expires_at = models.DateTimeField(null=True)


class Pool(models.Model):
    """A workspace's free credit: what is left in its lots, and when the next one lapses."""

    workspace = models.OneToOneField("people.Workspace", on_delete=models.PROTECT, primary_key=True)
    free_micro = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)


class Lot(models.Model):
    """Credit that came at once. granted = remaining + used + lapsed + settled debt + taken back."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, null=True)
    source = models.TextField(choices=[(source, source) for source in Source])
    granted_micro = models.BigIntegerField()
    remaining_micro = models.BigIntegerField()
    used_micro = models.BigIntegerField(default=0)
    lapsed_micro = models.BigIntegerField(default=0)
    settled_micro = models.BigIntegerField(default=0)
    taken_back_micro = models.BigIntegerField(default=0)
    price_paid_minor = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField()
    idempotency_key = models.UUIDField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="lot_accounts_for_all",
                condition=models.Q(
                    granted_micro=models.F("remaining_micro")
                    + models.F("used_micro")
                    + models.F("lapsed_micro")
                    + models.F("settled_micro")
                    + models.F("taken_back_micro")
                ),
            ),
            models.CheckConstraint(
                name="lot_never_below_zero",
                condition=models.Q(
                    remaining_micro__gte=0,
                    used_micro__gte=0,
                    lapsed_micro__gte=0,
                    settled_micro__gte=0,
                    taken_back_micro__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="lot_owner",
                condition=models.Q(source=Source.FREE, bot__isnull=True)
                | models.Q(source=Source.PAID, bot__isnull=False),
            ),
        ]


class Tally(models.Model):
    """Units that a plan prices together: those of one month under one version, or of a trial. It
    counts them, and what was charged for them."""

    subscription = models.ForeignKey("subscriptions.Subscription", on_delete=models.PROTECT)
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    unit = LabelField(type_name="usage_unit", choices=UNIT_CHOICES)
    is_trial = models.BooleanField()
    start_at = models.DateTimeField()
    quantity = models.BigIntegerField(default=0)
    amount_micro = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="tally_once",
                fields=["subscription", "version", "unit", "start_at", "is_trial"],
            ),
            models.CheckConstraint(
                name="tally_not_negative",
                condition=models.Q(quantity__gte=0, amount_micro__gte=0),
            ),
        ]


class Charge(models.Model):
    """Usage priced: `quantity` units (below zero: taken back), each at a price; without a price
    together with the others of a tally (`TalliedCharge`).

    A session's charge names the session; other units are charged per event batch, bot and quarter
    of an hour. What the others of a tally cost more or less because some were taken back is a
    charge of its own, of no units.
    """

    bot = models.ForeignKey(
        "people.Bot", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    unit = LabelField(type_name="usage_unit", choices=UNIT_CHOICES)
    session_id = models.BigIntegerField(null=True)
    slot_at = models.DateTimeField()
    quantity = models.IntegerField()
    price = models.ForeignKey(
        "catalog.Price", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    amount_micro = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="session_charged_once",
                fields=["session_id"],
                condition=models.Q(quantity__gt=0, session_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="session_withdrawn_once",
                fields=["session_id"],
                condition=models.Q(quantity__lt=0, session_id__isnull=False),
            ),
            models.CheckConstraint(
                name="charge_session_one_unit",
                condition=models.Q(session_id__isnull=True) | models.Q(quantity__in=(1, -1)),
            ),
        ]


class TalliedCharge(models.Model):
    """The tally that a charge counts to, and how many units that had before. A row of its own: most
    charges have none, and there are very many."""

    charge_id = models.BigIntegerField(primary_key=True)
    tally = models.ForeignKey(Tally, on_delete=models.PROTECT, db_constraint=False)
    position = models.BigIntegerField()
