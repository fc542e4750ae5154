"""The numbers that an owner wants first."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.ledger.status import Gate
from quartermaster.core.usage import products, ranges
from quartermaster.interfaces.console.access import Here
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.reports.show_free_credits import show_free_credits
from quartermaster.usecases.reports.trend_usage import Question, Trend, Used, trend_usage

_BOTS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A bot with its week and its credit."""

    bot: Bot
    used: Used
    balance: Any
    gate: Gate


def overview(request: HttpRequest, here: Here) -> HttpResponse:
    """This week, credit, and the bots that need somebody first."""
    span = ranges.named("7d", here.at, here.zone)
    asked = Question(here.workspace, span, "day", product=products.CONVERSING)
    week = trend_usage(asked)
    rows = _rows(here, trend_usage(replace(asked, by="bot", compares=False)))
    found = {
        "week": week,
        "sessions": week.total.units.get("billing_session", 0),
        "sessions_before": week.previous_total.units.get("billing_session", 0),
        "days": week.pairs(),
        "span": span,
        "free": show_free_credits(here.workspace.id, here.at),
        "paid_micro": sum(max(row.balance.paid_micro, 0) for row in rows),
        "rows": rows[:_BOTS],
        "left_out": max(0, len(rows) - _BOTS),
        "stopped": sum(not row.gate.may_serve for row in rows),
        "low": sum(row.gate.status in ("low", "using_free") for row in rows),
    }
    return render(request, "console/pages/overview.html", found)


def _rows(here: Here, by_bot: Trend) -> list[Row]:
    """Stopped ones first, then those with the fewest days left."""
    used = {one.group: one for one in by_bot.rows}
    bots = people.bots_of(here.workspace)
    gates = check_gates([bot.id for bot in bots], here.at)
    rows = [Row(bot, used.get(bot.name, Used(bot.name)), *gates[bot.id]) for bot in bots]
    return sorted(rows, key=_urgency)


def _urgency(row: Row) -> tuple[Any, ...]:
    days = row.gate.days_left
    return (row.gate.may_serve, days is None, days or 0, -row.used.charged_micro, row.bot.name)
