"""Reads of notices."""

from collections.abc import Collection

from quartermaster.store.notices.models import Key, Notice


def of_workspace(workspace: int, key: str | None = None, limit: int | None = None) -> list[Notice]:
    """The latest first: all, or those about something; so many at most."""
    found = Notice.objects.filter(workspace_id=workspace).select_related("bot")
    if key is not None:
        found = found.filter(key=key)
    return list(found.order_by("-id")[:limit])


def told(key: Key, causes: Collection[str]) -> set[str]:
    """For which of these there is a notice already."""
    found = Notice.objects.filter(key=key, cause__in=causes)
    return set(found.values_list("cause", flat=True))
