"""References made of orders, and found again in what banks make of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.formats import creditor_reference

ORDER = "ord_0123456789abcdef0123"
REFERENCE = creditor_reference.of(ORDER)
orders = st.text("0123456789abcdef", min_size=20, max_size=20).map("ord_".__add__)


def check_digits(body: str) -> int:
    """The standard's own words: letters to numbers, `RF00` behind, 98 less the rest by 97."""
    digits = "".join(str("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(one)) for one in body)
    return 98 - int(digits + "271500") % 97


def test_the_check_digits_are_those_of_the_standard() -> None:
    assert check_digits("539007547034") == 18  # RF18 5390 0754 7034, as banks explain it
    assert f"RF{check_digits('0123456789ABCDEF0123'):02}0123456789ABCDEF0123" == REFERENCE
    assert creditor_reference.printed("RF180123456789") == "RF18 0123 4567 89"


@pytest.mark.parametrize("order", ["", "ord_", "ord_0123456789abcdef012", "ord_Z" + "0" * 19])
def test_only_orders_have_one(order: str) -> None:
    with pytest.raises(ValueError, match="no public id"):
        creditor_reference.of(order)


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        REFERENCE.lower(),
        creditor_reference.printed(REFERENCE),
        f"Invoice 4711, Ref.: {creditor_reference.printed(REFERENCE)} thank you",
        f"/ROC/{REFERENCE}//URI/",
        f"{REFERENCE[:9]}\n{REFERENCE[9:]}",
        f"{REFERENCE[:3]}\r\n {REFERENCE[3:20]}-{REFERENCE[20:]}",
        f"RF{REFERENCE}",
        f"{REFERENCE}{REFERENCE}",
        REFERENCE.translate({ord(one): chr(ord(one) + 0xFEE0) for one in "0123456789RF"}),
        f"RF18539007547034 {REFERENCE}",
    ],
)
def test_it_is_found_in_whatever_was_written(text: str) -> None:
    assert creditor_reference.orders_in(text) == (ORDER,)


@pytest.mark.parametrize("text", ["", "RF", "RF18539007547034", REFERENCE[:-1], ORDER, "٣" * 30])
def test_what_is_none_is_none(text: str) -> None:
    assert creditor_reference.orders_in(text) == ()


def test_several_are_several() -> None:
    other = "ord_" + "f" * 20
    text = f"{creditor_reference.of(other)}, {REFERENCE}, {REFERENCE}"
    assert creditor_reference.orders_in(text) == (other, ORDER)


@given(order=orders, before=st.text(max_size=30), cuts=st.lists(st.integers(0, 24), max_size=5))
def test_any_order_is_found_again(order: str, before: str, cuts: list[int]) -> None:
    reference = creditor_reference.of(order)
    assert len(reference) == 24 <= 25
    for cut in sorted(cuts, reverse=True):
        reference = f"{reference[:cut]} \n{reference[cut:]}"
    assert order in creditor_reference.orders_in(f"{before} {reference.swapcase()}")


KINDS = ("0123456789", "ABCDEF")


@given(order=orders, place=st.integers(2, 23), by=st.integers(1, 9))
def test_a_wrong_digit_or_letter_is_noticed(order: str, place: int, by: int) -> None:
    reference = creditor_reference.of(order)
    kind = next(kind for kind in KINDS if reference[place] in kind)
    wrong = kind[(kind.index(reference[place]) + by) % len(kind)]
    mistyped = reference[:place] + wrong + reference[place + 1 :]
    assert mistyped == reference or creditor_reference.orders_in(mistyped) == ()


@given(order=orders, place=st.integers(4, 22))
def test_two_swapped_digits_or_letters_are_noticed(order: str, place: int) -> None:
    reference = creditor_reference.of(order)
    pair = reference[place : place + 2]
    if any(pair[0] in kind and pair[1] in kind for kind in KINDS) and pair[0] != pair[1]:
        swapped = reference[:place] + pair[::-1] + reference[place + 2 :]
        assert creditor_reference.orders_in(swapped) == ()


@pytest.mark.parametrize("digits", ["00", "01", "99"])
def test_check_digits_are_never_these(digits: str) -> None:
    """Though they leave the same remainder as 97, 98 and 02."""
    same = {"00": 97, "01": 98, "99": 2}[digits]
    bodies = (f"{number:020X}" for number in range(10_000))
    body = next(one for one in bodies if check_digits(one) == same)
    assert creditor_reference.orders_in(f"RF{same:02}{body}")
    assert creditor_reference.orders_in(f"RF{digits}{body}") == ()
