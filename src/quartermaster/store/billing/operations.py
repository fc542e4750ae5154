"""Writes of billing profiles, the seller and tax rates, in the caller's transaction."""

from datetime import datetime
from typing import Any

from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.store.billing import models


def set_profile(workspace: int, party: Party, at: datetime) -> None:
    """From now on; under the workspace's lock."""
    models.BillingProfile.objects.create(workspace_id=workspace, set_at=at, **_columns(party))


def set_seller(seller: Seller, at: datetime) -> None:
    """From now on."""
    models.Seller.objects.create(
        prefix=seller.prefix,
        registration=seller.registration,
        holder=seller.bank.holder,
        iban=seller.bank.iban,
        bic=seller.bank.bic,
        bank=seller.bank.bank,
        note=seller.note,
        set_at=at,
        **_columns(seller.party),
    )


def set_rates(rates: Rates, at: datetime) -> None:
    """From now on."""
    several = {country: f"{rate:f}" for country, rate in sorted((rates.by_country or {}).items())}
    models.TaxRates.objects.create(is_on=rates.is_on, rates=several, set_at=at)


def _columns(party: Party) -> dict[str, Any]:
    return {
        "name": party.name,
        "company": party.company,
        "address": list(party.address),
        "city": party.city,
        "postcode": party.postcode,
        "country": party.country,
        "vat_id": party.vat_id,
        "email": party.email,
    }
