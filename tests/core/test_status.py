"""What a bot's credit lets it do: its status and the gate."""

from dataclasses import replace
from decimal import Decimal

import pytest

from quartermaster.core.ledger import status
from quartermaster.core.ledger.credits import Source
from quartermaster.core.ledger.status import Balance, CreditStatus, Gate
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice

DOLLAR = 1_000_000
BALANCE = Balance(
    paid_micro=0,
    free_micro=0,
    as_it_goes=Decimal("0.20"),
    spent_per_day_micro=0,
    low_balance_micro=status.LOW_BALANCE_MICRO,
)
SUFFICIENT, LOW = CreditStatus.SUFFICIENT, CreditStatus.LOW
USING_FREE, INACTIVE = CreditStatus.USING_FREE, CreditStatus.INACTIVE
PAID, FREE = Source.PAID, Source.FREE

# paid, free (millionths), free first; status, who pays, sessions left
GATES = (
    (50 * DOLLAR + 1, 0, False, SUFFICIENT, PAID, 250),
    (50 * DOLLAR, 0, False, LOW, PAID, 250),
    (50 * DOLLAR, 500 * DOLLAR, False, LOW, PAID, 2750),
    (1, 0, False, LOW, PAID, 0),
    (0, 1, False, USING_FREE, FREE, 0),
    (0, 500 * DOLLAR, False, USING_FREE, FREE, 2500),
    (-DOLLAR, 10 * DOLLAR, False, USING_FREE, FREE, 50),
    (0, 0, False, INACTIVE, None, 0),
    (-1, 0, False, INACTIVE, None, 0),
    (100 * DOLLAR, 5 * DOLLAR, True, SUFFICIENT, FREE, 525),
    (10 * DOLLAR, 5 * DOLLAR, True, LOW, FREE, 75),
    (10 * DOLLAR, 0, True, LOW, PAID, 50),
    (0, 0, True, INACTIVE, None, 0),
)


@pytest.mark.parametrize(("paid", "free", "is_free_first", "expected", "pays_from", "left"), GATES)
def test_the_gate(
    paid: int,
    free: int,
    is_free_first: bool,
    expected: CreditStatus,
    pays_from: Source | None,
    left: int,
) -> None:
    balance = replace(BALANCE, paid_micro=paid, free_micro=free, is_free_first=is_free_first)
    answer = status.gate(balance)
    assert status.credit_status(balance) is answer.status is expected
    assert answer.may_serve is (expected is not INACTIVE)
    assert (answer.pays_from, answer.sessions_left) == (pays_from, left)
    assert answer.days_left is None


@pytest.mark.parametrize(
    ("paid", "free", "is_free_first", "reason"),
    [
        (60, 0, False, "paid credits"),
        (20, 9, False, "paid credits, running low"),
        (0, 9, False, "no paid credits left, free credits pay"),
        (60, 9, True, "free credits pay first"),
        (0, 9, True, "no paid credits left, free credits pay"),
        (60, 0, True, "paid credits"),
        (0, 0, False, "no credits left: add funds"),
    ],
)
def test_the_reason_names_what_pays(paid: int, free: int, is_free_first: bool, reason: str) -> None:
    balance = replace(
        BALANCE,
        paid_micro=paid * DOLLAR,
        free_micro=free * DOLLAR,
        is_free_first=is_free_first,
    )
    assert status.gate(balance).reason == reason


@pytest.mark.parametrize("paid", [-DOLLAR, 0, 10 * DOLLAR])
def test_a_contract_has_no_gate(paid: int) -> None:
    answer = status.gate(replace(BALANCE, paid_micro=paid, is_contract=True))
    assert answer == Gate(True, SUFFICIENT, "enterprise contract", None, None, None)


@pytest.mark.parametrize(
    ("paid", "free", "per_day", "expected"),
    [(90, 10, 10, "10.0"), (0, 1, 3, "0.3"), (-50, 20, 10, "2.0"), (0, 0, 10, "0.0")],
)
def test_days_left_at_the_present_rate(paid: int, free: int, per_day: int, expected: str) -> None:
    balance = replace(
        BALANCE,
        paid_micro=paid * DOLLAR,
        free_micro=free * DOLLAR,
        spent_per_day_micro=per_day * DOLLAR,
    )
    assert status.gate(balance).days_left == Decimal(expected)


def test_free_sessions_are_not_counted() -> None:
    answer = status.gate(replace(BALANCE, paid_micro=1, as_it_goes=Decimal(0)))
    assert answer.may_serve
    assert answer.sessions_left is None


def test_the_low_balance_limit_is_fifty() -> None:
    assert status.LOW_BALANCE_MICRO == 50 * DOLLAR


@pytest.mark.parametrize(
    ("used", "free", "serves", "left", "price"),
    [
        (0, 0, True, 2, "0"),
        (1, 0, True, 1, "0"),
        (2, 0, False, 0, "0.10"),
        (2, 99_999, True, 0, "0.10"),
        (2, 350_000, True, 3, "0.10"),
        (0, 350_000, True, 5, "0"),
    ],
)
def test_by_a_plan(used: int, free: int, serves: bool, left: int, price: str) -> None:
    plan = UsagePrice("billing_session", PerUnit(Decimal("0.10")), included=2)
    balance = replace(BALANCE, free_micro=free, plan=plan, used=used)
    gate = status.gate(balance)
    assert (gate.may_serve, gate.sessions_left) == (serves, left)
    assert balance.session_price == Decimal(price)
    assert (gate.reason == "included in the plan") == (price == "0")
