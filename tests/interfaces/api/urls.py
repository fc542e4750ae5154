"""The API alone, at the tests' time."""

from django.urls import path

from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.interfaces.api import endpoints
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, clock
from tests.fakes.archive import MemoryArchive
from tests.fakes.gateway import FakeGateway
from tests.fakes.provider import Provider

GATEWAY = FakeGateway()
PROVIDER = Provider(at=NOW)
WORKS = Works(LOG, Policy, Gateways((PROVIDER,), GATEWAY))
urlpatterns = [path("v1/", endpoints.build(clock, MemoryArchive(), WORKS, InvoicePress()).urls)]
