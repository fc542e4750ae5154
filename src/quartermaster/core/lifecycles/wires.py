"""Money that came by bank: which order it is for, and what is for a person to decide.

Only what leaves nothing open pays an order by itself. Everything else is shown with a proposal.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from quartermaster.core.formats import creditor_reference


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that a bank has booked on an account; below zero money went out. `bank_id` is the
    bank's own name for it ("": it gives none), `text` what the payer wrote."""

    bank_id: str
    booked_date: date
    amount_minor: int
    currency: str
    text: str
    end_to_end_id: str = ""
    payer_name: str = ""
    payer_iban: str = ""

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders (public ids) that it names."""
        named = (creditor_reference.orders_in(one) for one in (self.text, self.end_to_end_id))
        return tuple(dict.fromkeys(order for several in named for order in several))


class Verdict(StrEnum):
    """What an entry is. `EXACT` alone pays its order by itself."""

    EXACT = "exact"
    PART = "part"
    OVER = "over"
    TWO_PAYERS = "two_payers"  # somebody else has paid with the same reference
    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    SEVERAL_REFERENCES = "several_references"
    WRONG_CURRENCY = "wrong_currency"
    LATE = "late"  # the order was paid otherwise, or is not to be paid any more
    RETURNED = "returned"  # money that had come went back
    PERHAPS_AGAIN = "perhaps_again"  # another file may have told of this very money before


@dataclass(frozen=True, slots=True)
class WireOrder:
    """An order by its public id. Not payable: paid, or come to nothing. `matched` are the entries
    that a person has already counted towards it."""

    order: str
    due_minor: int
    currency: str
    is_payable: bool = True
    matched: tuple[Entry, ...] = ()

    @property
    def missing_minor(self) -> int:
        """What is still to come."""
        return max(self.due_minor - sum(one.amount_minor for one in self.matched), 0)


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict, with the order where there is just one. `rest_minor` is what is too much,
    `missing_minor` what is too little; `completes`: together with what came before and what waits,
    it makes the amount, which is a proposal to whoever decides."""

    verdict: Verdict
    order: str | None = None
    rest_minor: int = 0
    missing_minor: int = 0
    completes: bool = field(default=False, kw_only=True)


def match(entry: Entry, orders: Mapping[str, WireOrder], waiting: Iterable[Entry] = ()) -> Match:
    """What an entry that is not perhaps again is, among orders by public id; `waiting` are the
    other such entries that nobody has matched. Who asks about several takes them one by one, and
    pays an exact one before the next."""
    named = entry.orders
    if len(named) > 1:
        return Match(Verdict.SEVERAL_REFERENCES)
    order = orders.get(named[0]) if named else None
    if order is None:
        return Match(Verdict.UNKNOWN_REFERENCE if named else Verdict.NO_REFERENCE)
    if entry.amount_minor < 0:
        return Match(Verdict.RETURNED, order.order)
    if entry.currency != order.currency:
        return Match(Verdict.WRONG_CURRENCY, order.order)
    if not order.is_payable:
        return Match(Verdict.LATE, order.order, rest_minor=entry.amount_minor)
    others = [one for one in waiting if one.orders == named and one.amount_minor > 0]
    return _weigh(entry, order, [one for one in others if one.currency == order.currency])


def _weigh(entry: Entry, order: WireOrder, waiting: Sequence[Entry]) -> Match:
    over = entry.amount_minor - order.missing_minor
    amounts = {"rest_minor": max(over, 0), "missing_minor": max(-over, 0)}
    together = entry.amount_minor + sum(one.amount_minor for one in waiting)
    completes = together == order.missing_minor
    if any(_differ(entry, one) for one in (*waiting, *order.matched)):
        return Match(Verdict.TWO_PAYERS, order.order, **amounts, completes=completes)
    if over == 0 and not order.matched:
        return Match(Verdict.EXACT, order.order, completes=True)
    verdict = Verdict.OVER if over > 0 else Verdict.PART
    return Match(verdict, order.order, **amounts, completes=completes)


def _differ(one: Entry, other: Entry) -> bool:
    """Whether two were certainly paid by different people."""
    if one.payer_iban and other.payer_iban:
        return one.payer_iban != other.payer_iban
    names = (" ".join(each.payer_name.casefold().split()) for each in (one, other))
    first, second = names
    return bool(first and second) and first != second


@dataclass(frozen=True, slots=True)
class Counted:
    """What an entry that a person matches does for its order: so much of it is too much, and
    whether the order is paid by it."""

    rest_minor: int
    pays: bool


def count(order: WireOrder, amount_minor: int) -> Counted:
    """Counts an amount (> 0) towards an order."""
    if not order.is_payable:
        return Counted(amount_minor, False)
    over = amount_minor - order.missing_minor
    return Counted(max(over, 0), over >= 0)


def is_perhaps_again(entry: Entry, earlier: Entry) -> bool:
    """Whether an entry that stood in another file before may be of the same money: all that both
    say agrees, but a name is missing, or the account is called otherwise."""
    if _fixed(entry) != _fixed(earlier) or _differ(entry, earlier):
        return False
    one, other = _name(entry), _name(earlier)
    if one and other and one != other:
        return False
    return bool(entry.orders) or _bare_text(entry) == _bare_text(earlier)


def _fixed(one: Entry) -> tuple[date, int, str, frozenset[str]]:
    """What every format says alike."""
    return one.booked_date, one.amount_minor, one.currency, frozenset(one.orders)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came by bank for an order, matched or not, and was not decided on: so much in all. Of
    it `unneeded_minor` is too much or too late; `missing_minor` is to come, while it can be
    paid."""

    received_minor: int
    missing_minor: int
    unneeded_minor: int


_NO_NAMES: Final = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF", "UNKNOWN"})
_NAME_SIGNS: Final = 16
"""Of a bank's name for an entry, so many stand in MT940; CAMT.053 has up to 35."""


def keys(account: str, entries: Sequence[Entry]) -> list[bytes]:
    """A key (SHA-256) for each entry of one statement, the same in every file that has it.

    What the bank calls an entry counts with its day and amount, because banks reuse names; where it
    has none, all that is known of it. Of those that are alike, the first, second, … in a statement
    are different entries: somebody has paid twice, or names differ only where MT940 has cut them.
    """
    seen: Counter[str] = Counter()
    found = []
    for one in entries:
        name = _name(one)
        what = [account, name, one.booked_date.isoformat(), one.amount_minor, one.currency]
        if not name:
            what += [_bare_text(one), _given(one.end_to_end_id), one.payer_iban]
        plain = json.dumps(what)
        seen[plain] += 1
        found.append(hashlib.sha256(f"{plain} {seen[plain]}".encode()).digest())
    return found


def _name(one: Entry) -> str:
    """What a bank calls an entry, as far as every format has it; "" if it gives no name."""
    return "".join(_given(one.bank_id)[:_NAME_SIGNS].split()).upper()


def _given(text: str) -> str:
    """A name, "" where a bank says in words that there is none."""
    return "" if "".join(text.split()).upper() in _NO_NAMES else text.strip()


def _bare_text(one: Entry) -> str:
    return "".join(one.text.split()).casefold()
