"""What people are to be told, as tests look at it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from quartermaster.store.notices.models import Notice


def told(key: str) -> list[dict[str, Any]]:
    """The fields of all about it, the first one first."""
    return [dict(one.fields) for one in Notice.objects.filter(key=key).order_by("id")]


def keys() -> list[str]:
    """What all are about, in their order."""
    return list(Notice.objects.order_by("id").values_list("key", flat=True))


def assert_undone_with(act: Callable[[], object]) -> None:
    """What it tells of is rolled back with it."""
    before = keys()
    with transaction.atomic():
        act()
        assert keys() != before
        transaction.set_rollback(True)
    assert keys() == before
