"""How much credit is sold at once."""

import uuid

import pytest

from quartermaster.core.lifecycles import funds
from quartermaster.core.lifecycles.funds import AmountNotSold, FundsLimits
from quartermaster.store.billing import queries as billing
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.set_funds_limits import set_funds_limits
from tests.books import NOW
from tests.usecases.shop import Shop

pytestmark = pytest.mark.django_db


def test_what_was_set_last_counts_for_its_currency() -> None:
    assert billing.funds_limits("JPY") == funds.standard("JPY")
    set_funds_limits("JPY", FundsLimits(10_000, 3_000_000), NOW)
    set_funds_limits("JPY", FundsLimits(5_000, 2_000_000), NOW)
    assert billing.funds_limits("JPY") == FundsLimits(5_000, 2_000_000)
    assert billing.funds_limits("USD") == funds.standard("USD")


def test_orders_from_now_on_are_held_to_them(shop: Shop) -> None:
    set_funds_limits("USD", FundsLimits(500, 700), NOW)
    assert add_funds(Funds(shop.bot, 700), uuid.uuid4(), shop.at).total_minor == 700
    with pytest.raises(AmountNotSold, match=r"between \$5\.00 and \$7\.00 at once"):
        add_funds(Funds(shop.bot, 10_000), uuid.uuid4(), shop.at)
