"""The API by the clock of the tests."""

from django.urls import path

from quartermaster.interfaces.api import endpoints
from tests.books import NOW

urlpatterns = [path("v1/", endpoints.build(lambda: NOW).urls)]
