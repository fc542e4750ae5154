"""Accounts and the transfers between them."""

from typing import ClassVar, Final

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from quartermaster.core.ledger.accounts import Account as AccountKind
from quartermaster.core.ledger.transfers import Fact
from quartermaster.store.sql.fields import LabelField

_ACCOUNTS: Final = "int8_bloom_ops(n_distinct_per_range=1000, false_positive_rate=0.001)"


class Account(models.Model):
    """One account of a workspace's books; its balance is the sum of its transfers."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, null=True)
    kind = models.TextField(choices=[(kind, kind) for kind in AccountKind])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="account_once", fields=["workspace", "bot", "kind"], nulls_distinct=False
            )
        ]


class Transfer(models.Model):
    """`amount_micro` from `debit` to `credit`. PostgreSQL refuses to change or delete one.

    `at` is when it was posted by the workspace's clock. `lot_id` names the credit that moved.
    A transfer for a charge is told from all others by `charge_id` and `part`, counted from 1; any
    other by `idempotency_key`, which is unique for ever.
    """

    idempotency_key = models.UUIDField(unique=True, null=True)
    fact = LabelField(type_name="ledger_fact", choices=[(fact, fact) for fact in Fact])
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_micro = models.BigIntegerField()
    lot_id = models.BigIntegerField(null=True)
    charge_id = models.BigIntegerField(null=True)
    part = models.SmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="transfer_amount_positive", condition=models.Q(amount_micro__gt=0)
            ),
            models.CheckConstraint(
                name="transfer_two_accounts", condition=~models.Q(debit=models.F("credit"))
            ),
            models.CheckConstraint(
                name="transfer_named_once",
                condition=models.Q(
                    charge_id__isnull=True, part__isnull=True, idempotency_key__isnull=False
                )
                | models.Q(
                    charge_id__isnull=False, part__isnull=False, idempotency_key__isnull=True
                ),
            ),
            models.UniqueConstraint(
                name="transfer_charge_once",
                fields=["charge_id", "part"],
                condition=models.Q(charge_id__isnull=False),
            ),
        ]
        # Thousands of transfers of one workspace lie behind each other: which accounts a stretch of
        # the table names tells whether to look there, for a byte a transfer.
        indexes: ClassVar = [
            BrinIndex(
                name="transfer_where",
                fields=["debit", "credit"],
                opclasses=[_ACCOUNTS] * 2,
                pages_per_range=64,
                autosummarize=True,
            )
        ]
