"""Numbers of invoices."""

import pytest

from quartermaster.core.invoices import numbers
from quartermaster.core.invoices.numbers import BadPrefix


def test_numbers_are_shown_with_their_series() -> None:
    assert numbers.shown(numbers.series("QM", False), 123) == "QM-000123"
    assert numbers.shown(numbers.series("QM", True), 1_234_567) == "TEST-QM-1234567"


@pytest.mark.parametrize(
    "prefix", ["", "qm", "QM-", "A-B-C", "ABCDEFGHIJKLM", "TEST-QM", "TEST", "Q M"]
)
def test_a_prefix_is_short_and_plain(prefix: str) -> None:
    with pytest.raises(BadPrefix):
        numbers.checked(prefix)


def test_two_groups_will_do() -> None:
    assert numbers.checked("QM-DE") == "QM-DE"
