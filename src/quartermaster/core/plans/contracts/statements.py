"""What a cycle of a contract comes to, line by line, and what late usage changes of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Literal

from quartermaster.core import money
from quartermaster.core.catalog.offers import PRODUCT_TITLES, SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts.agreements import Contract
from quartermaster.core.plans.contracts.prices import Prices, Source
from quartermaster.core.pricing import parts, rating
from quartermaster.core.pricing.seat_overage import Overage
from quartermaster.core.usage.units import UNITS, Unit

What = Literal["usage", "seats", "overage", "fee", "true_up", "adjustment"]
_ORDER: Final = ("usage", "seats", "overage", "fee", "true_up", "adjustment")
TRUE_UP: Final = "true_up"


@dataclass(frozen=True, slots=True)
class Used:
    """Units of a bot from `at` on, up to where another price may hold."""

    bot: int
    unit: str
    at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class Seats:
    """The agents of a product in the time of a price."""

    product: str
    source: Source
    concurrent: int
    named: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """Seats of a bot's plan beyond those that were bought, in one of the contract's months."""

    bot: int
    product: str
    kind: SeatKind
    month: Period
    overage: Overage


@dataclass(frozen=True, slots=True)
class Fee:
    """A line of an order that is not paid by itself; `id` is its own."""

    id: int
    order: int
    bot: int
    description: str
    quantity: int
    amount_minor: int
    period: Period


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cycle saw, in any order."""

    used: Sequence[Used] = ()
    seats: Sequence[Seats] = ()
    fees: Sequence[Fee] = ()
    beyond: Sequence[Beyond] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement. `of` is its unit or product; `parts` are quantities by bot; `key` says
    what it is about, and is the same when the cycle is rated again. An adjustment corrects the line
    with its key on the statement `corrects`; `order` is that of a fee."""

    key: str
    what: What
    of: str | None
    description: str
    quantity: int
    formula: str
    amount_minor: int
    period: Period
    parts: Mapping[int, int] = field(default_factory=dict)
    order: int | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a cycle comes to. Without adjustments that is at least the commitment."""

    cycle: Period
    currency: str
    commitment_minor: int
    due_date: date
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """All lines together."""
        return sum(line.amount_minor for line in self.lines)

    def adjusted(self, adjustments: Iterable[Line]) -> "Statement":
        """With what earlier statements are to be corrected by."""
        return replace(self, lines=(*self.lines, *adjustments))


def statement(prices: Prices, seen: Seen) -> Statement:
    """Of a cycle; the order of what it saw does not matter."""
    contract, cycle = prices.contract, prices.cycle
    found = [
        *_usage(prices, seen.used),
        *_seats(contract, seen.seats),
        *(_beyond(one, contract.currency) for one in seen.beyond if one.overage.seats),
        *(_fee(fee) for fee in seen.fees),
    ]
    committed = contract.commitment_of(cycle)
    missing = committed - sum(line.amount_minor for line in found)
    if missing > 0:
        found.append(_true_up(contract, cycle, committed, missing))
    lines = tuple(sorted(found, key=_place))
    return Statement(cycle, contract.currency, committed, contract.due_date(cycle), lines)


def adjust(
    before: Iterable[Line], after: Iterable[Line], corrects: int, currency: str
) -> tuple[Line, ...]:
    """What is to be added to lines, and what adjusted them since, so that they come to other ones:
    nothing where they do already."""
    had, has = _summed(before), _summed(after)
    found = [_adjustment(had.get(key), has.get(key), corrects, currency) for key in {**had, **has}]
    return tuple(sorted((one for one in found if one is not None), key=_place))


def _usage(prices: Prices, used: Iterable[Used]) -> Iterator[Line]:
    counted: dict[tuple[str, Source], Counter[int]] = {}
    for one in used:
        source = prices.of(one.bot, one.unit, one.at)
        counted.setdefault((one.unit, source), Counter())[one.bot] += one.quantity
    for (unit, source), bots in counted.items():
        quantity = bots.total()
        if quantity:
            title = f"{_title(unit)}, {source.words}"
            held = {bot: number for bot, number in sorted(bots.items()) if number}
            yield _priced("usage", unit, title, (quantity, held), source, prices.contract.currency)


def _seats(contract: Contract, seats: Iterable[Seats]) -> Iterator[Line]:
    for one in seats:
        kind = one.source.kind or SeatKind.CONCURRENT
        count = one.named if kind is SeatKind.NAMED else one.concurrent
        if count:
            title = f"{PRODUCT_TITLES[one.product]}, {kind} seats, {one.source.words}"
            yield _priced("seats", one.product, title, (count, {}), one.source, contract.currency)


def _beyond(one: Beyond, currency: str) -> Line:
    overage = one.overage
    title = f"{PRODUCT_TITLES[one.product]}, {one.kind} seats beyond those bought"
    key = f"overage/{one.product}/{one.kind}/{one.bot}/{one.month.start.isoformat()}"
    return Line(
        key,
        "overage",
        one.product,
        title,
        overage.seats,
        overage.formula(money.symbol(currency)),
        overage.amount_minor(currency),
        one.month,
        {one.bot: overage.seats},
    )


def _priced(
    what: What,
    of: str,
    title: str,
    counted: tuple[int, Mapping[int, int]],
    source: Source,
    currency: str,
) -> Line:
    """Rounded here, once."""
    quantity, held = counted
    price = source.price
    amount = parts.total(price.model.parts(max(0, quantity - price.included)))
    amount_minor = money.to_minor(amount, currency)
    words = rating.formula(price, 0, quantity, money.symbol(currency))
    if money.from_minor(amount_minor, currency) != amount:
        words += f", rounded to {money.shown_minor(amount_minor, currency)}"
    key = f"{what}/{of}/{source.key}/{source.period.start.isoformat()}"
    return Line(key, what, of, title, quantity, words, amount_minor, source.period, held)


def _fee(fee: Fee) -> Line:
    return Line(
        f"fee/{fee.id}",
        "fee",
        None,
        fee.description,
        fee.quantity,
        "as ordered",
        fee.amount_minor,
        fee.period,
        {fee.bot: fee.quantity},
        fee.order,
    )


def _true_up(contract: Contract, cycle: Period, committed: int, missing: int) -> Line:
    currency = contract.currency
    sums = (committed, committed - missing, missing)
    words = "{} - {} = {}".format(*(money.shown_minor(one, currency) for one in sums))
    title = "Up to the minimum commitment"
    return Line(TRUE_UP, "true_up", None, title, 1, words.replace("-", "−"), missing, cycle)


def _summed(lines: Iterable[Line]) -> dict[str, Line]:
    """One line by key: adjustments added to what they adjust."""
    found: dict[str, Line] = {}
    for line in lines:
        one = found.get(line.key)
        if one is None:
            found[line.key] = line
            continue
        counted = Counter(one.parts)
        counted.update(line.parts)
        found[line.key] = replace(
            one if one.what != "adjustment" else line,
            quantity=one.quantity + line.quantity,
            amount_minor=one.amount_minor + line.amount_minor,
            parts=counted,
        )
    return found


def _adjustment(had: Line | None, has: Line | None, corrects: int, currency: str) -> Line | None:
    about = has or had
    if about is None:
        return None
    before = had or replace(about, quantity=0, amount_minor=0, parts={})
    after = has or replace(about, quantity=0, amount_minor=0, parts={})
    bots = {
        bot: after.parts.get(bot, 0) - before.parts.get(bot, 0)
        for bot in sorted({*before.parts, *after.parts})
    }
    amount_minor = after.amount_minor - before.amount_minor
    if not amount_minor and after.quantity == before.quantity and not any(bots.values()):
        return None
    sums = (after.amount_minor, before.amount_minor, amount_minor)
    words = "{} - {} = {}".format(*(money.shown_minor(one, currency) for one in sums))
    title = about.description.removeprefix(_ADJUSTED)
    return replace(
        about,
        what="adjustment",
        description=f"{_ADJUSTED}{title}",
        quantity=after.quantity - before.quantity,
        formula=f"{after.quantity:,} instead of {before.quantity:,}: {words}".replace("-", "−"),
        amount_minor=amount_minor,
        parts={bot: number for bot, number in bots.items() if number},
        corrects=corrects,
    )


_ADJUSTED: Final = "Adjustment: "


def _place(line: Line) -> tuple[int, int, datetime, str]:
    units = UNITS.index(Unit(line.of)) if line.of in tuple(UNITS) else len(UNITS)
    return _ORDER.index(line.what), units, line.period.start, line.key


def _title(unit: str) -> str:
    words = unit.replace("_", " ").replace("api", "API")
    return f"{words[0].upper()}{words[1:]}s"
