"""Options that several commands share."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money, periods
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period
from quartermaster.core.usage.sessions import MAX_INACTIVITY_SECONDS, MIN_INACTIVITY_SECONDS
from quartermaster.interfaces.cli import output
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.ports import Clock

Format = Annotated[output.Format, typer.Option(help="For people or for programs")]
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, local")
]
To = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last")
]


def not_empty(text: str | None) -> str | None:
    """The callback of an option that may be left out, but is not left out by an empty text."""
    if text is not None and not text.strip():
        raise typer.BadParameter("it is empty; leave it out, or give a name")
    return text


WorkspaceName = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        callback=not_empty,
        help="Name or id; may be left out if there is only one",
    ),
]


OPERATOR: Final = "operator"
"""Who acts by command, as what happened to orders has it."""
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_FORM: Final = re.compile(r"([0-9]{1,9})([smhd])")
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)
"""Days that are the same day, or the day before or after it, in every time zone."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What commands need from outside: the clock."""

    now: Clock


def workspace(name: str | None) -> Workspace:
    """The workspace of this name, or the only one; ends the command if there is none such."""
    try:
        return people.get_workspace(name) if name is not None else people.only_workspace()
    except Refusal as no:
        output.fail(no)


def period(start: datetime | None, end: datetime | None, zone: ZoneInfo, at: datetime) -> Period:
    """From the local day `start` to before the local day `end`; by default this month so far."""
    today = at.astimezone(zone).date()
    first = start.date() if start else today.replace(day=1)
    last = end.date() if end else date.fromordinal(today.toordinal() + 1)
    if not _FIRST <= first < last <= _LAST:
        words = f"--from {first} must be before --to {last}, both from {_FIRST} to {_LAST}"
        raise typer.BadParameter(words)
    return Period(periods.local_day(first, zone).start, periods.local_day(last, zone).start)


def amount(text: str) -> Decimal:
    """The parser of an amount of money such as 250 or 99.50."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) > 10**9:
        raise typer.BadParameter(f"{text!r} is no amount such as 250 or 99.50")
    return found


def amount_micro(text: str) -> int:
    """The same in millionths."""
    return money.to_micro(amount(text))


def inactivity_seconds(text: str) -> int:
    """The parser of an inactivity time such as 90s, 15m, 1h or 2d; Typer puts the option's name
    before the message."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise typer.BadParameter(f"{text!r} is no duration such as 90s, 15m, 1h or 2d")
    seconds = int(form[1]) * _SECONDS[form[2]]
    if not MIN_INACTIVITY_SECONDS <= seconds <= MAX_INACTIVITY_SECONDS:
        raise typer.BadParameter(f"{text!r} must be from 5m to 14d")
    return seconds
