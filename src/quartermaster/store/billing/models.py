"""Billing profiles, the seller, tax rates, amounts sold, and what auto-recharge is to do: a later
row counts before earlier ones, and none is ever changed. And saved ways to pay."""

from typing import ClassVar

from django.db import models

from quartermaster.core.lifecycles.methods import SAVED
from quartermaster.core.lifecycles.recharge import OffReason


class _Party(models.Model):
    """A name and an address; `address` are its lines, "" is what was not given."""

    name = models.TextField()
    company = models.TextField(default="")
    address = models.JSONField(default=list)
    city = models.TextField(default="")
    postcode = models.TextField(default="")
    country = models.CharField(max_length=2, default="")
    vat_id = models.TextField(default="")
    email = models.TextField(default="")
    set_at = models.DateTimeField()

    class Meta:
        abstract = True


class BillingProfile(_Party):
    """Whom a workspace's invoices are made out to."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)


class Seller(_Party):
    """The operator's entity, its bank account, and what its invoice numbers begin with."""

    prefix = models.TextField()
    registration = models.TextField(default="")
    holder = models.TextField(default="")
    iban = models.TextField(default="")
    bic = models.TextField(default="")
    bank = models.TextField(default="")
    note = models.TextField(default="")


class TaxRates(models.Model):
    """Percent by country, as text; `is_on` where tax is taken at all."""

    is_on = models.BooleanField()
    rates = models.JSONField(default=dict)
    set_at = models.DateTimeField()


class FundsTerms(models.Model):
    """Between which amounts credit is bought at once, in the currency's minor unit."""

    currency = models.CharField(max_length=3)
    least_minor = models.BigIntegerField()
    most_minor = models.BigIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(name="funds_terms_latest", fields=["currency", "-id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="funds_of_something",
                condition=models.Q(least_minor__gt=0, most_minor__gte=models.F("least_minor")),
            ),
        ]


class PaymentMethod(models.Model):
    """A way to pay that a provider keeps for a workspace: `token` is its name for it, `payer` its
    name for whose it is. `label` is what people know it by. `expires_date` is a card's last day."""

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    provider = models.TextField()
    kind = models.TextField(choices=[(kind, kind) for kind in sorted(SAVED)])
    token = models.TextField()
    payer = models.TextField(default="")
    label = models.TextField(default="")
    brand = models.TextField(default="")
    last_four = models.TextField(default="")
    expires_date = models.DateField(null=True)
    is_default = models.BooleanField(default=False)
    added_by = models.TextField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="method_default_once",
                fields=["workspace"],
                condition=models.Q(is_default=True, removed_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="method_once",
                fields=["workspace", "provider", "token"],
                condition=models.Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="method_kind_saved", condition=models.Q(kind__in=sorted(SAVED))
            ),
        ]


class MethodSetup(models.Model):
    """A way to pay on its way to being saved, on a page of the provider, with nothing paid; its
    public id is the provider's idempotency key."""

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    provider = models.TextField()
    kind = models.TextField(choices=[(kind, kind) for kind in sorted(SAVED)])
    url = models.TextField(default="")
    return_url = models.TextField()
    reference = models.TextField(default="")
    outcome = models.TextField(null=True)
    reason = models.TextField(default="")
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT, null=True)
    begun_by = models.TextField()
    begun_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)
    idempotency_key = models.UUIDField(unique=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="setup_in_flight",
                fields=["begun_at"],
                condition=models.Q(outcome__isnull=True),
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="setup_reference_once",
                fields=["provider", "reference"],
                condition=~models.Q(reference=""),
            ),
        ]


def _leaves(span: str) -> models.Q:
    """A charge fits under the caps of a day or a month."""
    least = {"count": 1, "amount_minor": models.F("amount_minor")}
    fits = models.Q()
    for cap, value in least.items():
        name = f"{span}_{cap}"
        fits &= models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__gte": value})
    return fits


class RechargeTerms(models.Model):
    """What auto-recharge of a bot is to do from `set_at` on, in the currency's minor unit; None: no
    such cap. On since `on_at`; None: off, and `off_reason` says why."""

    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT)
    amount_minor = models.BigIntegerField()
    threshold_minor = models.BigIntegerField()
    method = models.ForeignKey(PaymentMethod, on_delete=models.PROTECT)
    day_count = models.IntegerField(null=True)
    day_amount_minor = models.BigIntegerField(null=True)
    month_count = models.IntegerField(null=True)
    month_amount_minor = models.BigIntegerField(null=True)
    on_at = models.DateTimeField(null=True)
    off_reason = models.TextField(default="", choices=[(why, why) for why in OffReason])
    set_at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(name="recharge_latest", fields=["bot", "-id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="recharge_of_something",
                condition=models.Q(amount_minor__gt=0, threshold_minor__gte=0),
            ),
            models.CheckConstraint(
                name="recharge_caps_leave_room",
                condition=_leaves("day") & _leaves("month"),
            ),
            models.CheckConstraint(
                name="recharge_off_says_why",
                condition=models.Q(on_at__isnull=False, off_reason="")
                | (models.Q(on_at__isnull=True) & ~models.Q(off_reason="")),
            ),
            models.CheckConstraint(
                name="recharge_on_by_a_person",
                condition=models.Q(on_at__isnull=True) | ~models.Q(by__in=("", "quartermaster")),
            ),
        ]
