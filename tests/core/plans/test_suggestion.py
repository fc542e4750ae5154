"""Which option is marked, what is said of each, and the documentation's example."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import money
from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Cadence, Offer
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.plans import bills, suggestion
from quartermaster.core.plans.bills import Cycle, Tariff
from quartermaster.core.plans.suggestion import Current, Exceeded, Offered, Option, Usage
from tests import pages
from tests.catalogs import plain, plan, small
from tests.core.catalog.catalogs import catalogs
from tests.core.plans.plans import ADVANCED, CHEAP, ESSENTIAL
from tests.core.plans.test_bills import TARIFF, cycles

PAGE = "concepts/suggestion.md"
DOLLAR = 1_000_000


def offered(*offers: Offer, sold: bool = True) -> list[Offered]:
    """Their versions are their places and one hundred."""
    return [Offered(100 + place, 1, one, sold) for place, one in enumerate(offers)]


def usage(sessions: int = 0, concurrent: int = 0, **in_use: int) -> Usage:
    """The same in three cycles."""
    return Usage([Cycle({"billing_session": sessions}, concurrent, concurrent)] * 3, in_use)


def told(options: list[Option]) -> list[tuple[str, str]]:
    """Their names and cadences."""
    return [
        (one.bill.terms.offer.name, str(one.bill.terms.cadence)) if one.bill.terms else ("", "")
        for one in options
    ]


def cheapest(options: list[Option]) -> tuple[str, str]:
    [marked] = [one for one in options if one.is_cheapest]
    return told([marked])[0]


def test_cheapest_first() -> None:
    options = suggestion.suggest(usage(), offered(ADVANCED, ESSENTIAL, CHEAP), TARIFF, None)
    assert told(options) == [
        ("", ""),
        ("cheap", "monthly"),
        ("essential", "annual"),
        ("essential", "monthly"),
        ("advanced", "annual"),
        ("advanced", "monthly"),
    ]
    assert cheapest(options) == ("", "")
    assert [one.is_current for one in options] == [True] + [False] * 5
    assert [one.difference_micro for one in options] == [one.bill.total_micro for one in options]


def test_an_option_that_exceeds_a_limit_is_not_the_cheapest() -> None:
    essential, advanced = small().offers[:2]
    several = offered(essential, replace(advanced, limits={"faqs": 5_000}))
    dear = Tariff("USD", {"billing_session": Decimal(10)})
    for faqs, best in ((1_000, "essential"), (1_001, "advanced")):
        options = suggestion.suggest(usage(100, faqs=faqs), several, dear, None)
        assert cheapest(options) == (best, "monthly" if best == "essential" else "annual")
    over = [one.exceeded for one in options if told([one])[0][0] == "essential"]
    assert over == [(Exceeded("faqs", 1_000, 1_001),)] * 2


def test_unless_all_do() -> None:
    without_seats = replace(ESSENTIAL, seats=None, limits={"faqs": 1})
    options = suggestion.suggest(usage(concurrent=4), offered(without_seats), TARIFF, None)
    assert {one.exceeded for one in options} == {(Exceeded("seats", 0, 4),)}
    assert cheapest(options) == ("", "")
    with_seats = suggestion.suggest(usage(concurrent=4), offered(CHEAP), TARIFF, None)
    assert cheapest(with_seats) == ("cheap", "monthly")


def test_what_can_no_longer_be_chosen_is_not_the_cheapest_but_for_who_has_it() -> None:
    cheap, dear = offered(CHEAP, ESSENTIAL)
    several = [replace(cheap, is_sold=False), dear]
    agents = usage(concurrent=1)
    assert cheapest(suggestion.suggest(agents, several, TARIFF, None)) == ("essential", "annual")
    kept = suggestion.suggest(agents, several, TARIFF, Current(cheap.version))
    assert cheapest(kept) == ("cheap", "monthly")


def test_of_equals_what_there_is_then_what_binds_least() -> None:
    free = replace(ESSENTIAL, fees={Cadence.ANNUAL: Decimal(0), Cadence.MONTHLY: Decimal(0)})
    again = replace(free, name="again")
    several = offered(again, free)
    assert told(suggestion.suggest(usage(), several, TARIFF, None)) == [
        ("", ""),
        ("essential", "monthly"),
        ("again", "monthly"),
        ("essential", "annual"),
        ("again", "annual"),
    ]
    has = suggestion.suggest(usage(), several, TARIFF, Current(100, Cadence.ANNUAL))
    assert told(has)[:2] == [("again", "annual"), ("", "")]
    assert has[0].is_cheapest


def test_features_that_would_be_lost() -> None:
    both, one = (plan(name, "1", features=has) for name, has in
                 (("both", ["sso", "audit_log"]), ("one", ["audit_log"])))  # fmt: skip
    several = offered(*reading.catalog(plain(plans=[both, one])).offers[:2])
    options = suggestion.suggest(usage(), several, TARIFF, Current(100))
    lost = dict(zip(told(options), (each.lost for each in options), strict=True))
    assert lost["", ""] == ("sso", "audit_log")
    assert lost["one", "monthly"] == ("sso",)
    assert lost["both", "annual"] == lost["both", "monthly"] == ()


@pytest.mark.parametrize("current", [Current(7), Current(102, Cadence.ANNUAL)])
def test_what_somebody_has_must_be_there(current: Current) -> None:
    with pytest.raises(InvariantBroken, match="not among the versions"):
        suggestion.suggest(usage(), offered(ESSENTIAL, ADVANCED, CHEAP), TARIFF, current)


@st.composite
def several_offered(draw: st.DrawFn) -> list[Offered]:
    plans = [one for one in draw(catalogs()).offers if one.product]
    return [
        Offered(100 + place, 1, replace(one, seats=None), draw(st.booleans()))
        for place, one in enumerate(plans)
    ]


@given(several_offered(), cycles, st.data())
@settings(max_examples=40, deadline=None)
def test_any_options_in_any_order(
    several: list[Offered], used: list[Cycle], data: st.DataObject
) -> None:
    names = {name for one in several for name in one.offer.limits or {}}
    whole = Usage(used, {name: data.draw(st.integers(0, 10**6)) for name in sorted(names)})
    choices = [None, *(Current(one.version) for one in several)]
    current = data.draw(st.sampled_from(choices))
    options = suggestion.suggest(whole, several, TARIFF, current)
    turned = data.draw(st.permutations(several))
    assert suggestion.suggest(whole, turned, TARIFF, current) == options
    assert len(options) == 1 + sum(len(one.offer.fees) for one in several)
    for one in options:
        assert one.bill == bills.bill(one.bill.terms, used, TARIFF)
    totals = [one.bill.total_micro for one in options]
    assert totals == sorted(totals)
    [has] = [one for one in options if one.is_current]
    assert [one.difference_micro + has.bill.total_micro for one in options] == totals
    [best] = [one for one in options if one.is_cheapest]
    fit = [one for one in options if one.is_open and not one.exceeded]
    assert best.is_open
    assert bool(best.exceeded) == (not fit)
    assert best.bill.total_micro == min(one.bill.total_micro for one in fit or [best])


def test_the_documentations_example() -> None:
    """The offers and the usage that the page shows give the table that it shows."""
    text = pages.text(PAGE)
    known = reading.catalog(plain(limits={"faqs": "FAQs"}, plans=pages.written(PAGE)))
    used, expected = (pages.table(PAGE, first) for first in ("cycle", "option"))
    counted = [
        Cycle(
            {"billing_session": int(row["sessions"].replace(",", "")), "alert": int(row["alerts"])}
        )
        for row in used
    ]
    tariff = Tariff("USD", {"billing_session": Decimal("0.20")})
    options = suggestion.suggest(
        Usage(counted, {"faqs": 1_200}), offered(*known.offers[:2]), tariff, None
    )
    assert [_row(one) for one in options] == expected
    for one in options:
        for part in one.bill.parts:
            if one.is_cheapest:
                assert all(f"`{formula}`" in text for formula in part.formulas)


def _row(one: Option) -> Mapping[str, str]:
    has = one.bill.terms
    of = {part.unit or part.what: part.amount_micro for part in one.bill.parts}
    return {
        "option": f"{has.offer.title}, {has.cadence}" if has else "as it goes",
        "fee": money.shown(of.get("fee", 0)),
        "sessions": money.shown(of["billing_session"]),
        "alerts": money.shown(of["alert"]),
        "90 days": money.shown(one.bill.total_micro),
        "difference": money.shown(one.difference_micro).replace("-", "−"),
        "exceeds": ", ".join(each.limit for each in one.exceeded),
        "cheapest": "yes" if one.is_cheapest else "",
    }
