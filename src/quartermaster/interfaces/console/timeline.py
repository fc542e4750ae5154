"""The picture of a session: its messages on its fifteen minutes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from quartermaster.interfaces.console.formats import Formats
from quartermaster.usecases.proof.explain_session import Explanation

WIDTH: Final = 900
_LEFT, _RIGHT = 10, 10
_ROWS: Final = {"user": 34, "bot": 58, "agent": 82}
_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class Mark:
    """A message (a dot on its sender's row) or a control (a line), with words for a pointer."""

    x: float
    y: int
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A minute of the block."""

    x: float
    label: str
    is_edge: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """In units of an SVG `WIDTH` wide."""

    marks: list[Mark]
    ticks: list[Tick]
    width: int = WIDTH


def drawn(found: Explanation, formats: Formats) -> Drawing:
    """The block from its start to its end, minute by minute."""
    start = found.session.start_at
    span = found.end_at - start

    def x(at: timedelta) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (at / span), 1)

    marks = []
    for one in found.messages:
        kind = one.sender or "control"
        words = f"{formats.clock(one.at)} {one.sender or one.type}"
        marks.append(Mark(x(one.at - start), _ROWS.get(kind, 58), kind, words))
    ticks = []
    for minute in range(_MINUTES + 1):
        at = timedelta(minutes=minute)
        label = formats.clock(start + at)[:5] if minute % 3 == 0 else ""
        ticks.append(Tick(x(at), label, minute in (0, _MINUTES)))
    return Drawing(marks, ticks)
