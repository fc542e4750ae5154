"""How the amount of a line came about, in words."""

from quartermaster.core import money
from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import Line
from quartermaster.core.plans.terms import Terms, fees
from quartermaster.core.pricing import proration, rating
from quartermaster.core.pricing.rating import UsagePrice


def line(one: Line, terms: Terms, cycle: Period, currency: str) -> str:
    """`$160.00 × 1,296,000 s / 2,592,000 s = $80.00`: of a whole cycle its fee, of the rest of one
    what it has of the cycle's seconds, of what is credited the same of what was paid. `terms` and
    `cycle` are those that the order brings."""
    if one.of is not None:
        words = _share(one.of.amount_minor, one.of.period, one, currency)
        return f"−({words}) = {_shown(one.amount_minor, currency)}"
    fee = next(each for each in fees(terms, currency) if each.what == one.what)
    said = (
        seats(terms, money.symbol(currency))
        if fee.what == "seats"
        else _shown(fee.amount_minor, currency)
    )
    if one.period == cycle:
        return said
    words = _share(fee.amount_minor, cycle, one, currency)
    before = f"{said}; " if fee.what == "seats" else ""
    return f"{before}{words} = {_shown(one.amount_minor, currency)}"


def seats(terms: Terms, symbol: str = "$") -> str:
    """`2 included + 3 × $10.00 = $30.00`: what all seats cost for a cycle."""
    price = terms.offer.seats
    if price is None:
        return ""
    seat = UsagePrice("seat", price.prices[terms.cadence], price.included)
    return rating.formula(seat, 0, terms.seats, symbol)


def _share(amount_minor: int, whole: Period, one: Line, currency: str) -> str:
    left, seconds = proration.seconds(whole, one.period.start)
    return f"{_shown(amount_minor, currency)} × {left:,} s / {seconds:,} s"


def _shown(amount_minor: int, currency: str) -> str:
    return money.shown_minor(amount_minor, currency).replace("-", "−")
