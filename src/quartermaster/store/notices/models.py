"""What somebody is to be told, and whether they were."""

from enum import StrEnum
from typing import ClassVar

from django.db import models


class Key(StrEnum):
    """What about: a stable name, in code, logs and tests."""

    PURCHASE_COMPLETED = "purchase.completed"
    RECHARGE_COMPLETED = "recharge.completed"
    RECHARGE_ENABLED = "recharge.enabled"
    RECHARGE_DISABLED = "recharge.disabled"
    RECHARGE_FAILED_CARD = "recharge.failed.card"
    RECHARGE_FAILED_PAYPAL = "recharge.failed.paypal"
    ORDER_INVOICE = "order.invoice"
    WIRE_INSTRUCTIONS = "wire.instructions"
    WIRE_RECEIVED = "wire.received"
    REFUND_ISSUED = "refund.issued"
    SUBSCRIPTION_STARTED = "subscription.started"
    SUBSCRIPTION_RENEWED = "subscription.renewed"
    SUBSCRIPTION_RENEWAL_FAILED = "subscription.renewal_failed"
    SUBSCRIPTION_CANCELED = "subscription.canceled"
    SUPPORT_PURCHASED = "support.purchased"
    SUPPORT_INVOICE = "support.invoice"
    SUPPORT_RENEWING = "support.renewing"
    SUPPORT_RENEWAL_FAILED = "support.renewal_failed"
    METHOD_EXPIRING = "method.expiring"
    METHOD_EXPIRED = "method.expired"


class Recipient(models.TextChoices):
    """Whom a notice is for, by what they are. `BUYER`: who has ordered it; `METHOD_OWNER`: who has
    saved the way to pay."""

    BOT_OWNER = "bot_owner"
    WORKSPACE_OWNER = "workspace_owner"
    BUYER = "buyer"
    METHOD_OWNER = "method_owner"


class Page(StrEnum):
    """Where a link leads. Who sends a notice knows the addresses."""

    INVOICE = "invoice"
    ORDERS = "orders"
    ORDER = "order"
    METHODS = "methods"
    WALLET = "wallet"


class Notice(models.Model):
    """Somebody is to be told something, once for its `cause`. Never changed but for `sent_at`.

    `fields` are labels and values as they are shown, `links` are labels, pages and what the page
    is of (its public id, or ""): lists, for their order counts. `email` is "" where who it is for
    is known by what they are only.
    """

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, null=True)
    key = models.TextField()
    cause = models.TextField()
    to = models.TextField(choices=Recipient)
    email = models.TextField(default="")
    fields = models.JSONField()
    links = models.JSONField()
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="notice_once_for_its_cause", fields=["key", "cause"]),
            models.CheckConstraint(name="notice_has_cause", condition=~models.Q(cause="")),
            models.CheckConstraint(
                name="notice_recipient_known", condition=models.Q(to__in=Recipient.values)
            ),
        ]
