"""What was used: units, credit and agents over time, and seats."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from ninja import NinjaAPI, Query, Schema
from ninja.decorators import decorate_view
from pydantic import Field

from quartermaster.core import money
from quartermaster.core.periods import Period
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import Span
from quartermaster.interfaces.api import questions
from quartermaster.interfaces.api.questions import Name, Ranged, Shell, Text
from quartermaster.interfaces.api.schemas import REVALIDATED, UNCHANGED
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.reports.trend_usage import Question, Trend, Used, trend_usage
from quartermaster.usecases.usage.count_seats import SeatCount, count_seats

_MOST_TOLERANCE: Final = 44_640


class UsageAsked(Ranged):
    """Which usage, and how it is grouped."""

    by: Literal["hour", "day", "month", "bot", "product", "channel"] | None = Field(
        None, description="What rows stand for; by default a step that suits the range."
    )
    bot: Name | None = Field(None, description="Name or public id.")
    product: Literal["automation_ai", "search_ai", "contact_center_ai", "agent_ai"] | None = None
    channel: Text | None = Field(None, description="A name; empty for what came through none.")


class SeatsAsked(Ranged):
    """Which seats."""

    product: Literal["contact_center_ai", "agent_ai"] = "contact_center_ai"
    by: Literal["hour", "day", "month"] | None = Field(None, description="The steps of `peaks`.")
    tolerance_minutes: int = Field(
        0, ge=0, le=_MOST_TOLERANCE, description="Minutes above a level that are forgiven."
    )


class PeriodOut(Schema):
    """Includes its start and excludes its end."""

    start: datetime
    end: datetime


class QuantitiesOut(Schema):
    """How many of each unit."""

    billing_sessions: int
    voice_sessions: int
    api_sessions: int
    alerts: int
    notifications: int


class CreditsOut(Schema):
    """Credit that paid, in decimal."""

    paid: str
    free: str


class TotalsOut(Schema):
    """Sums; `agents` is the most at one instant, null where it has no meaning."""

    quantities: QuantitiesOut
    agents: int | None
    credits: CreditsOut


class UsedOut(Schema):
    """What one group used: an hour, day or month by the local clock, or a name, which is empty for
    what came through no channel."""

    group: str
    quantities: QuantitiesOut
    agents: int | None
    credits: CreditsOut


class PreviousOut(Schema):
    """The time before, and of it only as much as of the period has passed."""

    period: PeriodOut
    totals: TotalsOut
    rows: list[UsedOut]


class UsageOut(Schema):
    """Steps in their order, also those in which nothing was; or the most charged group first."""

    period: PeriodOut
    time_zone: str
    by: str
    currency: str
    totals: TotalsOut
    rows: list[UsedOut]
    previous: PreviousOut


class PeakOut(Schema):
    """The most agents at one instant of a step."""

    group: str
    agents: int


class SeatsOut(Schema):
    """`concurrent` allows for the tolerance, `peak` does not; it was first reached at
    `peak_start_at`, and `agents` were on until `peak_end_at`."""

    product: str
    period: PeriodOut
    time_zone: str
    by: str
    concurrent: int
    named: int
    peak: int
    peak_start_at: datetime | None
    peak_end_at: datetime | None
    agents: list[str]
    peaks: list[PeakOut]


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""

    @api.get("/usage", response={200: UsageOut, **REVALIDATED}, summary="Usage")
    @decorate_view(*UNCHANGED)
    def usage(request: Any, asked: Query[UsageAsked]) -> dict[str, Any]:
        """Units, agents and credit of a time, with the time before beside it."""
        span = asked.span(request.auth, shell.now(request.auth))
        question = _question(request.auth, span, asked)
        found = {"by": question.by, "currency": request.auth.currency}
        return found | _told(span, trend_usage(question))

    @api.get("/seats", response={200: SeatsOut, **REVALIDATED}, summary="Seats")
    @decorate_view(*UNCHANGED)
    def seats(request: Any, asked: Query[SeatsAsked]) -> dict[str, Any]:
        """How many seats a product needed, at the busiest moment and by name."""
        span = asked.span(request.auth, shell.now(request.auth))
        step = ranges.step_of(span, asked.by)
        forgiven = timedelta(minutes=asked.tolerance_minutes)
        place = (request.auth.id, asked.product, span.period)
        found = _counted(count_seats(*place, forgiven, shell.archive), span, step)
        trend = trend_usage(Question(request.auth, span, step, product=asked.product))
        return found | {"peaks": [{"group": r.group, "agents": r.agents} for r in trend.rows]}


def _question(workspace: Workspace, span: Span, asked: UsageAsked) -> Question:
    bot = questions.find_bot(workspace, asked.bot)
    return Question(
        workspace=workspace,
        span=span,
        by=asked.by or ranges.step_of(span),
        bot=bot.id if bot else None,
        product=asked.product,
        channel=asked.channel,
    )


def _told(span: Span, trend: Trend) -> dict[str, Any]:
    return {
        "period": _period(span.period),
        "time_zone": span.zone.key,
        "totals": _used(trend.total),
        "rows": [_used(row) for row in trend.rows],
        "previous": {
            "period": _period(span.previous),
            "totals": _used(trend.previous_total),
            "rows": [_used(row) for row in trend.previous_rows],
        },
    }


def _period(period: Period) -> dict[str, datetime]:
    return {"start": period.start, "end": period.end}


def _used(used: Used) -> dict[str, Any]:
    units = (name.removesuffix("s") for name in QuantitiesOut.model_fields)
    paid, free = money.exact_micro(used.paid_micro), money.exact_micro(used.free_micro)
    return {
        "group": used.group,
        "quantities": {f"{unit}s": used.units.get(unit, 0) for unit in units},
        "agents": used.agents,
        "credits": {"paid": paid, "free": free},
    }


def _counted(count: SeatCount, span: Span, step: str) -> dict[str, Any]:
    return {
        "product": count.product,
        "period": _period(span.period),
        "time_zone": span.zone.key,
        "by": step,
        "concurrent": count.concurrent,
        "named": count.named,
        "peak": count.peak,
        "peak_start_at": count.peak_start,
        "peak_end_at": count.peak_end,
        "agents": count.agents,
    }
