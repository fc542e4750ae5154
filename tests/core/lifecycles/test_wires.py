"""What came by bank, and what it is for."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Counted, Entry, Match, Verdict, WireOrder

ORDER, OTHER, STRANGE = (f"ord_{digit * 20}" for digit in "123")
REF, OTHER_REF, STRANGE_REF = map(creditor_reference.of, (ORDER, OTHER, STRANGE))
DAY = date(2026, 11, 20)
ANN, BOB = "DE89370400440532013000", "GB29NWBK60161331926819"


def entry(amount: int = 100, text: str = REF, **fields: Any) -> Entry:
    """From Ann, unless said otherwise."""
    return Entry("", DAY, amount, **({"currency": "USD", "payer_iban": ANN} | fields), text=text)


def orders(**changes: Any) -> dict[str, WireOrder]:
    """100 are due for the one, 50 for the other."""
    due = replace(WireOrder(ORDER, 100, "USD"), **changes)
    return {ORDER: due, OTHER: WireOrder(OTHER, 50, "USD")}


@pytest.mark.parametrize(
    ("came", "changes", "waiting", "answer"),
    [
        (entry(), {}, [], Match(Verdict.EXACT, ORDER, completes=True)),
        (entry(text="", end_to_end_id=REF), {}, [], Match(Verdict.EXACT, ORDER, completes=True)),
        (entry(end_to_end_id=REF), {}, [], Match(Verdict.EXACT, ORDER, completes=True)),
        (entry(50, OTHER_REF), {}, [entry()], Match(Verdict.EXACT, OTHER, completes=True)),
        (entry(99), {}, [], Match(Verdict.PART, ORDER, missing_minor=1)),
        (entry(101), {}, [], Match(Verdict.OVER, ORDER, rest_minor=1)),
        (entry(text="thanks"), {}, [], Match(Verdict.NO_REFERENCE)),
        (entry(text=f"{REF[:-1]}0"), {}, [], Match(Verdict.NO_REFERENCE)),
        (entry(text=STRANGE_REF), {}, [], Match(Verdict.UNKNOWN_REFERENCE)),
        (entry(text=f"{REF} {OTHER_REF}"), {}, [], Match(Verdict.SEVERAL_REFERENCES)),
        (entry(end_to_end_id=OTHER_REF), {}, [], Match(Verdict.SEVERAL_REFERENCES)),
        (entry(currency="EUR"), {}, [], Match(Verdict.WRONG_CURRENCY, ORDER)),
        (entry(), {"is_payable": False}, [], Match(Verdict.LATE, ORDER, rest_minor=100)),
        (entry(-100), {"is_payable": False}, [], Match(Verdict.RETURNED, ORDER)),
        (entry(-100), {}, [], Match(Verdict.RETURNED, ORDER)),
    ],
)
def test_a_single_entry(
    came: Entry, changes: dict[str, Any], waiting: list[Entry], answer: Match
) -> None:
    assert wires.match(came, orders(**changes), waiting) == answer


@pytest.mark.parametrize(
    ("came", "changes", "waiting", "answer"),
    [
        # parts that together make the amount are proposed, never taken for granted
        (entry(40), {}, [entry(60)], Match(Verdict.PART, ORDER, missing_minor=60, completes=True)),
        (entry(40), {}, [entry(50)], Match(Verdict.PART, ORDER, missing_minor=60)),
        (entry(40), {}, [entry(60, currency="EUR")], Match(Verdict.PART, ORDER, missing_minor=60)),
        (entry(40), {}, [entry(60, OTHER_REF)], Match(Verdict.PART, ORDER, missing_minor=60)),
        (entry(40), {"matched": (entry(60),)}, [], Match(Verdict.PART, ORDER, completes=True)),
        (entry(41), {"matched": (entry(60),)}, [], Match(Verdict.OVER, ORDER, rest_minor=1)),
        (entry(39), {"matched": (entry(60),)}, [], Match(Verdict.PART, ORDER, missing_minor=1)),
        # the same payer twice: the first pays, the second is late once it has
        (entry(), {}, [entry()], Match(Verdict.EXACT, ORDER, completes=True)),
        # two payers, one reference
        (entry(), {}, [entry(payer_iban=BOB)], Match(Verdict.TWO_PAYERS, ORDER)),
        (
            entry(40),
            {},
            [entry(60, payer_iban=BOB)],
            Match(Verdict.TWO_PAYERS, ORDER, missing_minor=60, completes=True),
        ),
        (
            entry(40),
            {"matched": (entry(60, payer_iban=BOB),)},
            [],
            Match(Verdict.TWO_PAYERS, ORDER, completes=True),
        ),
        (
            entry(payer_iban="", payer_name="Ann  Lee"),
            {},
            [entry(payer_name="ANN LEE")],
            Match(Verdict.EXACT, ORDER, completes=True),
        ),
        (
            entry(payer_iban="", payer_name="Ann Lee"),
            {},
            [entry(payer_name="Bob")],
            Match(Verdict.TWO_PAYERS, ORDER),
        ),
        (entry(payer_iban=""), {}, [entry()], Match(Verdict.EXACT, ORDER, completes=True)),
        (
            entry(),
            {"is_payable": False},
            [entry(payer_iban=BOB)],
            Match(Verdict.LATE, ORDER, rest_minor=100),
        ),
    ],
)
def test_among_others(
    came: Entry, changes: dict[str, Any], waiting: list[Entry], answer: Match
) -> None:
    assert wires.match(came, orders(**changes), waiting) == answer


amounts = st.sampled_from((-100, 1, 40, 50, 60, 99, 100, 101, 160))
entries = st.builds(
    entry,
    amounts,
    st.sampled_from((REF, OTHER_REF, STRANGE_REF, "", f"{REF} {OTHER_REF}", f"ref {REF.lower()}")),
    currency=st.sampled_from(("USD", "USD", "EUR")),
    payer_iban=st.sampled_from((ANN, BOB, "")),
)


@given(
    came=entries,
    waiting=st.lists(entries, max_size=4),
    matched=st.lists(st.builds(entry, st.sampled_from((10, 40, 90))), max_size=2),
    is_payable=st.booleans(),
)
def test_only_what_leaves_nothing_open_pays_by_itself(
    came: Entry, waiting: list[Entry], matched: list[Entry], is_payable: bool
) -> None:
    open_orders = orders(matched=tuple(matched), is_payable=is_payable)
    found = wires.match(came, open_orders, waiting)
    assert wires.match(came, open_orders, waiting[::-1]) == found
    if found.verdict is Verdict.EXACT:
        assert found.order is not None
        order = open_orders[found.order]
        assert order.is_payable
        assert (came.amount_minor, came.currency) == (order.due_minor, order.currency)
        assert not order.matched
        rivals = [one for one in waiting if one.orders == came.orders and one.amount_minor > 0]
        payers = {one.payer_iban for one in rivals if one.currency == "USD"} - {""}
        assert not came.payer_iban or payers <= {came.payer_iban}
    if found.verdict in (Verdict.PART, Verdict.OVER, Verdict.TWO_PAYERS):
        assert found.order is not None
        missing = open_orders[found.order].missing_minor
        assert came.amount_minor == missing + found.rest_minor - found.missing_minor
    assert bool(found.order) is (len(came.orders) == 1 and STRANGE not in came.orders)


@pytest.mark.parametrize(
    ("amount", "changes", "counted"),
    [
        (100, {}, Counted(0, True)),
        (60, {}, Counted(0, False)),
        (130, {}, Counted(30, True)),
        (40, {"matched": (entry(60),)}, Counted(0, True)),
        (50, {"matched": (entry(60),)}, Counted(10, True)),
        (100, {"is_payable": False}, Counted(100, False)),
    ],
)
def test_what_a_person_matches_counts(
    amount: int, changes: dict[str, Any], counted: Counted
) -> None:
    assert wires.count(orders(**changes)[ORDER], amount) == counted


def named(bank_id: str, amount: int = 100, text: str = "", **fields: Any) -> Entry:
    return replace(entry(amount, text, **fields), bank_id=bank_id)


def test_the_banks_name_is_an_entry_whatever_the_format_makes_of_its_text() -> None:
    (first,) = wires.keys("DE1", [named("B-1", text="rent")])
    assert wires.keys("DE1", [named(" b-1", text="RENT  for May", payer_iban="")]) == [first]
    others = [named("B-2"), named("B-1", 99), named("B-1", currency="EUR"), named("NONREF")]
    assert first not in wires.keys("DE1", others)
    assert wires.keys("DE2", [named("B-1")]) != [first]


@pytest.mark.parametrize("bank_id", ["", "NONREF", "NOTPROVIDED", "not provided", "B-1"])
def test_alike_twice_in_a_statement_are_two_and_in_two_files_still_two(bank_id: str) -> None:
    twice = [named(bank_id, text="a"), named(bank_id, text="a")]
    found = wires.keys("DE1", twice)
    assert len(set(found)) == 2
    assert wires.keys("DE1", [*twice, named("x")])[:2] == found
    if bank_id != "B-1":
        assert wires.keys("DE1", [named(bank_id, text="b")])[0] not in found
        assert wires.keys("DE1", [named("", text="A ")]) == found[:1]


def test_a_name_is_the_same_as_far_as_mt940_has_it() -> None:
    long = "2026112000012345678901234567890ABCD"
    (key,) = wires.keys("DE1", [named(long)])
    assert wires.keys("DE1", [named(long[:16])]) == [key]
    assert wires.keys("DE1", [named(long[:15])]) != [key]
    assert wires.keys("DE1", [named("AB 1234567 890123")]) == wires.keys(
        "DE1", [named("AB 1234567 89012")]
    )


def test_names_that_differ_only_behind_the_cut_are_two_in_both_formats() -> None:
    whole = [named("20261120000123451"), named("20261120000123452"), named("2026112000012", 5)]
    found = wires.keys("DE1", whole)
    assert len(set(found)) == 3
    assert wires.keys("DE1", [replace(one, bank_id=one.bank_id[:16]) for one in whole]) == found


@pytest.mark.parametrize("end", ["NOTPROVIDED", "not provided", ""])
def test_an_end_to_end_name_that_is_none_is_none(end: str) -> None:
    assert wires.keys("DE1", [named("", text="a", end_to_end_id=end)]) == wires.keys(
        "DE1", [named("", text="A")]
    )


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, True),
        ({"text": f"other words {REF}"}, True),
        ({"payer_iban": ""}, True),
        ({"bank_id": "B-2"}, False),
        ({"amount_minor": 99}, False),
        ({"currency": "EUR"}, False),
        ({"booked_date": date(2026, 11, 21)}, False),
        ({"payer_iban": BOB}, False),
        ({"text": OTHER_REF}, False),
        ({"text": "no reference"}, False),
    ],
)
def test_what_may_have_been_told_before(changes: dict[str, Any], answer: bool) -> None:
    first = named("B-1", text=REF)
    assert wires.is_perhaps_again(replace(first, **({"bank_id": ""} | changes)), first) is answer


def test_without_a_reference_the_words_tell() -> None:
    first = named("", text="for May")
    assert wires.is_perhaps_again(named("B-1", text="FOR MAY"), first)
    assert not wires.is_perhaps_again(named("B-1", text="for June"), first)


@given(st.lists(entries, max_size=6), st.randoms())
def test_keys_do_not_depend_on_the_order_of_a_statement(several: list[Entry], mix: Any) -> None:
    shuffled = several[:]
    mix.shuffle(shuffled)
    assert sorted(wires.keys("DE1", shuffled)) == sorted(wires.keys("DE1", several))
