"""Charged sessions: pages of them, or all in one answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.vary import vary_on_headers
from ninja import NinjaAPI, Query, Schema
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from pydantic import Field

from quartermaster.core.formats import cursors
from quartermaster.core.usage.ranges import Span
from quartermaster.interfaces.api.questions import Name, Paged, Ranged, Shell, Text
from quartermaster.interfaces.api.schemas import PROBLEMS, ProblemOut
from quartermaster.interfaces.api.usage import exports
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.sessions import Place
from quartermaster.usecases.reports.export_sessions import SessionLine, export_sessions
from quartermaster.usecases.reports.list_sessions import SessionPage, Wanted, list_sessions

_JSON: Final = "application/json"


class SessionsAsked(Ranged, Paged):
    """Which sessions, by when they begin."""

    bot: Name | None = Field(None, description="Name or public id.")
    unit: Literal["billing_session", "voice_session"] | None = None
    channel: Text | None = Field(None, description="A name; empty for those without one.")
    user: Name | None = Field(None, description="An end user, as events name them.")


class SessionOut(Schema):
    """A session with its conversation and charge. What is of the conversation is null where late
    events gave that another start; `charge_id` is null where the session cost nothing."""

    id: str
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    conversation: str | None
    conversation_start_at: datetime | None
    conversation_end_at: datetime | None
    start_at: datetime
    end_at: datetime
    charge_id: str | None
    charge: str
    paid: str
    free: str
    currency: str
    paid_by: str


class SessionsOut(Schema):
    """The latest first; `next_cursor` asks for the page after this one."""

    sessions: list[SessionOut]
    next_cursor: str | None


class NotOffered(HttpError):
    """None of the media types that are offered is accepted."""


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoint."""
    problems = PROBLEMS | {406: ProblemOut}

    @api.get("/sessions", response={200: SessionsOut, **problems}, summary="Sessions")
    @decorate_view(vary_on_headers("Accept"))
    def sessions(request: Any, asked: Query[SessionsAsked]) -> Any:
        """Standing sessions of a time, the latest first: pages as JSON; all of them at once as CSV
        or NDJSON, for which `cursor` and `limit` mean nothing."""
        form = _form(request)
        span = asked.span(request.auth, shell.now(request.auth))
        wanted = _wanted(request.auth, span, asked)
        if form == _JSON:
            after = asked.place()
            page = list_sessions(wanted, Place(*after) if after else None, asked.limit)
            return _page(page, request.auth.currency)
        return _whole(form, export_sessions(wanted), span)


def _form(request: HttpRequest) -> str:
    found = request.get_preferred_type([_JSON, *exports.FORMS])
    if found is None:
        raise NotOffered(406, f"it is offered as {_JSON}, {' or '.join(exports.FORMS)}")
    return found


def _wanted(workspace: Workspace, span: Span, asked: SessionsAsked) -> Wanted:
    return Wanted(workspace, span.period, asked.bot, asked.unit, asked.channel, asked.user)


def _page(page: SessionPage, currency: str) -> dict[str, Any]:
    place = page.following
    return {
        "sessions": [SessionLine.of(one, currency)._asdict() for one in page.sessions],
        "next_cursor": cursors.written(place.at, place.id) if place else None,
    }


def _whole(form: str, parts: Iterable[list[SessionLine]], span: Span) -> HttpResponseBase:
    name = f"sessions-{span.first_day}-to-{span.last_day}.{exports.ENDINGS[form]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    chunks = exports.FORMS[form](SessionLine._fields, parts)
    return StreamingHttpResponse(chunks, content_type=form, headers=headers)
