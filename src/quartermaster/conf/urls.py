"""Every address of the web side."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
