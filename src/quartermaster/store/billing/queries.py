"""Reads of billing profiles, the seller and tax rates: what was set last."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.core.lifecycles import funds, methods
from quartermaster.core.lifecycles.funds import FundsLimits
from quartermaster.store import sql
from quartermaster.store.billing import models
from quartermaster.store.billing.models import MethodSetup, PaymentMethod, RechargeTerms
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.queries import NotFound

_SQL: Final = sql.Queries(__package__)
SETUPS_IN_FLIGHT: Final = _SQL["setups_in_flight"]
EXPIRING: Final = _SQL["expiring"]
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


def seller() -> Seller:
    """The operator's entity."""
    one = models.Seller.objects.order_by("-id").first()
    if one is None:
        return UNNAMED
    bank = Bank(one.holder, one.iban, one.bic, one.bank)
    return Seller(_party(one), one.prefix, one.registration, bank, one.note)


def has_seller() -> bool:
    """Whether the operator has said who they are."""
    return models.Seller.objects.exists()


def rates() -> Rates:
    """Off until they are set."""
    one = models.TaxRates.objects.order_by("-id").first()
    if one is None:
        return Rates()
    return Rates(one.is_on, {country: Decimal(rate) for country, rate in one.rates.items()})


def funds_limits(currency: str) -> FundsLimits:
    """Between which amounts credit is bought at once."""
    one = models.FundsTerms.objects.filter(currency=currency).order_by("-id").first()
    return FundsLimits(one.least_minor, one.most_minor) if one else funds.standard(currency)


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


def methods_of(workspace: int) -> list[PaymentMethod]:
    """Those that are there, the default first, then in the order they came."""
    found = PaymentMethod.objects.filter(workspace_id=workspace, removed_at__isnull=True)
    return list(found.select_related("workspace").order_by("-is_default", "id"))


def find_default(workspace: int) -> PaymentMethod | None:
    """The one that is charged while nobody is there."""
    found = PaymentMethod.objects.filter(workspace_id=workspace, removed_at__isnull=True)
    return found.filter(is_default=True).first()


def get_of(workspace: int, public_id: str, is_removed: bool | None = False) -> PaymentMethod:
    """By its public id, within the workspace; None: removed or not."""
    found = PaymentMethod.objects.filter(workspace_id=workspace, public_id=public_id)
    if is_removed is not None:
        found = found.filter(removed_at__isnull=not is_removed)
    method = found.first()
    if method is None:
        raise NotFound(f"no payment method {public_id!r} in this workspace", field="method")
    return method


def is_expired(method: PaymentMethod, at: datetime) -> bool:
    """Whether its last day is over, where its workspace is."""
    zone = ZoneInfo(method.workspace.time_zone)
    return methods.is_expired(method.expires_date, at.astimezone(zone).date())


def get_method(method: int) -> PaymentMethod:
    """By its internal id."""
    return PaymentMethod.objects.select_related("workspace").get(id=method)


def payer(workspace: int, provider: str) -> str:
    """What a provider calls whoever pays for a workspace; "" if it does not know them."""
    found = PaymentMethod.objects.filter(workspace_id=workspace, provider=provider)
    return found.exclude(payer="").order_by("-id").values_list("payer", flat=True).first() or ""


def expiring(until: date, workspace: int | None = None) -> list[PaymentMethod]:
    """Those that are there and expire by a day: of a workspace or, None, of all whose clock goes
    with the world's."""
    found = sql.rows(EXPIRING, expires_by=until, workspace=workspace)
    return methods_by_id([which for _, which in found])


def methods_by_id(several: Collection[int]) -> list[PaymentMethod]:
    """By their internal ids, those that expire first first."""
    found = PaymentMethod.objects.filter(id__in=several).select_related("workspace")
    return list(found.order_by("expires_date", "id"))


def find_setup(idempotency_key: uuid.UUID) -> MethodSetup | None:
    """The setup that was begun with this key."""
    return MethodSetup.objects.filter(idempotency_key=idempotency_key).first()


def get_setup(setup: int) -> MethodSetup:
    """By its internal id."""
    return MethodSetup.objects.select_related("workspace").get(id=setup)


def get_setup_of(workspace: int, public_id: str) -> MethodSetup:
    """By its public id, within the workspace."""
    found = MethodSetup.objects.filter(workspace_id=workspace, public_id=public_id).first()
    if found is None:
        raise NotFound(f"no setup {public_id!r} in this workspace", field="setup")
    return found


def find_setup_by_reference(provider: str, reference: str) -> MethodSetup | None:
    """The setup that a provider calls so."""
    found = MethodSetup.objects.filter(provider=provider, reference=reference)
    return found.select_related("workspace").first()


def setups_in_flight(before: datetime, workspace: int | None = None) -> list[MethodSetup]:
    """Those that were begun up to an instant and whose outcome is not known: of a workspace or,
    None, of all whose clock goes with the world's."""
    found = sql.rows(SETUPS_IN_FLIGHT, until=before, workspace=workspace)
    several = MethodSetup.objects.filter(id__in=[which for _, which in found])
    return list(several.order_by("id"))


def find_recharge(bot: int) -> RechargeTerms | None:
    """What auto-recharge of a bot is to do; None: it was never set."""
    return recharges_of(bot).first()


def recharges_of(bot: int) -> QuerySet[RechargeTerms]:
    """All that was set of it, the latest first."""
    found = RechargeTerms.objects.select_related("method", "bot__workspace").filter(bot_id=bot)
    return found.order_by("-id")


def recharged_with(method: PaymentMethod) -> list[RechargeTerms]:
    """What charges a way to pay, for whichever bots."""
    found = RechargeTerms.objects.filter(bot__workspace_id=method.workspace_id)
    latest = found.order_by("bot_id", "-id").distinct("bot_id").select_related("bot")
    return [one for one in latest if one.on_at and one.method_id == method.id]
