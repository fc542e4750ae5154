"""Reads of billing profiles, the seller and tax rates: what was set last."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.store.billing import models
from quartermaster.store.people.models import Workspace

UNNAMED: Final = Seller(Party("Quartermaster"), "QM")
"""Who sells until the operator has said who they are."""


def profile(workspace: Workspace) -> Party:
    """Whom its invoices are made out to: itself, by its name, until it has said more."""
    return profiles([workspace])[workspace.id]


def profiles(workspaces: Collection[Workspace]) -> dict[int, Party]:
    """Those of several, by their internal id."""
    found = models.BillingProfile.objects.filter(workspace__in=workspaces)
    latest = found.order_by("workspace_id", "-id").distinct("workspace_id")
    given = {one.workspace_id: _party(one) for one in latest}
    return {one.id: given.get(one.id) or Party(one.name) for one in workspaces}


def has_profile(workspace: int) -> bool:
    """Whether it has said whom its invoices are for."""
    return models.BillingProfile.objects.filter(workspace_id=workspace).exists()


def seller() -> Seller:
    """The operator's entity."""
    one = models.Seller.objects.order_by("-id").first()
    if one is None:
        return UNNAMED
    bank = Bank(one.holder, one.iban, one.bic, one.bank)
    return Seller(_party(one), one.prefix, one.registration, bank, one.note)


def rates() -> Rates:
    """Off until they are set."""
    one = models.TaxRates.objects.order_by("-id").first()
    if one is None:
        return Rates()
    return Rates(one.is_on, {country: Decimal(rate) for country, rate in one.rates.items()})


def _party(one: models.BillingProfile | models.Seller) -> Party:
    return Party(
        one.name,
        one.company,
        tuple(one.address),
        one.city,
        one.postcode,
        one.country,
        one.vat_id,
        one.email,
    )
