"""What usage costs, what is sold, and which channels are voice."""

from typing import ClassVar, Final

from django.db import models

from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Kind, Offer
from quartermaster.core.usage.units import Unit
from quartermaster.store.sql.fields import LabelField

UNIT_CHOICES: Final = [(unit, unit.replace("_", " ").title()) for unit in Unit]
KINDS: Final = [kind.value for kind in Kind]


class Price(models.Model):
    """A pay-as-you-go price: an immutable version that holds from `from_at` until the next."""

    unit = LabelField(type_name="usage_unit", choices=UNIT_CHOICES)
    amount = models.DecimalField(max_digits=20, decimal_places=10)
    from_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="price_once", fields=["unit", "from_at"]),
            models.CheckConstraint(name="price_not_negative", condition=models.Q(amount__gte=0)),
        ]


class OfferVersion(models.Model):
    """The terms of one thing that is sold, as they were published: an immutable version. `terms`
    are as `core/catalog/writing.stored_offer` has them; `number` counts from 1 for each key."""

    key = models.TextField()
    number = models.PositiveIntegerField()
    kind = models.TextField(choices=[(kind, kind) for kind in KINDS])
    product = models.TextField(null=True)
    terms = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="offer_version_once", fields=["key", "number"]),
            models.CheckConstraint(
                name="offer_version_numbered", condition=models.Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="offer_version_kind_known", condition=models.Q(kind__in=KINDS)
            ),
            models.CheckConstraint(
                name="offer_version_plan_has_product",
                condition=models.Q(kind=Kind.PLAN.value, product__isnull=False)
                | models.Q(~models.Q(kind=Kind.PLAN.value), product__isnull=True),
            ),
        ]

    @property
    def offer(self) -> Offer:
        """The terms, read."""
        return reading.stored_offer(self.terms)


class Publication(models.Model):
    """The whole catalog as it was published: what is sold from then on until the next one.

    `versions` are ids of offer versions in the catalog's order; `titles` has `limits` and
    `features`, each a list of name and title, in their order.
    """

    number = models.PositiveIntegerField(unique=True)
    published_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    is_example = models.BooleanField()
    titles = models.JSONField()
    versions = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="publication_numbered", condition=models.Q(number__gte=1)),
        ]


class VoiceChannel(models.Model):
    """A channel whose sessions are voice sessions. The set never changes once there is one."""

    name = models.TextField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="voice_channel_named", condition=~models.Q(name="")),
        ]
