"""The workspace's clock: what it says and, of a test workspace, moving it on."""

from datetime import datetime
from typing import Any, Final

from ninja import NinjaAPI, Schema
from pydantic import AwareDatetime, Field, ValidationInfo, field_validator

from quartermaster.core.lifecycles import clocks
from quartermaster.interfaces.api.questions import Body, Shell, Text
from quartermaster.interfaces.api.schemas import PROBLEMS, ProblemOut
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks.advance_clock import advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import What, Works

_REFUSED: Final = dict.fromkeys((400, 403, 409, 415), ProblemOut)


class MoveIn(Body):
    """How far the clock is moved on: to an instant, or by a span. Without either it is stopped
    where it is."""

    to: AwareDatetime | None = Field(None, description="An instant; the same again does nothing.")
    by: Text | None = Field(
        None,
        description="P1M, P2W, P30D, PT12H (ISO 8601): months and days of the workspace's zone.",
        examples=["P1M"],
    )

    @field_validator("by")
    @classmethod
    def only(cls, by: str | None, given: ValidationInfo) -> str | None:
        """Either an instant or a span."""
        if by is not None and given.data.get("to") is not None:
            raise ValueError("it is either `to` or `by`")
        return by


class ClockOut(Schema):
    """What the clock says; one that does not stand goes with the world's."""

    at: datetime
    is_frozen: bool
    is_test: bool
    time_zone: str


class HappenedOut(Schema):
    """`which` is the id of what it happened to or, of `events_metered`, how many."""

    at: datetime
    what: What
    which: str


class MovedOut(Schema):
    """From where to where the clock was moved, and what happened, in its order."""

    start: datetime
    end: datetime
    happened: list[HappenedOut]


def register(api: NinjaAPI, shell: Shell, works: Works) -> None:
    """Adds the endpoints."""

    @api.get("/clock", response={200: ClockOut, **PROBLEMS}, summary="Clock")
    def clock(request: Any) -> dict[str, Any]:
        """What time it is for the workspace."""
        workspace = request.auth
        return {
            "at": shell.now(workspace),
            "is_frozen": workspace.frozen_at is not None,
            "is_test": workspace.is_test,
            "time_zone": workspace.time_zone,
        }

    @api.post("/clock", response={200: MovedOut, **PROBLEMS, **_REFUSED}, summary="Move the clock")
    def move_clock(request: Any, asked: MoveIn) -> dict[str, Any]:
        """Of a test workspace: stops the clock if it goes, and moves it on. What its jobs would do
        in that time is done, each act at its own time."""
        return _move(works, request.auth, asked, shell.now(request.auth))


def _move(works: Works, workspace: Workspace, asked: MoveIn, at: datetime) -> dict[str, Any]:
    to = asked.to if asked.by is None else clocks.span(asked.by)
    if to is None:
        stands = freeze_clock(workspace, at)
        return {"start": stands, "end": stands, "happened": []}
    done = advance_clock(works, workspace, to, at)
    happened = [{"at": one.at, "what": one.what, "which": one.which} for one in done.happened]
    return {"start": done.start, "end": done.end, "happened": happened}
