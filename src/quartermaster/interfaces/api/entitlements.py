"""Seats are checked and assigned, and the use of limits is told. What a bot may use is answered by
`interfaces/ingest`, which does not wait behind others."""

from typing import Annotated, Any, Literal

from ninja import NinjaAPI, Path, Query, Schema
from pydantic import AwareDatetime, Field

from quartermaster.core.plans.entitlements import Limit, SeatAnswer
from quartermaster.interfaces.api.questions import Body, Name, Shell, Whole
from quartermaster.interfaces.api.schemas import PROBLEMS, ProblemOut
from quartermaster.store.people import queries as people
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.check_seat import check_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit

Product = Literal["automation_ai", "search_ai", "contact_center_ai", "agent_ai"]
Staffed = Literal["contact_center_ai", "agent_ai"]
Agent = Annotated[Name, Path()]


class SeatAsked(Body):
    """Who wants to log in where."""

    product: Staffed
    agent: Name = Field(examples=["ann"])


class SeatCheckOut(Schema):
    """`seats` (null: not limited) were bought; `used` counts the agent, if the answer is yes.
    `kind` is null where no plan says how seats are counted."""

    bot: str
    product: Staffed
    agent: str
    may_log_in: bool
    status: Literal[
        "seated",
        "seat_left",
        "overage",
        "unlimited",
        "not_assigned",
        "no_seat_left",
        "no_seats",
    ]
    reason: str
    kind: Literal["named", "concurrent"] | None
    seats: int | None
    used: int
    left: int | None
    policy: Literal["refuse", "overage"]


class SeatOut(Schema):
    """`assigned_at` is null where the agent holds no seat."""

    bot: str
    product: Staffed
    agent: str
    assigned_at: AwareDatetime | None


class UseTold(Body):
    """How much is in use, and since when (by default now)."""

    used: Whole = Field(ge=0, le=10**15, examples=[640])
    at: AwareDatetime | None = Field(None, examples=["2026-11-20T12:00:00Z"])


class LimitUseOut(Schema):
    """`limit` and `left` are null where nothing limits it."""

    bot: str
    product: Product
    name: str
    limit: int | None
    used: int
    left: int | None
    is_exceeded: bool


class ProductAsked(Schema):
    """Whose limit."""

    product: Product = Field(description="Whose limit.")


_REFUSED: dict[int, Any] = {403: ProblemOut, 409: ProblemOut, **PROBLEMS}


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    _seats(api, shell)

    @api.put(
        "/bots/{bot}/limits/{name}",
        response={200: LimitUseOut, 409: ProblemOut, **PROBLEMS},
        summary="Tell how much of a limit is in use",
    )
    def tell_use(
        request: Any, bot: str, name: str, asked: Query[ProductAsked], told: UseTold
    ) -> dict[str, Any]:
        """What was told of a later time stays; told twice is told once."""
        found = people.get_bot(request.auth, bot)
        told_of = Told(name, told.used, told.at)
        limit = tell_limit(found, asked.product, told_of, shell.now(request.auth))
        return {"bot": found.public_id, "product": asked.product, **_limit(limit)}


def _seats(api: NinjaAPI, shell: Shell) -> None:
    @api.post(
        "/bots/{bot}/seats/check",
        response={200: SeatCheckOut, **PROBLEMS},
        summary="May an agent log in?",
    )
    def ask_seat(request: Any, bot: str, asked: SeatAsked) -> dict[str, Any]:
        """A yes for a concurrent seat is kept for a minute, or until the agent logs in. Events of
        log-ins are taken whatever the answer was."""
        found = people.get_bot(request.auth, bot)
        at = shell.now(request.auth)
        answer = check_seat(found, asked.product, asked.agent, at, shell.archive)
        return {"bot": found.public_id, **asked.dict(), **_answer(answer)}

    @api.put(
        "/bots/{bot}/seats/{product}/{path:agent}",
        response={200: SeatOut, **_REFUSED},
        summary="Assign a named seat",
    )
    def assign(request: Any, bot: str, product: Path[Staffed], agent: Agent) -> dict[str, Any]:
        """The agent holds it until it is released; assigned twice is assigned once."""
        found = people.get_bot(request.auth, bot)
        made = assign_seat(found, product, agent, shell.now(request.auth))
        return _seat(found.public_id, product, agent) | {"assigned_at": made.start_at}

    @api.delete(
        "/bots/{bot}/seats/{product}/{path:agent}",
        response={200: SeatOut, **PROBLEMS},
        summary="Release a named seat",
    )
    def release(request: Any, bot: str, product: Path[Staffed], agent: Agent) -> dict[str, Any]:
        """The seat counts to the end of the plan's month. Who holds none can be released too."""
        found = people.get_bot(request.auth, bot)
        release_seat(found, product, agent, shell.now(request.auth))
        return _seat(found.public_id, product, agent)


def _seat(bot: str, product: str, agent: str) -> dict[str, Any]:
    return {"bot": bot, "product": product, "agent": agent, "assigned_at": None}


def _answer(answer: SeatAnswer) -> dict[str, Any]:
    return {
        "may_log_in": answer.may_log_in,
        "status": answer.status,
        "reason": answer.reason,
        "kind": answer.seats.kind,
        "seats": answer.seats.bought,
        "used": answer.seats.used,
        "left": answer.seats.left,
        "policy": answer.seats.policy,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "limit": limit.limit,
        "used": limit.used,
        "left": limit.left,
        "is_exceeded": limit.is_exceeded,
    }
