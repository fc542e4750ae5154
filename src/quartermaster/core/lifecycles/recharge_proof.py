"""Whether what auto-recharge charged kept to the terms that held when it was begun."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt, Cap, Settings


def faults(history: Iterable[tuple[Attempt, Settings]]) -> Iterator[tuple[Attempt, str]]:
    """The attempts that should not have been begun, and why. `history` are all of a wallet in their
    order, each with the settings it was made by. Declined ones count for no cap,
    the others with the tax that was charged."""
    declined: list[datetime] = []
    days: dict[datetime, Cap] = {}
    months: dict[datetime, Cap] = {}
    before: Attempt | None = None
    for one, settings in history:
        if before is not None and (before.is_in_flight or before.settled_at > one.begun_at):
            yield one, "was begun while another was in flight"
        before = one
        if one.amount_minor < 1 or one.amount_minor % settings.amount_minor:
            yield one, "is not of whole recharge amounts"
        if _is_too_early(one, settings, declined):
            yield one, "was begun too soon after a decline"
        declined = [] if one.outcome is Outcome.SUCCEEDED else declined
        if one.outcome is Outcome.DECLINED:
            declined = [*declined, one.settled_at]
        if one.outcome is Outcome.DECLINED:
            continue
        day = recharge.day_of(one.begun_at, settings.zone).start
        month = recharge.month_of(one.begun_at, settings.zone).start
        days[day], months[month] = _more(days.get(day), one), _more(months.get(month), one)
        for name, taken, cap in (
            ("day", days[day], settings.day),
            ("month", months[month], settings.month),
        ):
            if _is_over(taken, cap):
                yield one, f"is more than a {name} may have"


def _is_too_early(one: Attempt, settings: Settings, declined: Sequence[datetime]) -> bool:
    """After those in a row that the owner did not know of when they switched it on."""
    known = [at for at in declined if settings.on_at is None or at >= settings.on_at]
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
