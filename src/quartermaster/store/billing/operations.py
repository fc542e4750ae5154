"""Writes of billing profiles, the seller, tax rates, amounts sold and ways to pay, in the caller's
transaction; those of a workspace under its lock."""

from datetime import datetime
from typing import Any, Final

from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.core.lifecycles.funds import FundsLimits
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import OffReason
from quartermaster.store.billing import models
from quartermaster.store.billing.models import MethodSetup, PaymentMethod, RechargeTerms
from quartermaster.store.people.operations import public_id


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


def set_funds_limits(currency: str, limits: FundsLimits, at: datetime) -> None:
    """From now on."""
    models.FundsTerms.objects.create(
        currency=currency,
        least_minor=limits.least_minor,
        most_minor=limits.most_minor,
        set_at=at,
    )


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


_SHOWN: Final = ("label", "brand", "last_four", "expires_date")


def keep(new: PaymentMethod) -> PaymentMethod:
    """A way to pay that is there already, by its token, is that one, as the provider shows it now:
    a card may have been renewed. The first is the default."""
    there = PaymentMethod.objects.filter(workspace_id=new.workspace_id, removed_at__isnull=True)
    found = there.filter(provider=new.provider, token=new.token).first()
    if found is not None:
        for name in _SHOWN:
            setattr(found, name, getattr(new, name))
        found.save(update_fields=_SHOWN)
        return found
    new.public_id = public_id("pm")
    new.is_default = not there.filter(is_default=True).exists()
    new.save()
    return new


def make_default(method: PaymentMethod) -> None:
    """It is the one that is charged, and no other."""
    PaymentMethod.objects.filter(workspace_id=method.workspace_id).update(is_default=False)
    method.is_default = True
    method.save()


def remove(method: PaymentMethod, at: datetime) -> None:
    """It is charged no more; what was paid with it still names it."""
    method.removed_at, method.is_default = at, False
    method.save()


def begin_setup(new: MethodSetup) -> MethodSetup:
    """A way to pay is to be saved; not known yet."""
    new.public_id = public_id("set")
    new.save()
    return new


def note_page(setup: MethodSetup, reference: str, url: str) -> None:
    """Where the buyer saves it."""
    MethodSetup.objects.filter(id=setup.id).update(reference=reference, url=url)
    setup.reference, setup.url = reference, url


def settle_setup(
    setup: MethodSetup, told: tuple[Outcome, str], method: PaymentMethod | None, at: datetime
) -> None:
    """What came of it, and why."""
    setup.outcome, setup.reason = told
    setup.method, setup.known_at = method, at
    setup.save()


def set_recharge(terms: RechargeTerms) -> RechargeTerms:
    """From now on."""
    terms.save(force_insert=True)
    return terms


def hand_over_recharge(terms: RechargeTerms, method: PaymentMethod, at: datetime) -> RechargeTerms:
    """The same terms with another way to pay, anew: what was declined lies behind it."""
    terms.pk, terms.method = None, method
    terms.on_at = terms.set_at = at
    return set_recharge(terms)


def switch_off_recharge(
    terms: RechargeTerms, why: OffReason, by: str, at: datetime
) -> RechargeTerms:
    """The same terms, off from now on."""
    terms.pk, terms.on_at, terms.off_reason = None, None, why
    terms.set_at, terms.by = at, by
    return set_recharge(terms)
