"""What usage costs, and which channels are voice."""

from typing import ClassVar, Final

from django.db import models

from quartermaster.core.usage.units import Unit
from quartermaster.store.fields import LabelField

UNIT_CHOICES: Final = [(unit, unit.replace("_", " ").title()) for unit in Unit]


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


class VoiceChannel(models.Model):
    """A channel whose sessions are voice sessions. The set never changes once there is one."""

    name = models.TextField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="voice_channel_named", condition=~models.Q(name="")),
        ]
