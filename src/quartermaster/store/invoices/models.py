"""Series of numbers, invoices, credit notes and their lines."""

from typing import ClassVar

from django.db import models

from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.taxes import Category


class Series(models.Model):
    """Numbers of one entity, which begin with `prefix`; `last_number` was given last."""

    prefix = models.TextField(unique=True)
    last_number = models.BigIntegerField(default=0)


class Invoice(models.Model):
    """An invoice, or a credit note of one. Never changed. `buyer` and `seller` are as they were;
    `paid_minor` had been paid when it was issued."""

    public_id = models.TextField(unique=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    number = models.BigIntegerField()
    previous_number = models.BigIntegerField(null=True)
    kind = models.TextField(choices=[(kind, kind) for kind in Kind])
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True)
    statement = models.ForeignKey("contracts.Statement", on_delete=models.PROTECT, null=True)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    buyer = models.JSONField()
    seller = models.JSONField()
    reason = models.TextField(default="")
    idempotency_key = models.UUIDField(unique=True, null=True)
    issue_date = models.DateField()
    due_date = models.DateField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="invoice_number_once", fields=["series", "number"]),
            models.UniqueConstraint(
                name="invoice_of_order_once",
                fields=["order"],
                condition=models.Q(kind=Kind.INVOICE),
            ),
            models.UniqueConstraint(
                name="invoice_of_statement_once",
                fields=["statement"],
                condition=models.Q(kind=Kind.INVOICE),
            ),
            models.CheckConstraint(
                name="invoice_number_follows",
                condition=models.Q(number=1, previous_number__isnull=True)
                | models.Q(number__gt=1, previous_number=models.F("number") - 1),
            ),
            models.CheckConstraint(
                name="invoice_credit_names_its_invoice",
                condition=models.Q(kind=Kind.INVOICE, of__isnull=True)
                | models.Q(kind=Kind.CREDIT_NOTE, of__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_of_one_thing",
                condition=models.Q(order__isnull=False, statement__isnull=True)
                | models.Q(order__isnull=True, statement__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_total",
                condition=models.Q(total_minor=models.F("net_minor") + models.F("tax_minor")),
            ),
        ]


class InvoiceLine(models.Model):
    """A line, and what it is made of: a line of an order or statement or, on a credit note, of the
    invoice. `amount_minor` is without tax."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)
    number = models.IntegerField()
    description = models.TextField()
    detail = models.TextField(default="")
    quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    amount_minor = models.BigIntegerField()
    tax_category = models.TextField(choices=[(one, one) for one in Category])
    tax_rate = models.DecimalField(max_digits=4, decimal_places=2)
    tax_country = models.CharField(max_length=2, default="")
    tax_minor = models.BigIntegerField()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, null=True)
    statement_line = models.ForeignKey(
        "contracts.StatementLine", on_delete=models.PROTECT, null=True
    )
    of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credits")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="invoice_line_once", fields=["invoice", "number"]),
            models.CheckConstraint(
                name="invoice_line_of_one_thing",
                condition=models.Q(
                    order_line__isnull=False, statement_line__isnull=True, of__isnull=True
                )
                | models.Q(order_line__isnull=True, statement_line__isnull=False, of__isnull=True)
                | models.Q(order_line__isnull=True, statement_line__isnull=True, of__isnull=False),
            ),
        ]


class Settlement(models.Model):
    """An invoice was paid after it was issued, by what `note` says."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT)
    note = models.TextField(default="")
    settled_at = models.DateTimeField()
