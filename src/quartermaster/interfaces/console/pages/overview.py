"""The numbers that an owner wants first."""

from dataclasses import replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.usage import products, ranges
from quartermaster.interfaces.console.access import Here
from quartermaster.usecases.reports.list_wallets import list_wallets
from quartermaster.usecases.reports.show_free_credits import show_free_credits
from quartermaster.usecases.reports.trend_usage import Question, Used, trend_usage

_BOTS: Final = 20


def overview(request: HttpRequest, here: Here) -> HttpResponse:
    """This week, credit, and the bots that need somebody first."""
    span = ranges.named("7d", here.at, here.zone)
    asked = Question(here.workspace, span, "day", product=products.CONVERSING)
    week, by_bot = trend_usage(asked), trend_usage(replace(asked, by="bot", compares=False))
    used = {one.group: one for one in by_bot.rows}
    wallets = list_wallets(here.workspace, here.at)
    first = wallets.most_urgent_first()[:_BOTS]
    found = {
        "week": week,
        "sessions": week.total.units.get("billing_session", 0),
        "sessions_before": week.previous_total.units.get("billing_session", 0),
        "days": week.pairs(),
        "span": span,
        "free": show_free_credits(here.workspace.id, here.at),
        "wallets": wallets,
        "rows": [(one, used.get(one.bot.name, Used(one.bot.name))) for one in first],
        "left_out": len(wallets.credits) - len(first),
    }
    return render(request, "console/pages/overview.html", found)
