"""Credit notes: an invoice given back, whole or in part, and never more than it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Line


class CreditTooHigh(Refusal):
    """More than what is left of the invoice cannot be credited."""

    code = "credit_too_high"
    kind = "conflict"


class NothingToCredit(Refusal):
    """All of this invoice was credited already."""

    code = "nothing_to_credit"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Credited:
    """What a credit note gives back of the invoice's line `of`, counted from 1."""

    of: int
    line: Line


def credit(
    invoice: Sequence[Line],
    earlier: Sequence[Credited],
    wanted: Mapping[int, int] | None,
    currency: str,
) -> tuple[Credited, ...]:
    """The lines of a credit note: what is left of each line or, `wanted`, so much of some, without
    tax, in the line's own direction. CreditTooHigh, NothingToCredit.

    Tax follows what was credited so far: whatever the steps, the whole gives back the tax that the
    invoice took, and no step more than is left."""
    left = {place: line.amount_minor for place, line in enumerate(invoice, 1)}
    for one in earlier:
        left[one.of] -= one.line.amount_minor
    amounts = left if wanted is None else wanted
    found = [
        Credited(of, _part(invoice[of - 1], amount))
        for of, amount in sorted(_checked(amounts, left, currency).items())
        if amount
    ]
    if not found and any(left.values()):
        raise NothingToCredit("no amount of any line is named", field="lines")
    if not found:
        raise NothingToCredit(field="invoice")
    _within(invoice, (*earlier, *found), currency)
    return _taxed(earlier, found)


def _checked(
    amounts: Mapping[int, int], left: Mapping[int, int], currency: str
) -> Mapping[int, int]:
    for of, amount in amounts.items():
        if of not in left:
            raise CreditTooHigh(f"the invoice has no line {of}", field="lines")
        if not min(0, left[of]) <= amount <= max(0, left[of]):
            most, asked = (money.shown_minor(one, currency) for one in (left[of], amount))
            words = f"of line {of} there is {most} left to be credited, not {asked}"
            raise CreditTooHigh(words, field="lines")
    return amounts


def _part(line: Line, amount: int) -> Line:
    if amount == line.amount_minor:
        return line
    return replace(line, quantity=1, unit_price=None, detail="in part", amount_minor=amount)


def _taxed(earlier: Sequence[Credited], found: Sequence[Credited]) -> tuple[Credited, ...]:
    lines = documents.taxed([one.line for one in (*earlier, *found)])
    shares = lines[len(earlier) :]
    return tuple(Credited(one.of, line) for one, line in zip(found, shares, strict=True))


def _within(invoice: Sequence[Line], credited: Sequence[Credited], currency: str) -> None:
    """Lines below zero were taken off: without them, those above zero may not come to more than the
    invoice does, for any rate."""
    whole = {one.tax: one.net_minor for one in documents.by_tax(invoice)}
    for one in documents.by_tax([each.line for each in credited]):
        had = whole[one.tax]
        if not min(0, had) <= one.net_minor <= max(0, had):
            most, all_ = (money.shown_minor(each, currency) for each in (had, one.net_minor))
            words = (
                f"the invoice comes to {most} without tax: with this, {all_} would be given back"
            )
            raise CreditTooHigh(words, field="lines")
