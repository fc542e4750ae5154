"""The operator says which tax is taken."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from quartermaster.core.invoices import taxes
from quartermaster.core.invoices.taxes import BadTax, Rates
from quartermaster.store.billing import operations as billing
from quartermaster.usecases.orders.invoices import _parties


def set_tax(is_on: bool, rates: Mapping[str, Decimal], at: datetime) -> Rates:
    """Percent by country, from now on; off, the rates are kept and nothing is taken. BadTax."""
    by_country = {country.strip().upper(): rate for country, rate in rates.items()}
    for country, rate in by_country.items():
        if country not in _parties.COUNTRIES:
            raise BadTax(f"{country!r} is no country by ISO 3166, such as DE", field="rates")
        taxes.checked(rate)
    found = Rates(is_on, by_country)
    billing.set_rates(found, at)
    return found
