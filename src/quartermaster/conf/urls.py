"""Every address of the web side."""

from django.urls import path

from quartermaster.conf import clock, health
from quartermaster.interfaces.api import endpoints
from quartermaster.interfaces.console import pages

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    *pages.build(clock.now),
    path("v1/", endpoints.build(clock.now).urls),
]
