"""A catalog is read whole, or all that is wrong with it is said, each with its field."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from quartermaster.core.catalog import reading, writing
from quartermaster.core.catalog.offers import Cadence, Catalog, Kind, Offer, SeatKind
from quartermaster.core.catalog.reading import BadCatalog
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.usage.events import PRODUCTS
from tests.catalogs import plain, small
from tests.core.catalog.catalogs import catalogs

_AMOUNT = "must be a number such as 0.18, from 0 to below 1,000,000,000, with at most 10"
_NAME = "must be a name of at most 50 lower-case letters, digits and _, a letter first"
_TEXT = "must be a line of text of at most 100 characters"
_MAPPING = "must be a mapping of names to values"
_USAGE = "plans[0].usage.billing_session"
_SEATS: dict[str, Any] = {
    "kind": "named",
    "monthly": {"model": "per_unit", "amount": "40"},
    "annual": {"model": "per_unit", "amount": "400"},
}


@given(catalogs())
@settings(max_examples=80, deadline=None)
def test_what_is_written_reads_back_the_same(catalog: Catalog) -> None:
    assert reading.catalog(writing.catalog(catalog)) == catalog
    for one in catalog.offers:
        assert reading.stored_offer(writing.stored_offer(one)) == one


def test_the_small_one() -> None:
    catalog = small()
    assert [one.key for one in catalog.offers] == [
        "plan/automation_ai/essential",
        "plan/automation_ai/advanced",
        "add_on/voice_gateway",
        "support/basic",
    ]
    essential = catalog.offers[0]
    assert (essential.kind, essential.title, essential.rank) == (Kind.PLAN, "Essential", 0)
    assert essential.fees == {Cadence.MONTHLY: 50, Cadence.ANNUAL: 1000}
    assert [price.unit for price in essential.usage] == ["billing_session", "alert"]
    price = essential.price_of("billing_session")
    assert price
    assert (price.model, price.included) == (PerUnit(Decimal("0.18")), 100)
    assert essential.price_of("api_session") is None
    assert catalog.offers[2].products == PRODUCTS
    assert (catalog.currency, catalog.is_example) == ("USD", False)


def test_ranks_count_within_a_product() -> None:
    plans = plain()["plans"]
    others = [plan | {"product": "agent_ai"} for plan in plans]
    mixed = [others[0], plans[0], others[1], plans[1]]
    found = small(plans=mixed, add_ons=plain()["add_ons"])
    assert [one.rank for one in found.offers] == [0, 0, 1, 1, 0, 0]


def test_everything_there_is() -> None:
    tiers = [{"up_to": "5", "unit": "10", "flat": "100"}, {"unit": "5"}]
    seats = _SEATS | {"included": 5, "overage": "9.5"}
    full = read_plan(
        usage={
            "alert": {"model": "package", "amount": "1", "size": "100"},
            "billing_session": {"model": "graduated", "tiers": tiers},
        },
        seats=seats,
        features=["audit_log", "sso"],
        trial={"days": "14", "sessions": "2000", "seats": "5"},
        title="Essential plan",
    )
    graduated = Graduated((Tier(5, Decimal(10), Decimal(100)), Tier(None, Decimal(5))))
    assert [one.model for one in full.usage] == [graduated, Package(Decimal(1), 100)]
    assert full.seats
    assert (full.seats.kind, full.seats.included) == (SeatKind.NAMED, 5)
    assert full.seats.overage == Decimal("9.5")
    assert full.trial
    assert (full.trial.days, full.trial.sessions, full.trial.seats) == (14, 2000, 5)
    assert full.features == ("audit_log", "sso")


def read_plan(**changes: Any) -> Offer:
    """The first plan with these changes."""
    plans = plain()["plans"]
    return small(plans=[plans[0] | changes]).offers[0]


def faults(whole: Any) -> list[str]:
    """Everything that is wrong, as `field: message`."""
    with pytest.raises(BadCatalog) as no:
        reading.catalog(whole)
    first = no.value.faults[0]
    assert str(no.value) == str(first)
    assert (no.value.code, no.value.field) == ("bad_catalog", first.field or None)
    return list(map(str, no.value.faults))


GONE = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small catalog with one value put in (or taken out) at `plans.0.fee.monthly`."""
    whole = copy.deepcopy(plain())
    *way, last = [int(word) if word.isdigit() else word for word in path.split(".")]
    place: Any = whole
    for word in way:
        place = place[word]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("currency", GONE, "currency is missing"),
        ("currency", "usd", "currency: must be a currency of three capitals, such as USD"),
        ("example", "yes", "example: must be true or false"),
        ("prices", {}, "prices: there is no field 'prices', only currency, example,"),
        ("limits.FAQ", "x", "limits.FAQ: 'FAQ' is no name"),
        ("limits.faqs", "a\nb", f"limits.faqs: {_TEXT}"),
        ("features.sso", " ", f"features.sso: {_TEXT}"),
        ("features.sso", "x" * 101, f"features.sso: {_TEXT}"),
        ("plans", {}, "plans: must be a list"),
        ("plans.0", "Essential", f"plans[0]: {_MAPPING}"),
        ("plans.0.product", GONE, "plans[0]: product is missing"),
        ("plans.0.product", "voice_ai", "plans[0].product: must be one of automation_ai,"),
        ("plans.0.product", ["search_ai"], "plans[0].product: must be one of automation_ai,"),
        ("plans.0.name", GONE, "plans[0]: name is missing"),
        ("plans.0.name", "Essential", f"plans[0].name: {_NAME}"),
        ("plans.0.name", "a" * 51, f"plans[0].name: {_NAME}"),
        ("plans.0.name", "advanced", "plans[1]: plan/automation_ai/advanced is there twice"),
        ("plans.0.title", ["x"], f"plans[0].title: {_TEXT}"),
        ("plans.0.colour", "red", "plans[0].colour: there is no field 'colour', only product,"),
        ("plans.0.fee", GONE, "plans[0]: fee is missing"),
        ("plans.0.fee", {}, "plans[0].fee: at least one of monthly, annual is needed"),
        ("plans.0.fee", "50", f"plans[0].fee: {_MAPPING}"),
        ("plans.0.fee.weekly", "5", "plans[0].fee.weekly: there is no cadence 'weekly', only"),
        ("plans.0.fee.monthly", "-1", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "1e3", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "1_000", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "NaN", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "$5", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "٣", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "1000000000", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "9" * 5000, f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", "0.12345678901", f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.fee.monthly", None, f"plans[0].fee.monthly: {_AMOUNT}"),
        ("plans.0.usage", [], f"plans[0].usage: {_MAPPING}"),
        ("plans.0.usage.call", {}, "plans[0].usage.call: there is no unit 'call', only"),
        ("plans.0.usage.alert", "0.18", f"plans[0].usage.alert: {_MAPPING}"),
        ("plans.0.usage.billing_session.model", GONE, f"{_USAGE}: model is missing"),
        ("plans.0.usage.billing_session.model", "free", f"{_USAGE}.model: must be one of flat,"),
        ("plans.0.usage.billing_session.model", ["flat"], f"{_USAGE}.model: must be one of flat,"),
        ("plans.0.usage.billing_session.amount", GONE, f"{_USAGE}: amount is missing"),
        ("plans.0.usage.billing_session.size", "1", f"{_USAGE}.size: there is no field 'size',"),
        ("plans.0.usage.billing_session.included", "1.5", f"{_USAGE}.included: must be a whole"),
        ("plans.0.usage.billing_session.included", "-1", f"{_USAGE}.included: must be a whole"),
        ("plans.0.usage.billing_session.included", "9" * 5000, f"{_USAGE}.included: must be a"),
        ("plans.0.limits.calls", "1", "plans[0].limits.calls: there is no limit 'calls' in"),
        ("plans.0.limits.faqs", "many", "plans[0].limits.faqs: must be a whole number from 0 to"),
        ("plans.0.features", "sso", "plans[0].features: must be a list"),
        ("plans.0.features", ["ss"], "plans[0].features[0]: must be one of sso, audit_log"),
        ("plans.0.features", [{}], "plans[0].features[0]: must be one of sso, audit_log"),
        ("plans.0.features", ["sso", "sso"], "plans[0].features[1]: sso is there twice"),
        ("plans.0.trial", {}, "plans[0].trial: days is missing"),
        ("plans.0.trial", {"days": "0"}, "plans[0].trial.days: must be a whole number from 1 to"),
        ("plans.0.trial", {"days": "366"}, "plans[0].trial.days: must be a whole number from 1"),
        ("plans.0.trial", {"days": "9", "seats": "0"}, "plans[0].trial.seats: must be a whole"),
        ("add_ons.0.products", [], "add_ons[0].products: at least one product is needed"),
        ("add_ons.0.products", ["x"], "add_ons[0].products[0]: must be one of automation_ai,"),
        ("add_ons.0.limits", {}, "add_ons[0].limits: there is no field 'limits', only name, fee,"),
        ("support.0.usage", {}, "support[0].usage: there is no field 'usage', only name, fee,"),
    ],
)
def test_each_fault_alone(path: str, value: Any, fault: str) -> None:
    found = faults(changed(path, value))
    assert len(found) == 1, found
    assert found[0].startswith(fault)


@pytest.mark.parametrize(
    ("tiers", "fault"),
    [
        ([], "tiers: at least one tier is needed"),
        ([{"unit": "1", "up_to": "5"}], "tiers[0].up_to: the last tier has no end"),
        ([{"unit": "1"}, {"unit": "1"}], "tiers[0]: up_to is missing: only the last tier has no"),
        ([{"up_to": "5"}, {"unit": "1"}], "tiers[0]: unit is missing"),
        (
            [{"unit": "1", "up_to": "5"}, {"unit": "1", "up_to": "5"}, {"unit": "0"}],
            "tiers[1].up_to: must be a whole number from 6 to",
        ),
    ],
)
@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_tiers(model: str, tiers: list[dict[str, str]], fault: str) -> None:
    price = {"model": model, "tiers": tiers}
    [found] = faults(changed("plans.0.usage.billing_session", price))
    assert found.startswith(f"{_USAGE}.{fault}")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": GONE}, ": kind is missing"),
        ({"kind": "shared"}, ".kind: must be one of named, concurrent"),
        ({"annual": GONE}, ": annual is missing: there is a fee for it"),
        ({"overage": "free"}, f".overage: {_AMOUNT}"),
        ({"included": "few"}, ".included: must be a whole number from 0 to"),
        ({"monthly": {"model": "package", "amount": "1"}}, ".monthly: size is missing"),
        (
            {"monthly": {"model": "package", "amount": "1", "size": "0"}},
            ".monthly.size: must be a whole number from 1 to",
        ),
    ],
)
def test_seats(changes: dict[str, Any], fault: str) -> None:
    seats = {name: one for name, one in (_SEATS | changes).items() if one is not GONE}
    [found] = faults(changed("plans.0.seats", seats))
    assert found.startswith(f"plans[0].seats{fault}")


def test_a_product_is_sold_with_one_kind_of_seats() -> None:
    whole = plain()
    whole["plans"][0]["seats"] = _SEATS
    whole["plans"][1]["seats"] = _SEATS | {"kind": "concurrent"}
    assert faults(whole) == ["plans[1]: the seats of automation_ai are named in other plans"]
    whole["plans"][1] |= {"product": "agent_ai"}
    assert len(reading.catalog(whole).offers) == 4


def test_all_faults_are_told_at_once() -> None:
    whole = changed("plans.0.fee.monthly", "free")
    whole["plans"][1]["limits"] = {"calls": 1}
    whole["currency"] = "dollars"
    assert [words.split(":")[0] for words in faults(whole)] == [
        "currency",
        "plans[0].fee.monthly",
        "plans[1].limits.calls",
    ]


def test_plans_lean_on_the_limits_of_the_catalog() -> None:
    assert faults(changed("limits", [])) == [
        f"limits: {_MAPPING}",
        "plans[0].limits.faqs: there is no limit 'faqs' in the catalog's limits: ",
        "plans[1].limits.faqs: there is no limit 'faqs' in the catalog's limits: ",
    ]


@pytest.mark.parametrize("whole", [None, [], "x", 5])
def test_what_is_no_catalog_at_all(whole: Any) -> None:
    assert _MAPPING in faults(whole)
