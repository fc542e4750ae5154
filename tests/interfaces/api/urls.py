"""The API alone, at the tests' time."""

from django.urls import path

from quartermaster.interfaces.api import endpoints
from tests.books import NOW
from tests.fakes.archive import MemoryArchive
from tests.fakes.gateway import FakeGateway

GATEWAY = FakeGateway()
urlpatterns = [path("v1/", endpoints.build(lambda: NOW, MemoryArchive(), GATEWAY).urls)]
