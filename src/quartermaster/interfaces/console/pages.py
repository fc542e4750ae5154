"""The pages: sign in, and what a workspace's bots have used and have left."""

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from quartermaster.core import money
from quartermaster.core.periods import Period, local_day
from quartermaster.store.metering import figures
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets import queries as wallets
from quartermaster.usecases.credits.check_gates import check_gates

_STYLE: Final = resources.files(__package__).joinpath("static/console.css").read_bytes()


def build(now: Callable[[], datetime]) -> list[URLPattern]:
    """The addresses, with the clock that the pages go by."""

    @login_required
    def overview(request: HttpRequest) -> HttpResponse:
        workspace = people.find_workspace_of(request.user.pk or 0)
        if workspace is None:
            return render(request, "console/no_workspace.html", status=403)
        return render(request, "console/overview.html", _overview(workspace, now()))

    sign_in = LoginView.as_view(template_name="console/sign_in.html")
    return [
        path("", overview, name="overview"),
        path("sign-in", sign_in, name="sign-in"),
        path("sign-out", LogoutView.as_view(), name="sign-out"),
        path("console.css", _style),
    ]


def _style(request: HttpRequest) -> HttpResponse:
    headers = {"Cache-Control": "max-age=300"}
    return HttpResponse(_STYLE, content_type="text/css; charset=utf-8", headers=headers)


def _overview(workspace: Workspace, at: datetime) -> dict[str, Any]:
    zone = ZoneInfo(workspace.time_zone)
    local = at.astimezone(zone)
    period = Period(local_day(local.date().replace(day=1), zone).start, at)
    used = figures.usage(workspace.id, period, "bot", workspace.time_zone)
    bots = people.bots_of(workspace)
    gates = check_gates([bot.id for bot in bots], at)
    return {
        "workspace": workspace,
        "month": f"{local:%B %Y}",
        "free": money.shown(wallets.free_left(workspace.id, at)),
        **_figures(used),
        "rows": [
            _row(bot, [one for one in used if one.group == bot.name], *gates[bot.id])
            for bot in bots
        ],
    }


def _figures(used: Sequence[figures.Usage]) -> dict[str, str]:
    """Billing sessions, and what all units were charged."""
    sessions = sum(one.quantity for one in used if one.unit == "billing_session")
    charged = sum(one.paid_micro + one.free_micro for one in used)
    return {"sessions": f"{sessions:,}", "charged": money.shown(charged)}


def _row(bot: Bot, used: Sequence[figures.Usage], balance: Any, gate: Any) -> dict[str, Any]:
    return {
        "name": bot.name,
        "status": gate.status.value,
        "reason": gate.reason,
        **_figures(used),
        "paid": money.shown(balance.paid_micro),
        "left": "no limit" if gate.sessions_left is None else f"{gate.sessions_left:,}",
        "days": "–" if gate.days_left is None else f"{gate.days_left:,}",
    }
