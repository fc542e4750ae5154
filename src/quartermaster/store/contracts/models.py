"""Contracts, their prices, and what cycles came to."""

from typing import ClassVar

from django.db import models


class Contract(models.Model):
    """What was agreed with a workspace for [start_at, end_at) (open: until another contract).
    Cycles of `months` are counted from the anchor; each comes to `commitment_minor` at least."""

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    anchor_date = models.DateField()
    months = models.IntegerField()
    currency = models.CharField(max_length=3)
    commitment_minor = models.BigIntegerField()
    net_days = models.IntegerField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    idempotency_key = models.UUIDField(unique=True)
    agreed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="contract_start_once", fields=["workspace", "start_at"]),
            models.UniqueConstraint(
                name="contract_open_once",
                fields=["workspace"],
                condition=models.Q(end_at__isnull=True),
            ),
            models.CheckConstraint(
                name="contract_forward",
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gt=models.F("start_at")),
            ),
            models.CheckConstraint(
                name="contract_terms",
                condition=models.Q(
                    months__in=(1, 3, 12), commitment_minor__gte=0, net_days__range=(0, 365)
                ),
            ),
        ]


class ContractPrice(models.Model):
    """What a unit or, with a kind, a seat of a product costs in [start_at, end_at). `terms` are a
    price model and what is included, as a catalog has them. Never changed: a later one counts."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    what = models.TextField()
    kind = models.TextField(null=True)
    terms = models.JSONField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    idempotency_key = models.UUIDField(unique=True)
    agreed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contract_price_forward",
                condition=models.Q(end_at__isnull=True) | models.Q(end_at__gt=models.F("start_at")),
            ),
        ]


class Statement(models.Model):
    """What the cycle [start_at, end_at) of a contract came to when it was closed, with what earlier
    cycles are corrected by. Never changed."""

    public_id = models.TextField(unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT)
    number = models.IntegerField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    due_date = models.DateField()
    currency = models.CharField(max_length=3)
    commitment_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="statement_once", fields=["contract", "start_at"]),
            models.UniqueConstraint(name="statement_number_once", fields=["contract", "number"]),
            models.CheckConstraint(
                name="statement_forward", condition=models.Q(end_at__gt=models.F("start_at"))
            ),
        ]


class StatementLine(models.Model):
    """A line as it was reckoned by `core/plans/contracts/statements.py`; `parts` are bot, quantity.
    An adjustment corrects the line with its key of an earlier statement."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT)
    number = models.IntegerField()
    key = models.TextField()
    what = models.TextField()
    of = models.TextField(null=True)
    description = models.TextField()
    quantity = models.BigIntegerField()
    formula = models.TextField()
    amount_minor = models.BigIntegerField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    parts = models.JSONField(default=list)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True)
    corrects = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, related_name="adjustments"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="statement_line_once", fields=["statement", "number"]),
            models.UniqueConstraint(
                name="statement_line_key_once",
                fields=["statement", "corrects", "key"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="statement_line_adjusts_another",
                condition=models.Q(what="adjustment", corrects__isnull=False)
                | (~models.Q(what="adjustment") & models.Q(corrects__isnull=True)),
            ),
        ]


class LateUsage(models.Model):
    """Usage of a closed cycle that its statement and adjustments do not have yet: `quantity` units
    of a bot (below zero: taken back), or, where `what` is a product, log-ins. Gone when a statement
    has it."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    what = models.TextField()
    at = models.DateTimeField()
    quantity = models.BigIntegerField()
