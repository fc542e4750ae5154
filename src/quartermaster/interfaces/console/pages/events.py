"""What became of the events that were sent, and what to mend in those that were refused."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.interfaces.console import remedies
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.filters import EventForm
from quartermaster.store.metering import queries as metering
from quartermaster.store.metering import requests

_REQUESTS: Final = 10
_REJECTIONS: Final = 10


def events(request: HttpRequest, here: Here) -> HttpResponse:
    """Figures of a time, and the latest rejections of any time, page by page."""
    form = EventForm(request.GET, here.at, here.zone)
    form.is_valid()
    workspace, period = here.workspace.id, form.span.period
    codes = requests.rejection_codes(workspace, period)
    rejections = metering.rejections(workspace, form.before, _REJECTIONS + 1)
    found = {
        "form": form,
        "before": form.before,
        "counts": requests.event_counts(workspace, period),
        "is_waiting": workspace in metering.pending_workspaces(),
        "codes": [(code, remedies.find(code.code)) for code in codes],
        "requests": requests.latest_requests(workspace, period, _REQUESTS),
        "rejections": rejections[:_REJECTIONS],
        "older": rejections[_REJECTIONS - 1]["pk"] if len(rejections) > _REJECTIONS else None,
    }
    return render(request, "console/pages/events.html", found)
