"""What was used over time: cards, a chart or its table, and the same as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quartermaster.core import money
from quartermaster.core.formats import csv_text
from quartermaster.core.usage import ranges
from quartermaster.core.usage.ranges import Step
from quartermaster.interfaces.console import filters
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.filters import UsageForm
from quartermaster.store.people import queries as people
from quartermaster.usecases.reports.trend_usage import Question, Trend, Used, trend_usage


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that can be charted; `unit` is empty for agents and credit."""

    name: str
    title: str
    unit: str = ""
    is_money: bool = False

    def of(self, used: Used) -> int | None:
        """Its value among what was used."""
        if self.unit:
            return used.units.get(self.unit, 0)
        found: int | None = getattr(used, self.name)
        return found


_GROUPS: Final = 40
"""On a page, those that used most first; the file has all."""
METRICS: Final = (
    Metric("billing_session", "Billing sessions", "billing_session"),
    Metric("charged_micro", "Credit used", is_money=True),
    Metric("voice_session", "Voice sessions", "voice_session"),
    Metric("api_session", "API sessions", "api_session"),
    Metric("alert", "Alerts", "alert"),
    Metric("notification", "Notifications", "notification"),
    Metric("agents", "Agents at once"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with what stood in its place in the time before."""

    used: Used
    value: int | None
    before: int | None


def usage(request: HttpRequest, here: Here) -> HttpResponse:
    """The page; wrong filters are said at their fields, and the last 30 days are shown."""
    form, question = _asked(request, here)
    trend = trend_usage(question)
    metric = _metric(request)
    by_time = question.by in set(Step)
    lines = [
        Line(used, metric.of(used), metric.of(before) if before else None)
        for used, before in trend.pairs()
    ]
    if not by_time:
        lines.sort(key=lambda line: -(line.value or 0))
    rows = Paginator(lines, len(lines) or 1 if by_time else _GROUPS)
    found = {
        "form": form,
        "span": form.span,
        "by": question.by,
        "is_by_time": by_time,
        "zone": form.span.zone.key,
        "trend": trend,
        "metric": metric,
        "metrics": [(one, one.of(trend.total), one.of(trend.previous_total)) for one in METRICS],
        "rows": rows.get_page(request.GET.get("page")),
    }
    return render(request, "console/pages/usage.html", found)


def _asked(request: HttpRequest, here: Here) -> tuple[UsageForm, Question]:
    bots = people.bots_of(here.workspace)
    numbers = {bot.name: bot.id for bot in bots}
    form = UsageForm(request.GET, here.at, here.zone, list(numbers), here.channels())
    form.is_valid()
    chosen = form.cleaned_data
    by = chosen.get("by") or ranges.step_of(form.span)
    return form, Question(
        here.workspace,
        form.span,
        by,
        numbers.get(chosen.get("bot", "")),
        chosen.get("product") or None,
        filters.channel_of(form),
    )


def _metric(request: HttpRequest) -> Metric:
    wanted = request.GET.get("metric", "")
    return next((one for one in METRICS if one.name == wanted), METRICS[0])


@require_GET
def download(request: HttpRequest, here: Here) -> HttpResponse:
    """The rows of the page as CSV; wrong filters lead back to the page, which says so."""
    form, question = _asked(request, here)
    if form.errors:
        return redirect(f"{reverse('usage')}?{request.GET.urlencode()}")
    trend = trend_usage(question)
    name = f"usage-{question.span.first_day}-{question.span.last_day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = csv_text.encoded(_cells(question.by, trend))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(by: str, trend: Trend) -> Iterator[list[Any]]:
    units = [one.unit for one in METRICS if one.unit]
    yield [by, *units, "agents", "credit_paid", "credit_free"]
    for used in trend.rows:
        counts = [used.units.get(unit, 0) for unit in units]
        credit = (used.paid_micro, used.free_micro)
        group = filters.NO_CHANNEL if by == "channel" and not used.group else used.group
        yield [group, *counts, used.agents, *map(money.from_micro, credit)]
