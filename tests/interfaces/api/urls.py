"""The API alone."""

from django.urls import path

from quartermaster.interfaces.api import endpoints

urlpatterns = [path("v1/", endpoints.build().urls)]
