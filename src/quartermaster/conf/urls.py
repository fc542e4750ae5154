"""Every address of the web side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from quartermaster.conf import clock, health
from quartermaster.interfaces.api import endpoints
from quartermaster.interfaces.console import pages


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the words of whoever asks: problem details for programs, a page for people."""
    if request.path.startswith("/v1/"):
        words = f"there is nothing at {request.path}"
        return endpoints.problem(request, 404, "not_found", words)
    return render(request, "console/not_found.html", status=404)


handler404 = not_found
urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *pages.build(clock.now),
    path("v1/", endpoints.build(clock.now).urls),
]
