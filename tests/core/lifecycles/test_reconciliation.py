"""Two books side by side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.reconciliation import Booked, Fault, compare

PAID = Booked("pay_1", "ref-1", Outcome.SUCCEEDED, 10_000, "USD")
DECLINED = replace(PAID, outcome=Outcome.DECLINED)
UNKNOWN = replace(PAID, outcome=Outcome.UNKNOWN)
LOST = replace(PAID, lost_minor=60)


@pytest.mark.parametrize(
    ("ours", "theirs", "faults"),
    [
        (PAID, PAID, []),
        (PAID, replace(PAID, key=""), []),
        (PAID, replace(PAID, reference="other"), []),
        (PAID, None, [Fault.NOT_THERE]),
        (None, PAID, [Fault.NOT_HERE]),
        (DECLINED, None, []),
        (UNKNOWN, None, []),
        (None, DECLINED, []),
        (None, UNKNOWN, []),
        (DECLINED, PAID, [Fault.OUTCOME]),
        (PAID, DECLINED, [Fault.OUTCOME]),
        (UNKNOWN, PAID, []),
        (PAID, replace(PAID, amount_minor=9_999), [Fault.AMOUNT]),
        (PAID, replace(PAID, currency="EUR"), [Fault.AMOUNT]),
        (PAID, replace(PAID, refunded_minor=1), [Fault.REFUNDED]),
        (
            PAID,
            replace(PAID, amount_minor=1, refunded_minor=1),
            [Fault.AMOUNT, Fault.REFUNDED],
        ),
        (LOST, PAID, [Fault.LOST]),
        (replace(LOST, refunded_minor=20), PAID, [Fault.LOST]),
        (replace(LOST, refunded_minor=60), PAID, []),
        (replace(LOST, refunded_minor=61), PAID, [Fault.REFUNDED]),
        (replace(LOST, refunded_minor=70), replace(PAID, refunded_minor=10), []),
        (replace(LOST, refunded_minor=10), replace(PAID, refunded_minor=10), [Fault.LOST]),
        (replace(LOST, refunded_minor=60, refunding_minor=5), PAID, []),
        (
            replace(LOST, refunded_minor=60, refunding_minor=5),
            replace(PAID, refunded_minor=5),
            [],
        ),
    ],
)
def test_what_is_told(ours: Booked | None, theirs: Booked | None, faults: list[Fault]) -> None:
    found = compare([ours] if ours else [], [theirs] if theirs else [])
    assert [one.fault for one in found] == faults


BOOKED = st.builds(
    Booked,
    st.sampled_from([f"pay_{number}" for number in range(6)]),
    st.just(""),
    st.sampled_from(list(Outcome)),
    st.integers(1, 3),
    st.just("USD"),
    st.integers(0, 1),
)
BOOK = st.lists(BOOKED, unique_by=lambda one: one.key)


@given(BOOK)
def test_a_book_agrees_with_itself_in_any_order(book: list[Booked]) -> None:
    assert compare(book, reversed(book)) == []


@given(BOOK, BOOK)
def test_what_succeeded_on_one_side_only_is_always_told(
    ours: list[Booked], theirs: list[Booked]
) -> None:
    def paid(book: list[Booked]) -> dict[str, Booked]:
        return {one.key: one for one in book if one.outcome is Outcome.SUCCEEDED}

    unknown = {one.key for one in (*ours, *theirs) if one.outcome is Outcome.UNKNOWN}
    told = {each.key for one in compare(ours, theirs) if (each := one.ours or one.theirs)}
    assert paid(ours).keys() ^ paid(theirs).keys() <= told | unknown
