"""Ids as the outside has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name, UnknownId


@given(st.sampled_from(Name), st.integers(1, 10**18 - 1))
def test_what_is_written_is_read(name: Name, number: int) -> None:
    assert public_ids.read(public_ids.of(name, number), *Name) == (name, number)


@given(st.text(max_size=30))
def test_whatever_is_read_is_written_so(text: str) -> None:
    try:
        found = public_ids.read(text, *Name)
    except UnknownId:
        return
    assert public_ids.of(*found) == text


@pytest.mark.parametrize(
    "text",
    ["", "7", "chg", "chg_", "chg_0", "chg_07", "chg_-7", "chg_7 ", "CHG_7", "chg_٣", "trf_7",
     "xyz_7", "chg_7\n", "chg_" + "9" * 19],
)  # fmt: skip
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(UnknownId) as no:
        public_ids.read(text, Name.CHARGE, Name.LOT, field="charge")
    assert str(no.value).endswith("is no id such as chg_1 or lot_1")
    assert (no.value.code, no.value.kind, no.value.field) == ("not_found", "missing", "charge")


def test_the_answer_to_a_long_text_is_short() -> None:
    with pytest.raises(UnknownId) as no:
        public_ids.read("x" * 10_000, Name.CHARGE)
    assert len(str(no.value)) < 100


def test_names_differ() -> None:
    assert [str(name) for name in Name] == ["ses", "chg", "trf", "lot", "prc", "smo"]
