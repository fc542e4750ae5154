"""The workspace's clock, as the API answers."""

from datetime import datetime

from msgspec import Struct


class Clock(Struct, frozen=True):
    """One that is not frozen goes with the world's."""

    at: datetime
    is_frozen: bool
    is_test: bool
    time_zone: str


class Happened(Struct, frozen=True):
    """`which` is the id of what it happened to or, of `events_metered`, how many."""

    at: datetime
    what: str
    which: str


class Moved(Struct, frozen=True):
    """From where to where a clock was moved, and what happened, in its order."""

    start: datetime
    end: datetime
    happened: list[Happened]
