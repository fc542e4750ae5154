"""Is it alive, is it ready, and what goes on: for load balancers and Prometheus."""

import os
from collections.abc import Iterable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from quartermaster.conf import clock
from quartermaster.store.metering import queries as metering


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as down:
        return JsonResponse({"status": "down", "reason": str(down).strip()}, status=503)
    if missing:
        reason = f"{len(missing)} migrations are missing: run `quartermaster migrate`"
        return JsonResponse({"status": "behind", "reason": reason}, status=503)
    return JsonResponse({"status": "ready"})


class LagCollector:
    """How far the meters are behind, read when asked."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Seconds that the oldest waiting event has waited, and how many wait."""
        try:
            seconds, waiting = metering.lag(clock.now())
        except Error:
            return  # what the processes count is still to be seen
        name = "quartermaster_meter_lag_seconds"
        yield GaugeMetricFamily(name, "Age of the oldest event that waits", value=seconds)
        name = "quartermaster_events_waiting"
        yield GaugeMetricFamily(name, "Events that wait for a meter", value=waiting)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, over all processes where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry = REGISTRY
    lag = CollectorRegistry()
    lag.register(LagCollector())
    body = generate_latest(registry) + generate_latest(lag)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
