"""Our payments beside the provider's: what the two do not agree on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from quartermaster.core.lifecycles.orders import Outcome


class Fault(StrEnum):
    """How two books differ. `NOT_HERE`: only the provider has it; `NOT_THERE`: only we have it.
    `LOST`: a dispute was, and it is not noted here that the money went back."""

    NOT_HERE = "not_here"
    NOT_THERE = "not_there"
    OUTCOME = "outcome"
    AMOUNT = "amount"
    REFUNDED = "refunded"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment as one of the two has it. `key` is our public id; "" where the provider does not
    tell it. Of `refunding_minor` it is not known whether it went back. `lost_minor` went by lost
    disputes, which no report has: we know of them by notices."""

    key: str
    reference: str
    outcome: Outcome
    amount_minor: int
    currency: str
    refunded_minor: int = 0
    refunding_minor: int = 0
    lost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong with a payment, and what each has of it (None: nothing)."""

    fault: Fault
    ours: Booked | None
    theirs: Booked | None


def compare(ours: Iterable[Booked], theirs: Iterable[Booked]) -> list[Difference]:
    """All differences, ours in their order and then what only the provider has. A payment that came
    to nothing may be missing; one that is unknown on either side may yet become anything."""
    left = list(theirs)
    by_key = {one.key: one for one in left if one.key}
    by_reference = {one.reference: one for one in left if one.reference}
    seen: set[int] = set()
    found: list[Difference] = []
    for one in ours:
        there = by_key.get(one.key) or by_reference.get(one.reference)
        if there is not None:
            seen.add(id(there))
            found.extend(_between(one, there))
        elif one.outcome is Outcome.SUCCEEDED:
            found.append(Difference(Fault.NOT_THERE, one, None))
    for there in left:
        if id(there) not in seen and there.outcome is Outcome.SUCCEEDED:
            found.append(Difference(Fault.NOT_HERE, None, there))
    return found


def _between(ours: Booked, theirs: Booked) -> Iterator[Difference]:
    outcomes = {ours.outcome, theirs.outcome}
    if Outcome.UNKNOWN not in outcomes and len(outcomes) > 1:
        yield Difference(Fault.OUTCOME, ours, theirs)
    if outcomes != {Outcome.SUCCEEDED}:
        return
    if (ours.amount_minor, ours.currency) != (theirs.amount_minor, theirs.currency):
        yield Difference(Fault.AMOUNT, ours, theirs)
    more = theirs.refunded_minor - ours.refunded_minor
    if more <= ours.refunding_minor < more + ours.lost_minor:
        yield Difference(Fault.LOST, ours, theirs)
    elif not 0 <= more + ours.lost_minor <= ours.refunding_minor:
        yield Difference(Fault.REFUNDED, ours, theirs)
