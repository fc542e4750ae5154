"""Billing profiles, the operator's entity, and tax rates. A later row counts before earlier ones;
none is ever changed."""

from django.db import models


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
