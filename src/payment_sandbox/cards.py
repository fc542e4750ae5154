"""Test cards: which numbers there are, and what becomes of those who pay with them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Conduct(StrEnum):
    """What comes of a payment. `CONFIRMS`: the bank asks for a one-time password first;
    `CONFIRMS_IN_VAIN`: and finds each one wrong. The names of declines are their codes."""

    SUCCEEDS = "succeeds"
    CONFIRMS = "confirms"
    CONFIRMS_IN_VAIN = "confirms_in_vain"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    PROCESSING_ERROR = "processing_error"
    NEEDS_BUYER = "needs_buyer"


LATER: Final = tuple(one for one in Conduct if not one.startswith(Conduct.CONFIRMS))
"""What may come of charging a saved method: nobody is there to confirm."""

REASONS: Final = {
    "declined": "The bank declined the payment.",
    "insufficient_funds": "There is not enough money in the account.",
    "expired_card": "The card has expired.",
    "processing_error": "The bank could not process the payment.",
    "needs_buyer": "The bank wants the card holder to confirm the payment.",
    "not_confirmed": "The payment was not confirmed.",
    "canceled": "The payment was canceled.",
}
"""Declines in words, by code."""


@dataclass(frozen=True)
class TestCard:
    """A number, what comes of paying with it on a page, and of charging it later."""

    number: str
    title: str
    now: Conduct
    later: Conduct = Conduct.SUCCEEDS

    @property
    def grouped(self) -> str:
        """The number as it is printed on cards."""
        sizes = (4, 6, 5) if len(self.number) == 15 else (4, 4, 4, 4)
        starts = [sum(sizes[:place]) for place in range(len(sizes))]
        parts = (self.number[at : at + size] for at, size in zip(starts, sizes, strict=True))
        return " ".join(parts)


TEST_CARDS: Final = (
    TestCard("4000000000003220", "Succeeds, after a one-time password", Conduct.CONFIRMS),
    TestCard("5555555555554444", "Succeeds, after a one-time password", Conduct.CONFIRMS),
    TestCard("4242424242424242", "Succeeds at once", Conduct.SUCCEEDS),
    TestCard("378282246310005", "Succeeds at once", Conduct.SUCCEEDS),
    TestCard("4000000000000002", "Declined", Conduct.DECLINED),
    TestCard("4000000000009995", "Insufficient funds", Conduct.INSUFFICIENT_FUNDS),
    TestCard("4000000000000069", "Expired card", Conduct.EXPIRED_CARD),
    TestCard("4000008400001629", "Every password is wrong", Conduct.CONFIRMS_IN_VAIN),
    TestCard("4000000000000119", "Processing error", Conduct.PROCESSING_ERROR),
    TestCard("4000000000006009", "Outcome unknown at first", Conduct.UNKNOWN, Conduct.UNKNOWN),
    TestCard("4000000000000341", "Declined later", Conduct.SUCCEEDS, Conduct.DECLINED),
    TestCard("4000002760003184", "Needs the buyer later", Conduct.CONFIRMS, Conduct.NEEDS_BUYER),
    TestCard("4000000000006017", "Outcome unknown later", Conduct.SUCCEEDS, Conduct.UNKNOWN),
)
BY_NUMBER: Final = {card.number: card for card in TEST_CARDS}
"""Any other number is refused: no real card belongs here."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a way to pay. Of a card never its number, nor its CVV; of a PayPal account
    its e-mail in `label`."""

    label: str
    later: str
    brand: str = ""
    last_four: str = ""
    expires_month: int = 0
    expires_year: int = 0


def digits(text: str) -> str:
    """A number as it was typed, without what people put between its digits."""
    return re.sub(r"[\s-]", "", text)


def is_number(text: str) -> bool:
    """Whether these digits can be a card's: by length and by Luhn's check digit."""
    if not re.fullmatch(r"[0-9]{12,19}", text):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def brand(number: str) -> str:
    """Whose card it is, by how it begins."""
    if number.startswith("4"):
        return "Visa"
    if re.match(r"3[47]", number):
        return "American Express"
    if re.match(r"5[1-5]|2[2-7]", number):
        return "Mastercard"
    return "Card"


def last_day(month: int, year: int) -> date:
    """A card is good through this day."""
    return date(year, month, monthrange(year, month)[1])


def keep(card: TestCard, expires: date) -> Kept:
    """What may be written down of a card."""
    name = brand(card.number)
    last_four = card.number[-4:]
    label = f"{name} •••• {last_four}"
    return Kept(label, card.later, name, last_four, expires.month, expires.year)
