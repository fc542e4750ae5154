"""Which product usage belongs to."""

import pytest

from quartermaster.core.usage import products
from quartermaster.core.usage.events import PRODUCTS


@pytest.mark.parametrize(
    ("product", "has_units", "has_agents"),
    [
        (None, True, True),
        ("automation_ai", True, False),
        ("search_ai", False, False),
        ("contact_center_ai", False, True),
        ("agent_ai", False, True),
        ("no such product", False, False),
    ],
)
def test_units_and_agents(product: str | None, has_units: bool, has_agents: bool) -> None:
    assert (products.has_units(product), products.has_agents(product)) == (has_units, has_agents)


def test_every_product_is_known() -> None:
    assert {products.CONVERSING, "search_ai", *products.WITH_AGENTS} == set(PRODUCTS)
