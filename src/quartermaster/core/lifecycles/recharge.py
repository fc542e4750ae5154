"""Auto-recharge: whether to charge now, how much, and if not, why and until when.

One pure function, `decide`, is the whole safety contract. Whoever asks notes an attempt before it
is charged, and asks again after everything that happens: from the same history comes the same
attempt, with the same key. Money is in minor units but for the balance, which the ledger keeps in
millionths. Amounts are of credit, without tax; caps are of what is charged, with it. Days and
months are local ones of the workspace.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import money, periods
from quartermaster.core.errors import Refusal
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.taxes import NO_TAX, Tax
from quartermaster.core.lifecycles.methods import SAVED, MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.periods import Period

BACK_OFF: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""How long to wait after the first, second, third decline in a row; after one more it is off."""

DAILY_COUNT: Final = 3


class BadRecharge(Refusal):
    """Auto-recharge cannot be set like this. `field` names what is at fault."""

    code = "bad_recharge"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Cap:
    """So many charges and so much money at most, tax included, of a day or of a month; None: no
    limit.

    Charges count where they were begun, those in flight as if they had succeeded. Declined ones
    count for nothing: the back-off limits them.
    """

    count: int | None = None
    amount_minor: int | None = None


DAILY: Final = Cap(count=DAILY_COUNT)
UNCAPPED: Final = Cap()


@dataclass(frozen=True, slots=True)
class Settings:
    """Charges are of whole `amount_minor` (>= 1), `most_minor` at most (None: no limit), and of
    `tax`, that of now, on top. On since `on_at` by the owner's own act; None: off."""

    amount_minor: int
    threshold_minor: int
    currency: str
    zone: ZoneInfo
    on_at: datetime | None
    day: Cap = DAILY
    month: Cap = UNCAPPED
    most_minor: int | None = None
    tax: Tax = NO_TAX

    @property
    def threshold_micro(self) -> int:
        """The balance to be kept, as the ledger has it."""
        return to_micro(self.threshold_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Attempt `number` (counted from 1, never reset). In flight until its outcome is succeeded or
    declined; `known_at` is when it was learnt (None: as it was begun). `tax_minor` was charged on
    top of the amount. One that was paid after all was taken for declined since `declined_at`."""

    number: int
    begun_at: datetime
    amount_minor: int
    outcome: Outcome | None = None
    known_at: datetime | None = None
    tax_minor: int = 0
    declined_at: datetime | None = None

    @property
    def due_minor(self) -> int:
        """What was charged."""
        return self.amount_minor + self.tax_minor

    @property
    def is_in_flight(self) -> bool:
        """Whether money may still be taken for it."""
        return self.outcome in (None, Outcome.UNKNOWN)

    @property
    def settled_at(self) -> datetime:
        """When it was last heard of."""
        return max(self.begun_at, self.known_at or self.begun_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose wallet it is (public id), what it holds of paid credit, whether anything was ever
    bought for it, and the kind of way to pay that is saved. Until `on_account_until` (or FOREVER)
    a contract covers what its bot uses; None: credit pays."""

    wallet: str
    balance_micro: int
    has_purchased: bool = True
    method: MethodKind | None = MethodKind.CARD
    on_account_until: datetime | None = None


class Reason(StrEnum):
    """Why nothing is charged. The first six wait, the rest are off."""

    ENOUGH = "enough"
    IN_FLIGHT = "in_flight"
    BACK_OFF = "back_off"
    CAP = "cap"
    CLOCK_BEHIND = "clock_behind"
    ON_ACCOUNT = "on_account"
    NOT_ON = "not_on"
    NO_PURCHASE = "no_purchase"
    NO_METHOD = "no_method"
    GIVEN_UP = "given_up"


class OffReason(StrEnum):
    """Why it was switched off: somebody did, or it did itself after the last decline."""

    SWITCHED_OFF = "switched_off"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Charge:
    """So much and its tax is to be charged, as attempt `number`, whose key is the same whenever it
    is asked."""

    number: int
    amount_minor: int
    key: str
    tax: Tax = NO_TAX

    @property
    def due_minor(self) -> int:
        """What is charged, with tax."""
        return documents.gross_of(self.amount_minor, self.tax)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing now; ask again at `until`, or None: when something has happened."""

    reason: Reason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Off:
    """Nothing until the owner acts. GIVEN_UP: it switched itself off, which is to be told."""

    reason: Reason


Decision = Charge | Wait | Off


def check(settings: Settings, least_minor: int) -> None:
    """What can be set: amounts of an order, a threshold of nothing or more, caps that a charge fits
    under with today's tax. BadRecharge."""
    amount, most = settings.amount_minor, settings.most_minor
    if amount < max(least_minor, 1) or (most is not None and amount > most):
        words = f"an amount from {money.shown_minor(least_minor, settings.currency)}"
        if most is not None:
            words += f" to {money.shown_minor(most, settings.currency)}"
        raise BadRecharge(words, field="amount")
    if settings.threshold_minor < 0:
        raise BadRecharge("the credit to be maintained is below nothing", field="threshold")
    for name, cap in (("day", settings.day), ("month", settings.month)):
        if cap.count is not None and cap.count < 1:
            raise BadRecharge(f"no charge fits into a {name}", field=f"{name}_count")
        least_due = documents.gross_of(amount, settings.tax)
        if cap.amount_minor is not None and cap.amount_minor < least_due:
            whole = money.shown_minor(least_due, settings.currency)
            with_tax = ", tax included" if least_due > amount else ""
            words = f"no charge fits into a {name}: allow one of {whole} at least{with_tax}"
            raise BadRecharge(words, field=f"{name}_amount")


def decide(
    settings: Settings, history: Iterable[Attempt], standing: Standing, at: datetime
) -> Decision:
    """What to do now. `history` is at least: what is in flight, all of this month, and all since
    auto-recharge was switched on or last succeeded; in any order."""
    attempts = sorted(history, key=lambda one: one.number)
    off = _off(settings, attempts, standing)
    if off is not None:
        return Off(off)
    if any(one.is_in_flight for one in attempts):
        return Wait(Reason.IN_FLIGHT)
    if (until := standing.on_account_until) is not None:
        return Wait(Reason.ON_ACCOUNT, until if until < periods.FOREVER else None)
    gap_micro = settings.threshold_micro - standing.balance_micro
    if gap_micro <= 0:
        return Wait(Reason.ENOUGH)
    waiting = _too_early(settings, attempts, at)
    if waiting is not None:
        return waiting
    wanted = -(-gap_micro // to_micro(settings.amount_minor, settings.currency))
    return _within_caps(settings, attempts, standing.wallet, wanted, at)


def to_micro(amount_minor: int, currency: str) -> int:
    """Minor units as the ledger has them."""
    return money.to_micro(money.from_minor(amount_minor, currency))


def _off(settings: Settings, attempts: Sequence[Attempt], standing: Standing) -> Reason | None:
    if settings.on_at is None:
        return Reason.NOT_ON
    if not standing.has_purchased:
        return Reason.NO_PURCHASE
    if standing.method not in SAVED:
        return Reason.NO_METHOD
    has_failed = len(_declines(settings.on_at, attempts)) > len(BACK_OFF)
    return Reason.GIVEN_UP if has_failed else None


def _declines(on_at: datetime, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Those in a row that the owner did not know of when they switched it on."""
    found: list[Attempt] = []
    for one in attempts:
        if one.outcome is Outcome.SUCCEEDED:
            found.clear()
        elif one.outcome is Outcome.DECLINED and one.settled_at >= on_at:
            found.append(one)
    return found


def _too_early(settings: Settings, attempts: Sequence[Attempt], at: datetime) -> Wait | None:
    """A clock that went back would count caps and back-off anew: it has to catch up first."""
    assert settings.on_at is not None, "it is on"
    latest = max([settings.on_at, *(one.settled_at for one in attempts)])
    if at < latest:
        return Wait(Reason.CLOCK_BEHIND, latest)
    declines = _declines(settings.on_at, attempts)
    if declines:
        until = declines[-1].settled_at + BACK_OFF[len(declines) - 1]
        if at < until:
            return Wait(Reason.BACK_OFF, until)
    return None


def _within_caps(
    settings: Settings, attempts: Sequence[Attempt], wallet: str, wanted: int, at: datetime
) -> Decision:
    """As many whole amounts as are wanted and fit; where not one does, wait for all the caps that
    are in the way."""
    amount = settings.amount_minor
    if settings.most_minor is not None:
        wanted = min(wanted, max(settings.most_minor // amount, 1))
    blocked = []
    day, month = day_of(at, settings.zone), month_of(at, settings.zone)
    for cap, period in ((settings.day, day), (settings.month, month)):
        room = _room(settings, cap, period, attempts)
        if room is not None:
            wanted = min(wanted, room)
            blocked += [period.end] if room < 1 else []
    if blocked:
        return Wait(Reason.CAP, max(blocked))
    number = max((one.number for one in attempts), default=0) + 1
    return Charge(number, wanted * amount, f"recharge {wallet} {number}", settings.tax)


def _room(settings: Settings, cap: Cap, period: Period, attempts: Sequence[Attempt]) -> int | None:
    """How many whole amounts one more charge may have, so that they fit with their tax."""
    taken = [
        one.due_minor
        for one in attempts
        if one.begun_at in period and one.outcome is not Outcome.DECLINED
    ]
    if cap.count is not None and len(taken) >= cap.count:
        return 0
    if cap.amount_minor is None:
        return None
    left_minor = max(cap.amount_minor - sum(taken), 0)
    return documents.net_within(left_minor, settings.tax) // settings.amount_minor


def day_of(at: datetime, zone: ZoneInfo) -> Period:
    """The local day of an instant."""
    day = at.astimezone(zone).date()
    found = periods.local_day(day, zone)
    return found if at < found.end else periods.local_day(day + timedelta(days=1), zone)


def month_of(at: datetime, zone: ZoneInfo) -> Period:
    """The local month of an instant."""
    day = at.astimezone(zone).date()
    return periods.cycle_at(date(day.year, day.month, 1), zone, at)
