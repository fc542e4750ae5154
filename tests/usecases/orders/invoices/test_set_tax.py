"""Rates by country."""

from decimal import Decimal

import pytest

from quartermaster.core.invoices.taxes import BadTax, Rates
from quartermaster.store.billing import queries as billing
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from tests.books import NOW

pytestmark = pytest.mark.django_db


def test_off_until_it_is_set_and_the_last_one_counts() -> None:
    assert billing.rates() == Rates()
    set_tax(True, {"de": Decimal(19), "CH": Decimal("8.10")}, NOW)
    assert billing.rates() == Rates(True, {"DE": Decimal(19), "CH": Decimal("8.1")})
    set_tax(False, {"DE": Decimal(19)}, NOW)
    assert billing.rates() == Rates(False, {"DE": Decimal(19)})


@pytest.mark.parametrize("rates", [{"XX": Decimal(1)}, {"DE": Decimal(100)}, {"": Decimal(1)}])
def test_what_is_no_rate_is_refused(rates: dict[str, Decimal]) -> None:
    with pytest.raises(BadTax):
        set_tax(True, rates, NOW)
    assert billing.rates() == Rates()
