"""Every address of the web side."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from quartermaster.adapters.limited_estimate.estimator import LimitedEstimator, Limits
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
    words = "This is our fault, and nothing was half done. Try again in a moment."
    return _page(request, "Something went wrong", words, 500)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of its page: mostly one that was open for long, or in a tab where
    somebody has signed in or out since."""
    words = "The form was open for too long, or you have signed in elsewhere since. Open it again."
    return _page(request, "The form was not taken", words, 403)


def _page(request: HttpRequest, title: str, words: str, status: int) -> HttpResponse:
    """Without anything that the database would have to be asked for."""
    request_id = getattr(request, "request_id", "")
    said = {"here": None, "title": title, "words": words, "request_id": request_id}
    return render(request, "console/signing/failed.html", said, status=status)


_LIMITS: Final = Limits(rows=2_000_000, memory_bytes=1 << 30, processor_seconds=30, seconds=60)
"""Of the estimate of a file: one of as many rows takes 250 MB; zipped, they may come in 10 MB."""
_SHELL: Final = Shell(
    clock.of,
    wiring.documents(),
    wiring.archive(),
    LimitedEstimator(_LIMITS),
    wiring.gateways(),
    settings.ORIGIN,
)
handler404, handler500 = not_found, failed
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *addresses.build(_SHELL),
    path(
        "v1/", endpoints.build(clock.of, wiring.archive(), wiring.works(), wiring.documents()).urls
    ),
]
