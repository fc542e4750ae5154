"""Disputes of a payment, together."""

import pytest

from quartermaster.core.lifecycles.disputes import Dispute, standing


@pytest.mark.parametrize(
    ("disputed", "lost", "noted", "found"),
    [
        (0, 0, 0, None),
        (0, 0, 5, None),
        (5, 0, 0, Dispute.OPEN),
        (5, 5, 0, Dispute.LOST),
        (5, 5, 4, Dispute.LOST),
        (5, 5, 5, Dispute.NOTED),
        (5, 5, 9, Dispute.NOTED),
        (5, 2, 0, Dispute.LOST),
        (5, 2, 2, Dispute.OPEN),
    ],
)
def test_what_is_to_be_done_first(
    disputed: int, lost: int, noted: int, found: Dispute | None
) -> None:
    assert standing(disputed, lost, noted) is found
