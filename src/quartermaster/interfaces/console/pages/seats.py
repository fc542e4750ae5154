"""How many agents were there at once and by name, and who was on when most were."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.usage import ranges
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.filters import SeatForm
from quartermaster.usecases.entitlements.list_seats import list_seats
from quartermaster.usecases.reports.trend_usage import Question, trend_usage
from quartermaster.usecases.usage.count_seats import SeatCount, count_seats

_AGENTS: Final = 50


def seats(request: HttpRequest, here: Here) -> HttpResponse:
    """Of one product; wrong filters are said at their fields, and the usual ones hold."""
    form = SeatForm(request.GET, here.at, here.zone)
    form.is_valid()
    step = ranges.step_of(form.span)
    question = Question(here.workspace, form.span, step, product=form.product)
    trend = trend_usage(question)
    counted = count_seats(
        here.workspace.id, form.product, form.span.period, form.tolerance, here.shell.archive
    )
    found = {
        "form": form,
        "step": step,
        "counted": counted,
        "beyond": counted.named - counted.concurrent,
        "lines": [(one, before.agents if before else None) for one, before in trend.pairs()],
        "has_before": bool(trend.previous_total.agents),
        "agents": counted.agents[:_AGENTS],
        "bought": list_seats(here.workspace.id, form.product, here.at, here.shell.archive),
        "left_out": max(0, len(counted.agents) - _AGENTS),
        **_peak(counted, here),
    }
    return render(request, "console/pages/seats.html", found)


def _peak(counted: SeatCount, here: Here) -> dict[str, bool]:
    """Whether it is to come, or goes on: who does not log out counts for hours to come."""
    start, end = counted.peak_start, counted.peak_end
    if start is None or end is None:
        return {}
    return {"is_later": start > here.at, "lasts": end > here.at}
