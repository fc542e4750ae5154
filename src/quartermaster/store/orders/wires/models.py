"""Files of banks, and the entries that stood in them."""

from typing import ClassVar

from django.db import models


class EntryState(models.TextChoices):
    """`UNMATCHED`: nobody knows yet what it is for. `MATCHED`: it is for an order. `DECIDED`: a
    person has said what becomes of what no order needed."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    DECIDED = "decided"


class Outlet(models.TextChoices):
    """What becomes of money that no order needed: paid credit of a bot, or back to the payer.
    `AGAIN`: there is no money; another entry is of it."""

    CREDIT = "credit"
    REFUND = "refund"
    AGAIN = "again"


class BankFile(models.Model):
    """A file that was imported; `digest` is the SHA-256 of its bytes."""

    public_id = models.TextField(unique=True)
    name = models.TextField()
    digest = models.BinaryField(unique=True)
    imported_by = models.TextField()
    imported_at = models.DateTimeField()


class BankEntry(models.Model):
    """What a bank booked on an account; that never changes. `named` are the orders (public ids)
    whose references it has, `rest_minor` is what its order did not need."""

    public_id = models.TextField(unique=True)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT)
    account = models.TextField()
    key = models.BinaryField()
    bank_id = models.TextField()
    booked_date = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    text = models.TextField()
    end_to_end_id = models.TextField()
    payer_name = models.TextField()
    payer_iban = models.TextField()
    named = models.TextField(db_index=True)
    state = models.TextField(choices=EntryState, default=EntryState.UNMATCHED)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True)
    rest_minor = models.BigIntegerField(default=0)
    matched_by = models.TextField(default="")
    matched_at = models.DateTimeField(null=True)
    outlet = models.TextField(choices=Outlet, default="")
    decided_by = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="bank_entry_unmatched",
                fields=["named"],
                condition=models.Q(state=EntryState.UNMATCHED),
            ),
            models.Index(
                name="bank_entry_bare",
                fields=["booked_date", "amount_minor"],
                condition=models.Q(named=""),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="bank_entry_once", fields=["account", "key"]),
            models.CheckConstraint(
                name="bank_entry_not_nothing", condition=~models.Q(amount_minor=0)
            ),
            models.CheckConstraint(
                name="bank_entry_rest_within",
                condition=models.Q(rest_minor=0)
                | models.Q(rest_minor__gt=0, rest_minor__lte=models.F("amount_minor")),
            ),
            models.CheckConstraint(
                name="bank_entry_matched_by_whom",
                condition=models.Q(order__isnull=True, matched_at__isnull=True, matched_by="")
                | (
                    models.Q(order__isnull=False, matched_at__isnull=False)
                    & ~models.Q(matched_by="")
                ),
            ),
            models.CheckConstraint(
                name="bank_entry_decided_by_whom",
                condition=models.Q(outlet="", decided_at__isnull=True, decided_by="")
                | (
                    models.Q(outlet__in=Outlet.values, decided_at__isnull=False)
                    & ~models.Q(decided_by="")
                ),
            ),
            models.CheckConstraint(
                name="bank_entry_state",
                condition=models.Q(
                    state=EntryState.UNMATCHED, order__isnull=True, outlet="", rest_minor=0
                )
                | models.Q(state=EntryState.MATCHED, order__isnull=False, outlet="")
                | (models.Q(state=EntryState.DECIDED) & ~models.Q(outlet="")),
            ),
            models.CheckConstraint(
                name="bank_entry_rest_decided_once",
                condition=~models.Q(state=EntryState.DECIDED, order__isnull=False, rest_minor=0),
            ),
            models.CheckConstraint(
                name="bank_entry_again_for_no_order",
                condition=~models.Q(outlet=Outlet.AGAIN, order__isnull=False),
            ),
        ]
