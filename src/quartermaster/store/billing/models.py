"""Saved ways to pay."""

from typing import ClassVar

from django.db import models

from quartermaster.core.lifecycles.methods import SAVED


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
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="setup_reference_once",
                fields=["provider", "reference"],
                condition=~models.Q(reference=""),
            ),
        ]
