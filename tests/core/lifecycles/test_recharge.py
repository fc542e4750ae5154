"""When auto-recharge charges, and when it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.invoices.taxes import NO_TAX, Category, Tax
from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import (
    Attempt,
    BadRecharge,
    Cap,
    Charge,
    Off,
    Reason,
    Settings,
    Standing,
    Wait,
)
from quartermaster.core.money import MICRO
from quartermaster.core.periods import FOREVER

BERLIN = ZoneInfo("Europe/Berlin")
ON = datetime(2026, 3, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FLYING, UNKNOWN = None, Outcome.UNKNOWN
GOOD, BAD = Outcome.SUCCEEDED, Outcome.DECLINED
SETTINGS = Settings(10_000, 5_000, "USD", BERLIN, ON)  # $100 whenever there is less than $50


def past(*tries: tuple[str, Outcome | None] | tuple[str, Outcome | None, int]) -> list[Attempt]:
    """Attempts at `dd HH:MM` of March in UTC, of $100 or so many dollars."""
    made = []
    for number, (at, outcome, *amount) in enumerate(tries, 1):
        begun = datetime.strptime(f"2026-03-{at} +0000", "%Y-%m-%d %H:%M %z")
        made.append(Attempt(number, begun, (amount or [100])[0] * 100, outcome))
    return made


def decide(
    dollars: str = "10", history: Sequence[Attempt] = (), at: datetime = NOON, **changes: Any
) -> recharge.Decision:
    """For a bot with so much paid credit."""
    micro = round(float(dollars) * MICRO)
    return recharge.decide(replace(SETTINGS, **changes), history, Standing("bot_1", micro), at)


def charge(dollars: int, number: int = 1, tax: Tax = NO_TAX) -> Charge:
    """What is to be charged."""
    return Charge(number, dollars * 100, f"recharge bot_1 {number}", tax)


@pytest.mark.parametrize(
    ("balance", "answer"),
    [
        ("50", Wait(Reason.ENOUGH)),
        ("50.000001", Wait(Reason.ENOUGH)),
        ("49.999999", charge(100)),
        ("0", charge(100)),
        ("-50", charge(100)),
        ("-50.000001", charge(200)),
        ("-949.99", charge(1_000)),
    ],
)
def test_one_charge_closes_the_gap_in_whole_amounts(balance: str, answer: object) -> None:
    assert decide(balance) == answer


@pytest.mark.parametrize(
    ("currency", "amount", "balance_micro", "charged"),
    [("JPY", 10_000, -1, 20_000), ("KWD", 10_000, 9_999_999, 10_000), ("EUR", 3, 99_999, 3)],
)
def test_minor_units_are_those_of_the_currency(
    currency: str, amount: int, balance_micro: int, charged: int
) -> None:
    settings = replace(SETTINGS, currency=currency, amount_minor=amount, threshold_minor=amount)
    if currency == "EUR":
        settings = replace(settings, threshold_minor=10)
    found = recharge.decide(settings, [], Standing("bot_1", balance_micro), NOON)
    assert found == Charge(1, charged, "recharge bot_1 1")


@pytest.mark.parametrize(
    ("until", "answer"),
    [
        (None, charge(100)),
        (NOON + HOUR, Wait(Reason.ON_ACCOUNT, NOON + HOUR)),
        (FOREVER, Wait(Reason.ON_ACCOUNT)),
    ],
)
def test_what_a_contract_covers_takes_no_credit(until: datetime | None, answer: object) -> None:
    standing = Standing("bot_1", 0, on_account_until=until)
    assert recharge.decide(SETTINGS, [], standing, NOON) == answer
    assert recharge.decide(replace(SETTINGS, on_at=None), [], standing, NOON) == Off(Reason.NOT_ON)


@pytest.mark.parametrize(
    ("history", "answer"),
    [
        ([("28 11:00", FLYING)], Wait(Reason.IN_FLIGHT)),
        ([("28 11:00", UNKNOWN)], Wait(Reason.IN_FLIGHT)),
        ([("02 11:00", FLYING)], Wait(Reason.IN_FLIGHT)),
        ([("28 11:00", FLYING), ("28 11:30", GOOD)], Wait(Reason.IN_FLIGHT)),
        ([("28 11:00", GOOD)], charge(100, 2)),
        ([("28 11:01", BAD)], Wait(Reason.BACK_OFF, NOON + timedelta(minutes=1))),
        ([("28 11:00", BAD)], charge(100, 2)),
        ([("28 04:00", BAD), ("28 07:00", BAD)], Wait(Reason.BACK_OFF, NOON + HOUR)),
        ([("28 04:00", BAD), ("28 06:00", BAD)], charge(100, 3)),
        ([("27 04:00", BAD)] * 3, charge(100, 4)),
        ([("27 12:01", BAD)] * 3, Wait(Reason.BACK_OFF, NOON + timedelta(minutes=1))),
        ([("27 04:00", BAD)] * 4, Off(Reason.GIVEN_UP)),
        ([*[("27 04:00", BAD)] * 3, ("27 05:00", GOOD)], charge(100, 5)),
        ([*[("27 04:00", BAD)] * 3, ("27 05:00", GOOD), ("28 11:00", BAD)], charge(100, 6)),
        ([*[("26 04:00", BAD)] * 4, ("27 05:00", FLYING)], Off(Reason.GIVEN_UP)),
    ],
)
def test_what_came_before_decides(history: list[Any], answer: object) -> None:
    assert decide(history=past(*history)) == answer


def test_back_off_counts_from_when_the_decline_was_known() -> None:
    (late,) = past(("28 08:00", BAD))
    late = replace(late, known_at=NOON - timedelta(minutes=10))
    assert decide(history=[late]) == Wait(Reason.BACK_OFF, NOON + timedelta(minutes=50))


def test_whoever_switches_it_on_again_starts_afresh_but_for_caps_and_what_is_in_flight() -> None:
    failed = past(*[("28 08:00", BAD)] * 4)
    assert decide(history=failed) == Off(Reason.GIVEN_UP)
    assert decide(history=failed, on_at=NOON) == charge(100, 5)
    assert decide(history=past(*[("28 08:00", GOOD)] * 3), on_at=NOON) == Wait(
        Reason.CAP, datetime(2026, 3, 28, 23, tzinfo=UTC)
    )
    assert decide(history=past(("28 08:00", FLYING)), on_at=NOON) == Wait(Reason.IN_FLIGHT)


def test_a_decline_that_is_learnt_afterwards_counts() -> None:
    (late,) = past(("28 08:00", BAD))
    late = replace(late, known_at=NOON)
    assert decide(history=[late], on_at=NOON - HOUR) == Wait(Reason.BACK_OFF, NOON + HOUR)


MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)  # in Berlin; the day that follows has 23 hours
MONTHS_END = datetime(2026, 3, 31, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("history", "caps", "balance", "answer"),
    [
        ([("28 08:00", GOOD)] * 2, {}, "10", charge(100, 3)),
        ([("28 08:00", GOOD)] * 3, {}, "10", Wait(Reason.CAP, MIDNIGHT)),
        ([("27 22:59", GOOD)] * 3, {}, "10", charge(100, 4)),
        ([("27 23:00", GOOD)] * 3, {}, "10", Wait(Reason.CAP, MIDNIGHT)),
        ([("28 08:00", BAD), *[("28 09:30", GOOD)] * 2], {}, "10", charge(100, 4)),
        ([("28 08:00", GOOD)], {"day": Cap(amount_minor=20_000)}, "10", charge(100, 2)),
        ([("28 08:00", GOOD)], {"day": Cap(amount_minor=19_999)}, "10", Wait(Reason.CAP, MIDNIGHT)),
        ([("28 08:00", BAD, 900)], {"day": Cap(amount_minor=10_000)}, "10", charge(100, 2)),
        ([], {"day": Cap(amount_minor=35_000)}, "-900", charge(300)),
        ([], {"most_minor": 25_000}, "-900", charge(200)),
        ([], {"most_minor": 9_000}, "-900", charge(100)),
        ([("02 08:00", GOOD)] * 5, {"month": Cap(count=5)}, "10", Wait(Reason.CAP, MONTHS_END)),
        ([("02 08:00", GOOD)] * 4, {"month": Cap(count=5)}, "10", charge(100, 5)),
        (
            [("28 08:00", GOOD)] * 3,
            {"month": Cap(amount_minor=30_000)},
            "10",
            Wait(Reason.CAP, MONTHS_END),
        ),
    ],
)
def test_caps(history: list[Any], caps: dict[str, Any], balance: str, answer: object) -> None:
    assert decide(balance, past(*history), **caps) == answer


VAT = Tax(Category.STANDARD, Decimal(19), "DE")


@pytest.mark.parametrize(
    ("history", "caps", "balance", "answer"),
    [
        ([], {"day": Cap(amount_minor=11_900)}, "10", charge(100, tax=VAT)),
        ([], {"day": Cap(amount_minor=11_899)}, "10", Wait(Reason.CAP, MIDNIGHT)),
        ([], {"month": Cap(amount_minor=11_899)}, "10", Wait(Reason.CAP, MONTHS_END)),
        ([], {"day": Cap(amount_minor=35_699)}, "-900", charge(200, tax=VAT)),
        ([], {"day": Cap(amount_minor=35_700)}, "-900", charge(300, tax=VAT)),
        (
            [("28 08:00", GOOD)],  # when there was no tax yet
            {"day": Cap(amount_minor=21_900)},
            "10",
            charge(100, 2, VAT),
        ),
        ([], {"most_minor": 10_000}, "10", charge(100, tax=VAT)),
    ],
)
def test_caps_are_of_what_is_charged_with_its_tax(
    history: list[Any], caps: dict[str, Any], balance: str, answer: object
) -> None:
    assert decide(balance, past(*history), tax=VAT, **caps) == answer


def test_tax_that_was_charged_counts_whatever_it_is_now() -> None:
    (taxed,) = past(("28 08:00", GOOD))
    taxed = replace(taxed, tax_minor=1_900)
    assert decide(history=[taxed], day=Cap(amount_minor=21_900)) == charge(100, 2)
    full = decide(history=[taxed], day=Cap(amount_minor=21_899))
    assert full == Wait(Reason.CAP, MIDNIGHT)


@pytest.mark.parametrize(("hour", "is_open"), [(22, False), (23, True)])
def test_the_day_is_over_at_local_midnight(hour: int, is_open: bool) -> None:
    full = past(*[("28 08:00", GOOD)] * 3)
    found = decide(history=full, at=datetime(2026, 3, 28, hour, 59, tzinfo=UTC))
    assert isinstance(found, Charge) is is_open


def test_the_day_with_23_hours_ends_an_hour_sooner() -> None:
    full = past(*[("29 08:00", GOOD)] * 3)
    end = datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert decide(history=full, at=end - HOUR) == Wait(Reason.CAP, end)
    assert decide(history=full, at=end) == charge(100, 4)


def test_a_clock_that_went_back_opens_nothing() -> None:
    full = past(*[("28 08:00", GOOD)] * 3)
    yesterday = NOON - timedelta(days=1)
    assert decide(history=full, at=yesterday) == Wait(Reason.CLOCK_BEHIND, full[-1].begun_at)
    assert decide(at=ON - HOUR) == Wait(Reason.CLOCK_BEHIND, ON)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"has_purchased": False}, Reason.NO_PURCHASE),
        ({"method": None}, Reason.NO_METHOD),
        ({"method": MethodKind.WIRE}, Reason.NO_METHOD),
        ({"method": MethodKind.BY_HAND}, Reason.NO_METHOD),
    ],
)
def test_it_needs_a_purchase_and_a_method_that_can_be_charged(
    changes: dict[str, Any], reason: Reason
) -> None:
    standing = replace(Standing("bot_1", 0), **changes)
    assert recharge.decide(SETTINGS, [], standing, NOON) == Off(reason)


def test_off_is_off() -> None:
    assert decide("-1000", on_at=None) == Off(Reason.NOT_ON)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"amount_minor": 9_999}, "amount", r"from \$100.00"),
        ({"amount_minor": 9_999, "most_minor": 20_000}, "amount", r"from \$100.00 to \$200.00"),
        ({"most_minor": 9_999}, "amount", r"to \$99.99"),
        ({"threshold_minor": -1}, "threshold", "below nothing"),
        ({"day": Cap(count=0)}, "day_count", "no charge fits into a day"),
        ({"day": Cap(amount_minor=9_999)}, "day_amount", r"a day: allow one of \$100.00 at least"),
        ({"month": Cap(amount_minor=9_999)}, "month_amount", "a month: allow one"),
        (
            {"day": Cap(amount_minor=11_899), "tax": VAT},
            "day_amount",
            r"allow one of \$119.00 at least, tax included",
        ),
    ],
)
def test_settings_that_could_never_charge_are_refused(
    changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(BadRecharge, match=words) as no:
        recharge.check(replace(SETTINGS, **changes), 10_000)
    assert no.value.field == field
    recharge.check(SETTINGS, 10_000)


@given(
    dollars=st.integers(-3_000, 60),
    order=st.permutations(range(5)),
    outcomes=st.lists(st.sampled_from([GOOD, BAD, UNKNOWN, FLYING]), min_size=5, max_size=5),
)
def test_the_same_history_in_any_order_is_the_same_attempt(
    dollars: int, order: list[int], outcomes: list[Outcome | None]
) -> None:
    history = past(*[(f"2{day} 08:00", outcome) for day, outcome in enumerate(outcomes, 3)])
    shuffled = [history[place] for place in order]
    assert decide(str(dollars), shuffled) == decide(str(dollars), history)
