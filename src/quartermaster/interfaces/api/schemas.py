"""What the API answers with."""

from datetime import datetime
from typing import Any, Final

from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from ninja import Schema


class RequestOut(Schema):
    """What became of the events of one request. None while the meter has not come to them."""

    request_id: str
    received_at: datetime
    accepted: int
    rejected: int
    stored: int | None
    duplicates: int | None
    conflicts: int | None
    is_metered: bool


class RejectionOut(Schema):
    """An event that was not accepted, or whose id stood for another."""

    request_id: str
    index: int
    id: str | None
    code: str
    reason: str
    field: str | None
    at: datetime


class RejectionPage(Schema):
    """Latest first; `next_cursor` asks for the page after this one."""

    rejections: list[RejectionOut]
    next_cursor: int | None


class ProblemOut(Schema):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None
    request_id: str
    doc_url: str


KEY_HEADER: Final = "Idempotency-Key"
PROBLEMS: Final[dict[int, Any]] = dict.fromkeys((401, 404, 422, 503), ProblemOut)
REVALIDATED: Final[dict[int, Any]] = {304: None, **PROBLEMS}
UNCHANGED: Final = (cache_control(private=True, no_cache=True), conditional_page)
"""What an endpoint answers, and is wrapped in, whose answer has an ETag: a hash of the body."""
