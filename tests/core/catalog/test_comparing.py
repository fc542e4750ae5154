"""The plans of a product side by side."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from quartermaster.core.catalog import comparing
from quartermaster.core.catalog.comparing import Row
from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.usage.events import PRODUCTS
from tests.catalogs import plan, small
from tests.core.catalog.catalogs import catalogs

SEATS: dict[str, Any] = {
    "kind": "concurrent",
    "included": 5,
    "overage": "60",
    "monthly": {"model": "per_unit", "amount": "40"},
    "annual": {"model": "per_unit", "amount": "400"},
}


def rows(catalog: Catalog) -> dict[str, Row]:
    """Those of Automation AI by name."""
    return {row.name: row for row in comparing.plans(catalog, "automation_ai").rows}


def test_what_plans_say() -> None:
    found = rows(small())
    said = ["fee_monthly", "fee_annual", "billing_session", "alert", "faqs", "sso"]
    assert list(found) == said, "rows in which no plan says anything are left out"
    assert found["fee_monthly"].values == (Decimal(50), Decimal(150))
    assert found["fee_annual"].values == (Decimal(1000),) * 2
    assert found["billing_session"].values == ("100 included, then $0.18 each",) * 2
    assert found["billing_session"].title == "Billing sessions"
    assert found["faqs"] == Row("limits", "faqs", "FAQs", (1000, 1000))
    assert found["sso"] == Row("features", "sso", "Single sign-on", (False, True))


def test_seats_and_trials() -> None:
    trial = {"days": "30", "seats": "5"}
    found = rows(small(plans=[plan("a", "0", seats=SEATS), plan("b", "0", trial=trial)]))
    words = "$40.00 each a month or $400.00 each a year; overage $60.00 each a month"
    assert found["seats"].values == (f"concurrent: 5 included, then {words}", None)
    assert found["trial"].values == (None, "30 days, 5 seats")
    trial = {"days": "14", "sessions": "2000"}
    assert rows(small(plans=[plan("a", "0", trial=trial)]))["trial"].values == (
        "14 days or 2,000 sessions",
    )


def test_amounts_are_of_the_catalogs_currency() -> None:
    found = rows(small(currency="EUR"))
    assert found["billing_session"].values[0] == "100 included, then €0.18 each"
    found = rows(small(currency="CHF"))
    assert found["billing_session"].values[0] == "100 included, then CHF 0.18 each"


def test_a_product_that_is_not_sold() -> None:
    found = comparing.plans(small(), "search_ai")
    assert (found.plans, found.rows) == ((), ())


@given(catalogs())
@settings(max_examples=40, deadline=None)
def test_a_value_for_each_plan(catalog: Catalog) -> None:
    for product in PRODUCTS:
        found = comparing.plans(catalog, product)
        assert [one.rank for one in found.plans] == list(range(len(found.plans)))
        assert all(len(row.values) == len(found.plans) for row in found.rows)
        for row in found.rows:
            assert any(value is not None and value is not False for value in row.values)
