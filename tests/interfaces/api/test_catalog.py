"""What is sold, and plans side by side."""

import pytest

from quartermaster.adapters import catalog_file
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW
from tests.catalogs import ESSENTIAL, plan, small
from tests.interfaces.api.conftest import Caller, assert_problem

PATHS = ("/catalog", "/catalog/automation_ai/comparison")
TIERS = [{"up_to": 5, "unit": "10", "flat": "100"}, {"unit": "5"}]


@pytest.mark.parametrize("path", PATHS)
def test_before_anything_is_sold(api: Caller, path: str) -> None:
    assert_problem(api.get(path), 404, "no_catalog", None)


@pytest.mark.parametrize("path", PATHS)
def test_a_key_is_needed(api: Caller, path: str) -> None:
    assert_problem(api.client.get(f"/v1{path}"), 401, "unknown_key", "Authorization")


def test_all_that_is_sold(api: Caller) -> None:
    publish_catalog(small(), NOW)
    usage = {"alert": {"model": "graduated", "tiers": TIERS}}
    seats = {"kind": "named", "monthly": {"model": "package", "amount": "9", "size": 10}}
    essential = plan("essential", "60", fee={"monthly": "60"}, usage=usage, seats=seats)
    publish_catalog(small(plans=[essential | {"trial": {"days": 14}}]), NOW)
    found = api.get("/catalog").json()
    assert {name: found[name] for name in found if name != "offers"} == {
        "publication": 2,
        "published_at": "2026-11-22T12:00:00Z",
        "currency": "USD",
        "is_example": False,
        "limits": [
            {"name": "faqs", "title": "FAQs"},
            {"name": "dialog_tasks", "title": "Dialog tasks"},
        ],
        "features": [
            {"name": "sso", "title": "Single sign-on"},
            {"name": "audit_log", "title": "Audit log"},
        ],
    }
    graduated = {
        "model": "graduated",
        "amount": None,
        "size": None,
        "tiers": [
            {"up_to": 5, "flat": "100.00", "unit": "10.00"},
            {"up_to": None, "flat": "0.00", "unit": "5.00"},
        ],
        "words": "first 5: $10.00 each + $100.00; further: $5.00 each",
    }
    package = {"model": "package", "amount": "9.00", "size": 10, "tiers": []}
    assert found["offers"][0] == {
        "key": ESSENTIAL,
        "version": 2,
        "kind": "plan",
        "products": ["automation_ai"],
        "name": "essential",
        "title": "Essential",
        "rank": 0,
        "fees": {"monthly": "60.00", "annual": None},
        "usage": [{"unit": "alert", "included": 0, "price": graduated}],
        "seats": {
            "kind": "named",
            "included": 0,
            "overage": None,
            "monthly": package | {"words": "$9.00 per 10"},
            "annual": None,
        },
        "limits": [{"name": "faqs", "value": 1000}],
        "features": [],
        "trial": {"days": 14, "sessions": None, "seats": None},
    }
    assert [(one["key"], one["version"], one["products"]) for one in found["offers"][1:]] == [
        ("add_on/voice_gateway", 1, list(PRODUCTS)),
        ("support/basic", 1, []),
    ]


def test_plans_side_by_side(api: Caller) -> None:
    publish_catalog(small(), NOW)
    found = api.get("/catalog/automation_ai/comparison").json()
    assert [(one["key"], one["version"]) for one in found["plans"]] == [
        (ESSENTIAL, 1),
        ("plan/automation_ai/advanced", 1),
    ]
    assert {row["name"]: row["values"] for row in found["rows"]} == {
        "fee_monthly": ["50.00", "150.00"],
        "fee_annual": ["1000.00", "1000.00"],
        "billing_session": ["100 included, then $0.18 each"] * 2,
        "alert": ["$0.01 each"] * 2,
        "faqs": [1000, 1000],
        "sso": [False, True],
    }
    assert (found["product"], found["currency"], found["is_example"]) == (
        "automation_ai",
        "USD",
        False,
    )


def test_a_product_without_plans_and_none_at_all(api: Caller) -> None:
    publish_catalog(small(), NOW)
    found = api.get("/catalog/search_ai/comparison").json()
    assert (found["plans"], found["rows"]) == ([], [])
    assert_problem(api.get("/catalog/voice_ai/comparison"), 422, "invalid", "product")


def test_the_example_says_that_it_is_one(api: Caller) -> None:
    publish_catalog(catalog_file.example(), NOW)
    assert api.get("/catalog").json()["is_example"] is True
    for product in PRODUCTS:
        found = api.get(f"/catalog/{product}/comparison").json()
        assert (found["is_example"], len(found["plans"])) == (True, 3)


@pytest.mark.parametrize("path", PATHS)
def test_what_has_not_changed_is_not_sent_again(api: Caller, path: str) -> None:
    publish_catalog(small(), NOW)
    known = {"If-None-Match": api.get(path)["ETag"]}
    again = api.ask(path, known)
    assert (again.status_code, again.content) == (304, b"")
    publish_catalog(small(plans=[plan("essential", "60")]), NOW)
    assert api.ask(path, known).status_code == 200
