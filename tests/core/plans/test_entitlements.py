"""What holdings give: limits, features, add-ons and seats, and who may log in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Catalog, Kind, Offer, SeatKind
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.core.plans import entitlements
from quartermaster.core.plans.entitlements import (
    Holding,
    Rules,
    SeatPolicy,
    Seats,
    Subscribed,
    Use,
)

PRODUCT = "contact_center_ai"
EACH = {"model": "per_unit", "amount": "10"}
END = datetime(2026, 12, 1, tzinfo=UTC)


def plan(name: str, **changes: Any) -> dict[str, Any]:
    seats = {"kind": "concurrent", "included": 2, "overage": "15", "monthly": EACH}
    return {"product": PRODUCT, "name": name, "fee": {"monthly": "60"}, "seats": seats} | changes


def sold(**changes: Any) -> Catalog:
    whole = {
        "currency": "USD",
        "limits": {"queues": "Queues", "versions": "Versions", "faqs": "FAQs"},
        "features": {"sso": "Single sign-on", "analytics": "Analytics"},
        "plans": [
            plan("essential", limits={"versions": 20, "queues": 5}),
            plan("advanced", limits={"queues": 50}, features=["analytics"], trial={"days": 14}),
            plan("bot", product="automation_ai", limits={"faqs": 10}, features=["sso"], seats=None),
        ],
        "add_ons": [
            {"name": "voice_gateway", "fee": {"monthly": "9"}},
            {"name": "rag", "fee": {"monthly": "9"}, "products": ["search_ai"]},
        ],
        "support": [{"name": "basic", "fee": {"monthly": "0"}}],
    } | changes
    for one in whole["plans"]:
        if one["seats"] is None:
            del one["seats"]
    return reading.catalog(whole)


SOLD = sold()


def offer(name: str, catalog: Catalog = SOLD) -> Offer:
    return next(one for one in catalog.offers if one.name == name)


def of(*holdings: Holding, used: dict[str, int] | None = None, **rules: Any) -> Any:
    return entitlements.of(PRODUCT, holdings, Use(used or {}, 1), Rules(SOLD, **rules))


def test_a_plan_limits_and_gives_what_it_says() -> None:
    found = of(Holding(offer("essential"), 3), used={"queues": 6, "faqs": 2})
    queues, versions = found.limits
    assert (queues.name, queues.limit, queues.used, queues.left) == ("queues", 5, 6, 0)
    assert (queues.is_exceeded, versions.is_exceeded) == (True, False)
    assert (versions.name, versions.limit, versions.used, versions.left) == ("versions", 20, 0, 20)
    assert [(one.name, one.given_by) for one in found.features] == [("analytics", None)]
    assert found.plan == Holding(offer("essential"), 3)


def test_as_many_as_allowed_are_not_too_many() -> None:
    [queues, _] = of(Holding(offer("essential")), used={"queues": 5}).limits
    assert (queues.left, queues.is_exceeded) == (0, False)


def test_a_limit_that_the_plan_does_not_have_is_none() -> None:
    [_, versions] = of(Holding(offer("advanced")), used={"versions": 99}).limits
    assert (versions.limit, versions.left, versions.is_exceeded) == (None, None, False)


def test_who_pays_as_it_goes_has_no_limits_and_no_features() -> None:
    found = of(used={"queues": 7})
    assert [(one.name, one.limit, one.used) for one in found.limits] == [
        ("queues", None, 7),
        ("versions", None, 0),
    ]
    assert not any(one.is_given for one in (*found.features, *found.add_ons))
    assert found.plan is None


def test_features_tell_which_offer_gives_them() -> None:
    found = of(Holding(offer("advanced")), Holding(offer("voice_gateway")), Holding(offer("basic")))
    assert found.by_name["analytics"].given_by == f"plan/{PRODUCT}/advanced"
    assert found.by_name["voice_gateway"].given_by == "add_on/voice_gateway"
    assert found.support.offer.kind is Kind.SUPPORT
    assert list(found.by_name) == ["queues", "versions", "analytics", "voice_gateway"]


def test_another_products_plan_and_add_on_give_nothing() -> None:
    found = of(Holding(offer("bot")), Holding(offer("rag")))
    assert found.plan is None
    assert [one.name for one in found.add_ons] == ["voice_gateway"]
    assert found.seats.bought == 0


def test_what_was_bought_counts_though_it_is_sold_no_more() -> None:
    has = Holding(replace(offer("advanced"), limits={"lists": 4}, features=("old",)))
    found = entitlements.of(PRODUCT, [has], Use(), Rules(None))
    assert [(one.name, one.limit) for one in found.limits] == [("lists", 4)]
    assert [(one.name, one.is_given) for one in found.features] == [("old", True)]


def test_seats_are_none_where_no_agents_work() -> None:
    rules = Rules(SOLD)
    assert entitlements.of("automation_ai", [Holding(offer("bot"))], Use(), rules).seats is None


def test_seats_of_a_plan() -> None:
    found = of(Holding(offer("essential"), 3), policy=SeatPolicy.OVERAGE).seats
    assert found == Seats(SeatKind.CONCURRENT, 3, 1, SeatPolicy.OVERAGE)
    assert (found.left, found.is_exceeded, replace(found, used=4).is_exceeded) == (2, False, True)


@pytest.mark.parametrize(
    ("holding", "policy", "bought"),
    [
        (Holding(replace(offer("advanced"), seats=None), 0), SeatPolicy.REFUSE, 0),
        (Holding(offer("advanced"), 0, is_trial=True), SeatPolicy.REFUSE, None),
        (Holding(offer("advanced"), 4), SeatPolicy.OVERAGE, 4),
    ],
)
def test_overage_needs_a_price_and_no_trial(
    holding: Holding, policy: SeatPolicy, bought: int | None
) -> None:
    found = of(holding, policy=SeatPolicy.OVERAGE).seats
    assert (found.policy, found.bought) == (policy, bought)


def test_a_trial_may_come_with_seats() -> None:
    [essential] = sold(plans=[plan("essential", trial={"days": 9, "seats": 5})]).offers[:1]
    found = of(Holding(essential, 5, is_trial=True), policy=SeatPolicy.OVERAGE).seats
    assert (found.bought, found.policy) == (5, SeatPolicy.REFUSE)


@pytest.mark.parametrize(
    ("rules", "bought"),
    [
        (Rules(SOLD), 0),
        (Rules(SOLD, is_contract=True), None),
        (Rules(sold(plans=[plan("essential", seats=None)])), None),
        (Rules(None), None),
    ],
)
def test_without_a_plan_there_are_no_seats_where_they_are_sold(
    rules: Rules, bought: int | None
) -> None:
    found = entitlements.of(PRODUCT, [], Use(seats=3), rules).seats
    assert found == Seats(None, bought, 3, SeatPolicy.REFUSE)


C, N = SeatKind.CONCURRENT, SeatKind.NAMED
REFUSE, OVERAGE = SeatPolicy.REFUSE, SeatPolicy.OVERAGE


@pytest.mark.parametrize(
    ("seats", "is_seated", "status", "used"),
    [
        (Seats(C, 2, 1, REFUSE), False, "seat_left", 2),
        (Seats(C, 2, 2, REFUSE), False, "no_seat_left", 2),
        (Seats(C, 2, 2, REFUSE), True, "seated", 2),
        (Seats(C, 2, 3, REFUSE), True, "seated", 3),
        (Seats(C, 2, 1, OVERAGE), False, "seat_left", 2),
        (Seats(C, 2, 2, OVERAGE), False, "overage", 3),
        (Seats(None, 0, 0, REFUSE), False, "no_seats", 0),
        (Seats(None, None, 7, REFUSE), False, "unlimited", 8),
        (Seats(N, 2, 1, REFUSE), False, "not_assigned", 1),
        (Seats(N, 2, 2, OVERAGE), False, "not_assigned", 2),
        (Seats(N, 2, 2, REFUSE), True, "seated", 2),
        (Seats(N, None, 2, REFUSE), False, "unlimited", 3),
    ],
)
def test_who_may_log_in(seats: Seats, is_seated: bool, status: str, used: int) -> None:
    found = entitlements.check(seats, is_seated)
    assert (found.status, found.seats.used) == (status, used)
    assert found.may_log_in == (status in ("unlimited", "seated", "seat_left", "overage"))
    assert found.reason


def subscribed(state: State, is_ending: bool = False, next_: str | None = None) -> Subscribed:
    now = Holding(offer("advanced"), 5, is_trial=state is State.TRIALING)
    following = Holding(offer(next_), 2) if next_ else None
    return Subscribed(state, is_ending, END, now, following)


@pytest.mark.parametrize(
    ("one", "after"),
    [
        (subscribed(State.ACTIVE), ("advanced", 5)),
        (subscribed(State.ACTIVE, next_="essential"), ("essential", 2)),
        (subscribed(State.ACTIVE, is_ending=True), None),
        (subscribed(State.TRIALING), None),
        (subscribed(State.PAST_DUE), ("advanced", 5)),
        (subscribed(State.PAST_DUE, is_ending=True), ("advanced", 5)),
    ],
)
def test_what_holds_when_a_cycle_has_ended(one: Subscribed, after: Any) -> None:
    before = one.holding(END - timedelta(microseconds=1))
    assert before is one.now
    found = one.holding(END)
    assert (found and (found.offer.name, found.seats)) == after
