"""Every address of the web side."""

from django.urls import path

from quartermaster.conf import clock, health
from quartermaster.interfaces.api import endpoints

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("v1/", endpoints.build(clock.now).urls),
]
