"""The order in which credit is used and given back."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.ledger import credits
from quartermaster.core.ledger.credits import (
    FREE_FIRST,
    PAID_FIRST,
    Draw,
    Funding,
    Lot,
    Part,
    Purse,
    Source,
)

AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PAID, FREE = Source.PAID, Source.FREE


def paid(number: int, remaining: int, used: int = 0, days: int | None = None) -> Lot:
    """A paid lot that expires in so many days."""
    return Lot(number, PAID, remaining, used, None if days is None else AT + days * DAY)


def free(number: int, remaining: int, used: int = 0, days: int = 90) -> Lot:
    """A free lot that expires in so many days."""
    return Lot(number, FREE, remaining, used, AT + days * DAY)


def purse(*lots: Lot, debt: int = 0, order: tuple[Source, Source] = PAID_FIRST) -> Purse:
    """A purse of these lots whose free lots only this bot has drawn on."""
    drawn = sum(lot.used_micro for lot in lots if lot.source is FREE)
    ordered = credits.in_order(lots, order, AT)
    stack = [Draw(lot.id, lot.used_micro) for lot in ordered if lot.used_micro]
    stack += [Draw(None, debt)] if debt else []
    return Purse(ordered, debt, drawn, stack)


def drawn(purse: Purse, *amounts: int) -> list[tuple[int, int | None, int]]:
    """Settles the amounts: (amount's index, lot or None for debt, piece) of each part."""
    return [
        (part.index, part.lot, part.amount_micro) for part in credits.settle(purse, amounts, AT)
    ]


def balances(purse: Purse) -> tuple[object, ...]:
    """All that a purse holds, to be compared: each free lot, and the wallet as a whole."""
    free_lots = tuple(
        (lot.id, lot.remaining_micro, lot.used_micro) for lot in purse.lots if lot.source is FREE
    )
    wallet = sum(lot.remaining_micro for lot in purse.lots if lot.source is PAID)
    return (free_lots, wallet - purse.debt_micro, purse.free_drawn_micro)


LOTS = (free(1, 10), free(2, 10, days=30), paid(3, 10), paid(4, 10, days=60), paid(5, 10, days=60))


def test_paid_first_then_by_expiry_and_age() -> None:
    assert [lot.id for lot in credits.in_order(LOTS, PAID_FIRST, AT)] == [4, 5, 3, 2, 1]


def test_the_operator_may_set_free_first() -> None:
    assert [lot.id for lot in credits.in_order(LOTS, FREE_FIRST, AT)] == [2, 1, 4, 5, 3]


def test_what_has_expired_comes_last() -> None:
    lots = (paid(1, 10, days=0), paid(2, 10, days=1), free(3, 10))
    assert [lot.id for lot in credits.in_order(lots, PAID_FIRST, AT)] == [2, 3, 1]


@pytest.mark.parametrize(
    ("at", "expired"),
    [(AT - timedelta(microseconds=1), False), (AT, True), (AT + DAY, True)],
)
def test_a_lot_gives_nothing_from_its_expiry_on(at: datetime, expired: bool) -> None:
    assert credits.is_expired(paid(1, 10, days=0), at) is expired
    assert not credits.is_expired(paid(1, 10), at)


def test_one_charge_may_split_over_both() -> None:
    mine = purse(paid(1, 150_000), free(2, 500_000))
    assert drawn(mine, 200_000) == [(0, 1, 150_000), (0, 2, 50_000)]
    assert mine.free_drawn_micro == 50_000


def test_a_charge_stays_within_its_lot_where_it_can() -> None:
    mine = purse(paid(1, 30, days=1), paid(2, 30))
    assert drawn(mine, 20, 20, 20) == [(0, 1, 20), (1, 1, 10), (1, 2, 10), (2, 2, 20)]


def test_a_charge_beyond_all_credit_is_debt_of_the_paid_wallet() -> None:
    mine = purse(paid(1, 5), free(2, 5))
    assert list(credits.settle(mine, [12], AT))[-1] == Part(0, PAID, None, 2)
    assert mine.debt_micro == 2
    assert drawn(mine, 3) == [(0, None, 3)]


def test_what_is_given_back_leaves_in_the_opposite_order() -> None:
    mine = purse(paid(1, 5), free(2, 5))
    before = balances(mine)
    drawn(mine, 12)
    assert drawn(mine, -12) == [(0, None, -2), (0, 2, -5), (0, 1, -5)]
    assert balances(mine) == before


def test_what_came_back_is_used_again_first() -> None:
    mine = purse(paid(1, 5), paid(2, 5))
    assert drawn(mine, 8) == [(0, 1, 5), (0, 2, 3)]
    assert drawn(mine, -4) == [(0, 2, -3), (0, 1, -1)]
    assert drawn(mine, 2) == [(0, 1, 1), (0, 2, 1)]


def test_the_newest_draws_are_undone_whatever_their_place_in_the_order() -> None:
    """Free credit paid first; then funds came. What the funds paid goes back to the funds."""
    mine = purse(free(1, 5))
    drawn(mine, 2)
    mine.lots, mine.undone = credits.in_order([*mine.lots, paid(2, 100)], PAID_FIRST, AT), []
    assert drawn(mine, 3) == [(0, 2, 3)]
    assert drawn(mine, -4) == [(0, 2, -3), (0, 1, -1)]
    assert drawn(mine, 2) == [(0, 1, 1), (0, 2, 1)]


def test_debt_that_came_back_is_the_wallets_again() -> None:
    mine = purse(free(1, 5), debt=4)
    assert drawn(mine, -3) == [(0, None, -3)]
    assert drawn(mine, 5) == [(0, None, 3), (0, 1, 2)]


def test_a_bot_gets_back_no_more_free_credit_than_it_drew() -> None:
    lots = [paid(1, 0, used=10), free(2, 0, used=50)]
    mine = Purse(lots, free_drawn_micro=3, drawn=[Draw(1, 10), Draw(2, 3)])
    assert drawn(mine, -5) == [(0, 2, -3), (0, 1, -2)]


def test_more_than_was_ever_drawn_cannot_come_back() -> None:
    with pytest.raises(InvariantBroken, match="ever drawn"):
        credits.settle(purse(paid(1, 5, used=5)), [-6], AT)


def test_what_a_correction_replaces_does_not_go_to_a_lot_that_has_expired() -> None:
    mine = purse(paid(1, 400, used=100), free(2, 0, used=500, days=-1))
    assert drawn(mine, -60, 60) == [(1, 1, 60), (0, 1, -60)]
    assert drawn(mine, -120) == [(0, 2, -120)]


def test_nothing_changes_nothing() -> None:
    mine = purse(paid(1, 5))
    assert drawn(mine) == drawn(mine, 0) == []
    assert balances(mine) == balances(purse(paid(1, 5)))


@pytest.mark.parametrize(
    ("amount", "debt", "expected"),
    [(100, 0, (0, 100)), (100, 30, (30, 70)), (100, 100, (100, 0)), (20, 30, (20, 0))],
)
def test_new_funds_settle_debt_first(amount: int, debt: int, expected: tuple[int, int]) -> None:
    assert credits.fund(amount, debt) == Funding(*expected)


_orders = st.sampled_from((PAID_FIRST, FREE_FIRST))
_amounts = st.lists(st.integers(-30, 30), max_size=12)


@st.composite
def purses(draw: st.DrawFn) -> Purse:
    """Any purse: used from the front or, as lots that came later make it, with gaps. Where there is
    debt nothing paid is left, for funds settle debt first."""
    sizes = st.integers(0, 20)
    debt = draw(sizes)
    lots = []
    for number in range(1, 1 + draw(st.integers(0, 5))):
        days = draw(st.sampled_from((None, 1, 1, 2, 3)))
        source = draw(st.sampled_from(Source))
        expires = None if days is None else AT + days * DAY
        left = 0 if debt and source is PAID else draw(sizes)
        lots.append(Lot(number, source, left, draw(sizes), expires))
    return purse(*lots, debt=debt, order=draw(_orders))


def used(purse: Purse) -> int:
    """All that was ever drawn."""
    return sum(draw.amount_micro for draw in purse.drawn)


def feasible(purse: Purse, amounts: list[int]) -> list[int]:
    """The amounts without those that would give back more than was drawn before them."""
    total, kept = used(purse), []
    for amount in amounts:
        if total + amount >= 0:
            total += amount
            kept.append(amount)
    return kept


@given(purses(), _amounts)
@settings(max_examples=100, deadline=None)
def test_the_parts_of_an_amount_sum_to_it(mine: Purse, amounts: list[int]) -> None:
    amounts = feasible(mine, amounts)
    total = used(mine) + sum(amounts)
    sizes = [lot.remaining_micro + lot.used_micro for lot in mine.lots]
    parts = list(credits.settle(mine, amounts, AT))
    for index, amount in enumerate(amounts):
        pieces = [part.amount_micro for part in parts if part.index == index]
        assert sum(pieces) == amount
        assert all(piece * amount > 0 for piece in pieces)
    assert used(mine) == total
    assert [lot.remaining_micro + lot.used_micro for lot in mine.lots] == sizes
    assert all(min(lot.remaining_micro, lot.used_micro) >= 0 for lot in mine.lots)
    assert min(mine.debt_micro, mine.free_drawn_micro) >= 0


@given(purses(), _amounts)
@settings(max_examples=100, deadline=None)
def test_the_parts_tell_what_changed(mine: Purse, amounts: list[int]) -> None:
    before = deepcopy(mine)
    moved = dict.fromkeys([None, *(lot.id for lot in mine.lots)], 0)
    source = {None: PAID} | {lot.id: lot.source for lot in mine.lots}
    for part in credits.settle(mine, feasible(mine, amounts), AT):
        moved[part.lot] += part.amount_micro
        assert part.source is source[part.lot]
    for earlier, later in zip(before.lots, mine.lots, strict=True):
        assert earlier.remaining_micro - later.remaining_micro == moved[earlier.id]
    assert mine.debt_micro - before.debt_micro == moved[None]


@given(st.data(), purses(), _amounts)
@settings(max_examples=150, deadline=None)
def test_the_order_of_charges_and_withdrawals_never_matters(
    data: st.DataObject, mine: Purse, amounts: list[int]
) -> None:
    amounts = feasible(mine, amounts)
    shuffled = data.draw(st.permutations(amounts))
    if feasible(mine, shuffled) != shuffled:
        shuffled = sorted(amounts, reverse=True)
    again = deepcopy(mine)
    credits.settle(mine, amounts, AT)
    for amount in shuffled:
        credits.settle(again, [amount], AT)
    assert balances(again) == balances(mine)


@given(purses(), _amounts, _orders)
@settings(max_examples=100, deadline=None)
def test_from_a_fresh_purse_only_the_net_amount_matters(
    mine: Purse, amounts: list[int], order: tuple[Source, Source]
) -> None:
    fresh = purse(
        *(Lot(lot.id, lot.source, lot.remaining_micro, 0, lot.expires_at) for lot in mine.lots),
        order=order,
    )
    at_once = deepcopy(fresh)
    amounts = feasible(fresh, amounts)
    credits.settle(fresh, amounts, AT)
    credits.settle(at_once, [sum(amounts)], AT)
    assert balances(fresh) == balances(at_once)


@given(st.data(), st.lists(st.integers(0, 30), max_size=3), _orders)
@settings(max_examples=60, deadline=None)
def test_no_front_is_left_before_a_later_lot_is_drawn(
    data: st.DataObject, amounts: list[int], order: tuple[Source, Source]
) -> None:
    mine = data.draw(purses())
    mine.lots = credits.in_order(mine.lots, order, AT)
    parts = list(credits.settle(mine, amounts, AT))
    places = {lot.id: place for place, lot in enumerate(mine.lots)}
    reached = max((places.get(part.lot, len(mine.lots)) for part in parts), default=0)
    assert all(lot.remaining_micro == 0 for lot in mine.lots[:reached])


@given(purses(), _amounts, st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_an_expired_lot_is_never_drawn(mine: Purse, amounts: list[int], days: int) -> None:
    later = AT + days * DAY
    mine.lots = credits.in_order(mine.lots, PAID_FIRST, later)
    before = {lot.id: lot.remaining_micro for lot in mine.lots}
    credits.settle(mine, feasible(mine, amounts), later)
    for lot in mine.lots:
        assert not credits.is_expired(lot, later) or lot.remaining_micro >= before[lot.id]


@pytest.mark.parametrize(
    ("paid", "free", "expected"),
    [
        (200_000, 0, "paid"),
        (0, 200_000, "free"),
        (50_000, 150_000, "paid and free"),
        (0, 0, "nobody"),
        (-200_000, 0, "paid"),
    ],
)
def test_who_paid_in_a_word(paid: int, free: int, expected: str) -> None:
    assert credits.payer(paid, free) == expected
