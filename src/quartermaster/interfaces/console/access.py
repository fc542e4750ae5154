"""Who is looking, at which workspace, at what time."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from quartermaster.core.errors import Refusal
from quartermaster.interfaces.console import formats
from quartermaster.interfaces.console.formats import Formats
from quartermaster.store.metering import figures
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.ports import Clock, EventArchive
from quartermaster.usecases.ports.documents import Documents
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.usage.estimate_sessions import Estimate

_RECENT_DAYS: Final = 90
STATUS: Final = {"invalid": 422, "conflict": 409, "refused": 403, "gone": 410, "limited": 429}
THEMES: Final = ("auto", "light", "dark")


Estimator = Callable[[Path, int, Decimal, Collection[str]], Estimate]
"""What `estimate_sessions` says of a file: inactivity in seconds, price, voice channels."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What the pages need from outside. `origin` is the address that browsers see; "": that which
    they ask for."""

    now: Clock
    documents: Documents
    archive: EventArchive | None = None
    estimate: Estimator | None = None
    gateways: Gateways = field(default_factory=Gateways)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """A member's view of a workspace: `by` is the member's e-mail, `formats` is in the workspace's
    time zone and currency."""

    workspace: Workspace
    at: datetime
    formats: Formats
    shell: Shell
    by: str

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return self.formats.zone

    def channels(self) -> list[str]:
        """Those that the workspace's bots were used through in the last quarter of a year."""
        since = self.at.astimezone(self.zone).date() - timedelta(days=_RECENT_DAYS)
        return figures.channels(self.workspace.id, since)


View = Callable[..., HttpResponseBase]


def page(view: View, shell: Shell) -> View:
    """The view for members, with `here` as its second argument. What it is asked for and is not
    there is a page that says so."""

    @login_required
    @wraps(view)
    def shown(request: HttpRequest, **words: Any) -> HttpResponseBase:
        workspace = people.find_workspace_of(request.user.pk or 0)
        if workspace is None:
            return render(request, "console/signing/no_workspace.html", status=403)
        locale = formats.locale_of(request.headers.get("Accept-Language", ""))
        zone = ZoneInfo(workspace.time_zone)
        shown_in = Formats(locale, workspace.currency, zone)
        by = str(getattr(request.user, "email", ""))
        here = Here(workspace, shell.now(workspace), shown_in, shell, by)
        request.here = here  # type: ignore[attr-defined]
        try:
            return view(request, here, **words)
        except Refusal as no:
            if no.kind == "missing":
                raise Http404(str(no)) from no
            said = {"words": f"{no}"}
            return render(request, "console/signing/failed.html", said, status=STATUS[no.kind])

    return shown


def context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    theme = request.COOKIES.get("theme", "auto")
    here: Here | None = getattr(request, "here", None)
    return {
        "here": here,
        "formats": here.formats if here else None,
        "theme": theme if theme in THEMES else "auto",
    }
