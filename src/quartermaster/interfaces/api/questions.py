"""What is asked: bodies, and in an address names, a stretch of local days, and a page."""

import functools
import re
import zoneinfo
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

from quartermaster.core import periods
from quartermaster.core.errors import Refusal
from quartermaster.core.formats import cursors
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import RangeRefused, Span
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.people.create_workspace import UnknownTimeZone
from quartermaster.usecases.ports import Clock, EventArchive
from quartermaster.usecases.ports.documents import Documents
from quartermaster.usecases.ports.gateways import Gateways

_SLOT: Final = timedelta(minutes=15)
_DEFAULT: Final = "30d"
_MONEY: Final = r"[0-9]{1,12}(\.[0-9]{1,3})?"
_NO_PLACES: Final = {"localtime", "Factory", "posixrules"}


@dataclass(frozen=True, slots=True)
class Shell:
    """What endpoints need from outside: the clock, the archive of events, who takes payments, and
    who sets invoices."""

    now: Clock
    archive: EventArchive
    gateways: Gateways
    documents: Documents


class BadCursor(Refusal):
    """A cursor is taken as it is from `next_cursor` of the page before."""

    code = "bad_cursor"
    kind = "invalid"


def _day(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("it is no day such as 2026-11-22")
    return given


def _whole(given: object) -> object:
    if isinstance(given, bool | str):
        raise ValueError("it is no whole number such as 3")
    return given


def _money(given: object) -> object:
    if isinstance(given, str) and not re.fullmatch(_MONEY, given):
        raise ValueError("it is no amount such as 100.00")
    return given


Money = Annotated[
    str,
    BeforeValidator(_money),
    Field(pattern=f"^{_MONEY}$", examples=["100.00"]),
]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\u0000]*$")]
Name = Annotated[Text, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_whole)]
"""Of a body, where numbers are JSON's: 3, or 3.0 which is the same, and not "3"."""


class Body(Schema):
    """What is written. A field of another name is refused: a slip of the pen loses no cap."""

    model_config = ConfigDict(extra="forbid")


class Ranged(Schema):
    """A range up to now, or local days."""

    range: Literal["24h", "7d", "30d", "90d"] | None = Field(
        None, description="The time up to now, whole local hours or days; by default 30d."
    )
    from_: Day | None = Field(None, alias="from", description="The first local day.")
    to: Day | None = Field(None, description="The last local day; by default today.")
    time_zone: Name | None = Field(
        None, description="Whose days they are: an IANA name; by default the workspace's."
    )

    def span(self, workspace: Workspace, at: datetime) -> Span:
        """The time that is meant at an instant. Refusals: RangeRefused, UnknownTimeZone."""
        zone = _zone(self.time_zone) if self.time_zone else ZoneInfo(workspace.time_zone)
        # What an answer says of the time before moves on by the quarter of an hour, as figures do:
        # until then the same answer is the same, byte by byte.
        slot = periods.from_micros(periods.to_micros(at) // _MICROS * _MICROS)
        if self.from_ is None and self.to is None:
            return ranges.named(self.range or _DEFAULT, slot, zone)
        if self.range is not None:
            raise RangeRefused("it is either a range, or days from and to", field="range")
        if self.from_ is None:
            raise RangeRefused("the first day is missing", field="from")
        return ranges.between(self.from_, self.to or at.astimezone(zone).date(), slot, zone)


_MICROS: Final = _SLOT // timedelta(microseconds=1)


class Paged(Schema):
    """A page of a list."""

    cursor: Name | None = Field(None, description="`next_cursor` of the page before.")
    limit: int = Field(100, ge=1, le=1000, description="How many a page holds.")

    def place(self) -> tuple[datetime, int] | None:
        """The time and number of the last one of the page before. Refusal: BadCursor."""
        place = None if self.cursor is None else cursors.read(self.cursor)
        if self.cursor is not None and place is None:
            raise BadCursor(field="cursor")
        return place


def find_bot(workspace: Workspace, name: str | None) -> Bot | None:
    """The bot that is named, if one is. Refusal: NotFound."""
    return None if name is None else people.get_bot(workspace, name)


@functools.cache
def zone_names() -> frozenset[str]:
    """The names of time zones that are somewhere."""
    return frozenset(zoneinfo.available_timezones() - _NO_PLACES)


def _zone(name: str) -> ZoneInfo:
    if name not in zone_names():
        raise UnknownTimeZone(f"no time zone {name!r}", field="time_zone")
    return ZoneInfo(name)
