"""The list of sessions, its CSV, and one session opened."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from quartermaster.core.formats import csv_text, cursors, public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.interfaces.console import filters, timeline
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.filters import SessionForm
from quartermaster.store.people import queries as people
from quartermaster.store.wallets.sessions import Place
from quartermaster.usecases.proof.explain_session import explain_session
from quartermaster.usecases.reports.export_sessions import SessionLine, export_sessions
from quartermaster.usecases.reports.list_sessions import Wanted, list_sessions
from quartermaster.usecases.reports.total_sessions import total_sessions

_PAGE: Final = 50


def sessions(request: HttpRequest, here: Here) -> HttpResponse:
    """A page of them with what all of them come to."""
    form, wanted = _asked(request, here)
    place = cursors.read(request.GET.get("after", ""))
    found = list_sessions(wanted, Place(*place) if place else None, _PAGE)
    following = found.following
    shown = {
        "form": form,
        "span": form.span,
        "sessions": found.sessions,
        "after": cursors.written(following.at, following.id) if following else "",
        "is_first": place is None,
        "total": total_sessions(wanted),
    }
    return render(request, "console/pages/sessions.html", shown)


def _asked(request: HttpRequest, here: Here) -> tuple[SessionForm, Wanted]:
    bots = [bot.name for bot in people.bots_of(here.workspace)]
    form = SessionForm(request.GET, here.at, here.zone, bots, here.channels())
    form.is_valid()
    chosen = form.cleaned_data
    bot, unit, user = (chosen.get(name) or None for name in ("bot", "unit", "user"))
    channel = filters.channel_of(form)
    return form, Wanted(here.workspace, form.span.period, bot, unit, channel, user)


@require_GET
def download(request: HttpRequest, here: Here) -> HttpResponseBase:
    """All of them as CSV, streamed; wrong filters lead back to the page, which says so."""
    form, wanted = _asked(request, here)
    if form.errors:
        return redirect(f"{reverse('sessions')}?{request.GET.urlencode()}")
    name = f"sessions-{form.span.first_day}-to-{form.span.last_day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    chunks = csv_text.whole(SessionLine._fields, export_sessions(wanted))
    return StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8", headers=headers)


def session(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """One session: its messages on its fifteen minutes, its charge, what came late."""
    _, number = public_ids.read(name, Name.SESSION)
    found = explain_session(number, here.shell.archive, here.workspace.public_id)
    shown = {"found": found, "name": name, "drawing": timeline.drawn(found, here.formats)}
    return render(request, "console/pages/session.html", shown)
