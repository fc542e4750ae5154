"""Every address of the web side."""

from functools import partial
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views import defaults

from quartermaster.adapters.event_files.columns import columns
from quartermaster.conf import clock, wiring
from quartermaster.conf.web import health
from quartermaster.interfaces.api import endpoints
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.access import Shell


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the words of whoever asks: problem details for programs, a page for people."""
    if request.path.startswith("/v1/"):
        words = f"there is nothing at {request.path}"
        return endpoints.problem(request, 404, "not_found", words)
    return render(request, "console/signing/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """The same for what went wrong with us; the log has it under the request's id."""
    if request.path.startswith("/v1/"):
        words = "this is our fault; it is in our log under the request_id"
        return endpoints.problem(request, 500, "internal_error", words)
    return defaults.server_error(request)


_MOST_ROWS: Final = 2_000_000
"""An estimate of as many takes 250 MB; zipped, they may come in 10 MB."""
_read_log = partial(columns, most_rows=_MOST_ROWS)
handler404, handler500 = not_found, failed
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *addresses.build(Shell(clock.now, wiring.archive(), _read_log)),
    path("v1/", endpoints.build(clock.now, wiring.archive()).urls),
]
