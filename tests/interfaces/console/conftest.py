"""The console by the tests' clock."""

from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    """The pages go by the clock of the tests, and nobody has tried to sign in too often yet."""
    settings.ROOT_URLCONF = "tests.interfaces.console.urls"
    cache.clear()
