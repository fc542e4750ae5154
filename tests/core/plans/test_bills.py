"""Bills: the sum of their parts, each as rated by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import money
from quartermaster.core.catalog.offers import Cadence, Offer, SeatKind
from quartermaster.core.plans import bills, terms
from quartermaster.core.plans.bills import Cycle, Part, Tariff
from quartermaster.core.plans.terms import Terms
from quartermaster.core.pricing import per_unit, rating
from quartermaster.core.pricing.parts import total
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.units import UNITS, Unit
from tests.core.catalog.catalogs import catalogs
from tests.core.plans.plans import ESSENTIAL
from tests.core.pricing.prices import amounts

DOLLAR = 1_000_000
TARIFF = Tariff("USD", {Unit.BILLING_SESSION: Decimal("0.20"), Unit.ALERT: Decimal("0.0000004")})
SESSIONS = UsagePrice(Unit.BILLING_SESSION, PerUnit(Decimal("0.18")), included=100)

cycles = st.lists(
    st.builds(
        Cycle,
        st.dictionaries(st.sampled_from(UNITS), st.integers(0, 10**6)),
        st.integers(0, 40),
        st.integers(0, 90),
    ),
    min_size=1,
    max_size=3,
)
tariffs = st.builds(
    Tariff, st.sampled_from(("USD", "JPY")), st.dictionaries(st.sampled_from(UNITS), amounts)
)


@st.composite
def any_terms(draw: st.DrawFn) -> Terms | None:
    """A plan of a catalog at random, or to pay as it goes."""
    plans = [one for one in draw(catalogs()).offers if one.product]
    if not plans:
        return None
    offer = draw(st.sampled_from(plans))
    if offer.seats:
        few = draw(st.integers(0, 30))
        offer = replace(offer, seats=replace(offer.seats, included=few))
    return Terms(1, offer, draw(st.sampled_from(list(offer.fees))))


def agents(concurrent: int, named: int = 0) -> Cycle:
    return Cycle({}, concurrent, named)


def test_paying_as_it_goes() -> None:
    used = [Cycle({"billing_session": 3, "alert": 10, "notification": 4}), Cycle({"alert": 1})]
    found = bills.bill(None, used, TARIFF)
    assert found.terms is None
    assert [(part.what, part.unit, part.amounts_micro) for part in found.parts] == [
        ("usage", "billing_session", (600_000, 0)),
        ("usage", "alert", (0, 0)),
        ("usage", "notification", (0, 0)),
    ]
    assert found.parts[0].formulas[0] == "3 billing sessions × $0.20 = $0.60"
    assert (found.cycles_micro, found.total_micro, found.cycle_micro) == (
        (600_000, 0), 600_000, 300_000
    )  # fmt: skip


def test_a_plan_by_the_month() -> None:
    plan = replace(ESSENTIAL, usage=(SESSIONS,), seats=None)
    used = [Cycle({"billing_session": count, "alert": 0}) for count in (80, 100, 150)]
    found = bills.bill(Terms(7, plan, Cadence.MONTHLY), used, TARIFF)
    assert found.parts == (
        Part("fee", (60 * DOLLAR,) * 3, ("3 × $60.00 = $180.00",)),
        Part(
            "usage",
            (0, 0, 9 * DOLLAR),
            (
                "80 included = $0.00",
                "100 included = $0.00",
                "100 included + 50 × $0.18 = $9.00",
            ),
            "billing_session",
        ),
    )
    assert found.cycles_micro == (60 * DOLLAR, 60 * DOLLAR, 69 * DOLLAR)


def test_of_a_years_fee_ninety_days() -> None:
    found = bills.bill(Terms(7, ESSENTIAL, Cadence.ANNUAL), [agents(4)] * 3, TARIFF)
    assert found.parts == (
        Part(
            "fee",
            (49_320_000, 49_320_000, 49_310_000),
            ("$600.00 × 90 / 365 days = $147.95",),
        ),
        Part(
            "seats",
            (16_440_000,) * 3,
            ("2 included + 2 × $100.00 = $200.00; $200.00 × 90 / 365 days = $49.32",),
        ),
    )


@pytest.mark.parametrize(
    ("overage", "needed", "bought", "expected"),
    [
        (None, (1, 1, 1), 2, []),
        (None, (3, 7, 2), 7, [150]),
        ("16", (3, 7, 2), 3, [30, 64]),
        ("11", (3, 7, 2), 2, [66]),
        ("100", (3, 7, 2), 7, [150]),
        ("16", (7, 7, 2), 7, [150]),
        ("15", (7, 7, 2), 2, [150]),
        ("30", (2, 2, 3), 2, [30]),
    ],
)
def test_seats_as_many_as_suit(
    overage: str | None, needed: tuple[int, ...], bought: int, expected: list[int]
) -> None:
    assert ESSENTIAL.seats
    price = replace(ESSENTIAL.seats, overage=None if overage is None else Decimal(overage))
    plan = replace(ESSENTIAL, seats=price)
    used = [agents(number, named=99) for number in needed]
    found = bills.bill(Terms(7, plan, Cadence.MONTHLY, 50), used, TARIFF)
    assert found.terms
    assert found.terms.seats == bought
    assert [part.amount_micro // DOLLAR for part in found.parts[1:]] == expected


def test_a_bill_in_another_currency_says_so_in_each_of_its_words() -> None:
    assert ESSENTIAL.seats
    seats = replace(ESSENTIAL.seats, overage=Decimal(1))
    plan = replace(ESSENTIAL, usage=(SESSIONS,), seats=seats)
    used = [Cycle({"billing_session": 150, "alert": 2}, 3), Cycle({}, 4)]
    for cadence in Cadence:
        formulas = {}
        for currency in ("USD", "CHF"):
            tariff = replace(TARIFF, currency=currency)
            found = bills.bill(Terms(7, plan, cadence), used, tariff)
            assert {part.what for part in found.parts} == {"fee", "overage", "usage"}
            formulas[currency] = [one for part in found.parts for one in part.formulas]
        assert all("$" in one for one in formulas["USD"])
        assert formulas["CHF"] == [one.replace("$", "CHF ") for one in formulas["USD"]]


def test_overage_is_told_by_cycle() -> None:
    assert ESSENTIAL.seats
    plan = replace(ESSENTIAL, seats=replace(ESSENTIAL.seats, overage=Decimal(16)))
    used = [agents(number) for number in (3, 7, 2)]
    overage = bills.bill(Terms(7, plan, Cadence.MONTHLY), used, TARIFF).parts[-1]
    assert (overage.what, overage.amounts_micro) == ("overage", (0, 64 * DOLLAR, 0))
    assert overage.formulas == ("nothing = $0.00", "4 × $16.00 = $64.00", "nothing = $0.00")


def test_named_seats() -> None:
    assert ESSENTIAL.seats
    plan = replace(ESSENTIAL, seats=replace(ESSENTIAL.seats, kind=SeatKind.NAMED))
    found = bills.bill(Terms(7, plan, Cadence.MONTHLY), [agents(3, 8)], TARIFF)
    assert found.terms
    assert found.terms.seats == 8


@given(any_terms(), cycles, tariffs)
@settings(max_examples=60, deadline=None)
def test_a_bill_is_the_sum_of_its_parts(
    wanted: Terms | None, used: list[Cycle], tariff: Tariff
) -> None:
    found = bills.bill(wanted, used, tariff)
    assert found.total_micro == sum(found.cycles_micro)
    assert found.total_micro == sum(part.amount_micro for part in found.parts)
    assert abs(found.cycle_micro * len(used) - found.total_micro) <= len(used)
    for part in found.parts:
        assert len(part.amounts_micro) == len(used) == found.count
        assert len(part.formulas) in (1, len(used))
        told = [formula.rpartition("= ")[2] for formula in part.formulas]
        amounts_told = part.amounts_micro if len(told) == len(used) > 1 else (part.amount_micro,)
        assert told == [money.shown(each, tariff.symbol).replace("-", "−") for each in amounts_told]


@given(any_terms(), cycles, tariffs)
@settings(max_examples=60, deadline=None)
def test_a_bill_is_each_cycle_rated_by_hand(
    wanted: Terms | None, used: list[Cycle], tariff: Tariff
) -> None:
    found = bills.bill(wanted, used, tariff)
    amounts_found = {(part.what, part.unit): part.amount_micro for part in found.parts}
    expected = {
        ("usage", str(unit)): sum(_usage_micro(wanted, unit, each, tariff) for each in used)
        for unit in UNITS
        if any(each.units.get(unit) for each in used)
    }
    if found.terms:
        expected |= _in_advance(found.terms, len(used), tariff.currency)
        over = _overage(found.terms.offer, found.terms.seats, used)
        expected |= {("overage", None): over} if ("overage", None) in amounts_found else {}
        assert over == amounts_found.get(("overage", None), 0)
    assert amounts_found == expected


def _usage_micro(wanted: Terms | None, unit: str, used: Cycle, tariff: Tariff) -> int:
    price = wanted.offer.price_of(unit) if wanted else None
    count = used.units.get(unit, 0)
    if price is None:
        return count * per_unit.amount_micro(1, tariff.prices.get(unit, Decimal(0)))
    billable = price.model.parts(max(0, count - price.included))
    assert money.to_micro(total(billable)) == rating.total_micro(price, count)
    return money.to_micro(total(billable))


def _in_advance(bought: Terms, count: int, currency: str) -> dict[tuple[str, None], int]:
    found = {}
    for fee in terms.fees(bought, currency):
        amount = money.from_minor(fee.amount_minor, currency) * count
        if bought.cadence is Cadence.ANNUAL:
            amount = money.from_minor(money.to_minor(amount * 30 / 365, currency), currency)
        found[str(fee.what), None] = money.to_micro(amount)
    return found


def _overage(offer: Offer, seats: int, used: list[Cycle]) -> int:
    if offer.seats is None or offer.seats.overage is None:
        return 0
    extra = [max(0, each.agents(offer.seats.kind) - seats) for each in used]
    return sum(money.to_micro(number * offer.seats.overage) for number in extra)


@given(any_terms(), cycles, st.permutations(range(3)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_cycles_does_not_matter(
    wanted: Terms | None, used: list[Cycle], order: list[int]
) -> None:
    turned = [used[place] for place in order if place < len(used)]
    one, other = bills.bill(wanted, used, TARIFF), bills.bill(wanted, turned, TARIFF)
    assert (one.terms, one.total_micro) == (other.terms, other.total_micro)


@given(any_terms(), cycles, st.integers(0, 90))
@settings(max_examples=40, deadline=None)
def test_seats_of_another_cycle_would_not_cost_less(
    wanted: Terms | None, used: list[Cycle], choice: int
) -> None:
    found = bills.bill(wanted, used, TARIFF)
    price = wanted.offer.seats if wanted else None
    if wanted is None or price is None or price.overage is None:
        return
    needed = [max(price.included, each.agents(price.kind)) for each in used]
    other = replace(wanted, seats=needed[choice % len(needed)])
    cost = sum(_in_advance(other, len(used), "USD").values())
    cost += _overage(other.offer, other.seats, used)
    usage = sum(part.amount_micro for part in found.parts if part.what == "usage")
    assert found.total_micro - usage <= cost
