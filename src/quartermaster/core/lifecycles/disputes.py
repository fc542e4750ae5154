"""What a buyer's bank calls back, as far as it is decided and noted."""

from enum import StrEnum


class Dispute(StrEnum):
    """`LOST`: decided against us, and not noted yet that the money went back."""

    OPEN = "open"
    LOST = "lost"
    NOTED = "noted"


def standing(disputed_minor: int, lost_minor: int, noted_minor: int) -> Dispute | None:
    """Of a payment, all its disputes together: what is to be done first. None: there is none.
    `noted_minor` went back by ways of others."""
    if lost_minor > noted_minor:
        return Dispute.LOST
    if disputed_minor > lost_minor:
        return Dispute.OPEN
    return Dispute.NOTED if disputed_minor else None
