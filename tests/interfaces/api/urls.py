"""The API alone, at the tests' time."""

from django.urls import path

from quartermaster.interfaces.api import endpoints
from tests.books import clock
from tests.fakes.archive import MemoryArchive

urlpatterns = [path("v1/", endpoints.build(clock, MemoryArchive()).urls)]
