"""Whether what auto-recharge charged kept to the terms that held when it was begun."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt, Cap, Settings


def faults(history: Iterable[tuple[Attempt, Settings]]) -> Iterator[tuple[Attempt, str]]:
    """The attempts that should not have been begun, and why. `history` are all of a wallet in their
    order, each with the settings it was made by. Declined ones count for no cap,
    the others with the tax that was charged; one that was paid after all is declined for those that
    were begun before that was known."""
    declined: list[Attempt] = []
    taken = _Taken()
    before: Attempt | None = None
    for one, settings in history:
        if before is not None and (before.is_in_flight or _first_known(before) > one.begun_at):
            yield one, "was begun while another was in flight"
        before = one
        if one.amount_minor < 1 or one.amount_minor % settings.amount_minor:
            yield one, "is not of whole recharge amounts"
        if _is_too_early(one, settings, declined):
            yield one, "was begun too soon after a decline"
        if one.outcome is Outcome.DECLINED or one.declined_at is not None:
            declined = [*declined, one]
            taken.late += [] if one.outcome is Outcome.DECLINED else [(one, settings)]
            continue
        declined = [] if one.outcome is Outcome.SUCCEEDED else declined
        day, month = taken.with_(one, settings)
        for name, sums, cap in (("day", day, settings.day), ("month", month, settings.month)):
            if _is_over(sums, cap):
                yield one, f"is more than a {name} may have"


@dataclass
class _Taken:
    """What was charged by day and by month. `late` was paid after all, and is not counted yet."""

    days: dict[datetime, Cap] = field(default_factory=dict)
    months: dict[datetime, Cap] = field(default_factory=dict)
    late: list[tuple[Attempt, Settings]] = field(default_factory=list)

    def with_(self, one: Attempt, settings: Settings) -> tuple[Cap, Cap]:
        """Those of its day and of its month, with it and all that was known when it was begun."""
        for late in [late for late in self.late if late[0].settled_at <= one.begun_at]:
            self.late.remove(late)
            self._count(*late)
        return self._count(one, settings)

    def _count(self, one: Attempt, settings: Settings) -> tuple[Cap, Cap]:
        day = recharge.day_of(one.begun_at, settings.zone).start
        month = recharge.month_of(one.begun_at, settings.zone).start
        self.days[day] = _more(self.days.get(day), one)
        self.months[month] = _more(self.months.get(month), one)
        return self.days[day], self.months[month]


def _first_known(one: Attempt) -> datetime:
    return one.declined_at or one.settled_at


def _is_too_early(one: Attempt, settings: Settings, declined: Sequence[Attempt]) -> bool:
    """After those in a row that the owner did not know of when they switched it on."""
    known: list[datetime] = []
    for each in declined:
        is_paid = each.outcome is Outcome.SUCCEEDED and each.settled_at <= one.begun_at
        at = _first_known(each)
        if is_paid:
            known.clear()
        elif settings.on_at is None or at >= settings.on_at:
            known.append(at)
    if len(known) > len(recharge.BACK_OFF):
        return True
    return bool(known) and one.begun_at < known[-1] + recharge.BACK_OFF[len(known) - 1]


def _more(taken: Cap | None, one: Attempt) -> Cap:
    so_far = taken or Cap()
    return Cap((so_far.count or 0) + 1, (so_far.amount_minor or 0) + one.due_minor)


def _is_over(taken: Cap, cap: Cap) -> bool:
    return _exceeds(taken.count, cap.count) or _exceeds(taken.amount_minor, cap.amount_minor)


def _exceeds(taken: int | None, most: int | None) -> bool:
    return most is not None and (taken or 0) > most
