"""Which plan would suit a bot."""

from datetime import datetime
from typing import Any, Literal

from ninja import NinjaAPI, Query, Schema
from ninja.decorators import decorate_view
from pydantic import Field

from quartermaster.core import money
from quartermaster.core.plans.bills import Part
from quartermaster.core.plans.suggestion import Option
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import REVALIDATED, UNCHANGED
from quartermaster.interfaces.api.usage.figures import QuantitiesOut
from quartermaster.store.people import queries as people
from quartermaster.usecases.reports.suggest_plan import Question, Suggestion, suggest_plan


class SuggestionAsked(Schema):
    """Whose plans."""

    product: Literal["automation_ai", "search_ai", "contact_center_ai", "agent_ai"] = Field(
        "automation_ai", description="Whose plans."
    )


class BilledCycleOut(Schema):
    """Thirty local days and what they saw: `concurrent` is the most agents at one instant, `named`
    how many there were."""

    start: datetime
    end: datetime
    quantities: QuantitiesOut
    concurrent: int
    named: int


class BillPartOut(Schema):
    """`cycles` are amounts by cycle, `formulas` as well or one for all of them; `unit` is null but
    for usage."""

    what: Literal["fee", "seats", "overage", "usage"]
    unit: str | None
    amount: str
    cycles: list[str]
    formulas: list[str]


class ExceededOut(Schema):
    """More is in use than is allowed; `limit` is `seats` where agents worked and there are none."""

    limit: str
    allowed: int
    used: int


class OptionOut(Schema):
    """`key`, `version` and `cadence` are null for usage as it goes. `difference` is to what the
    bot has now: below zero it costs less. `is_open` says whether it can be chosen, or kept; `lost`
    are features that would be."""

    key: str | None
    title: str | None
    version: int | None
    cadence: Literal["monthly", "annual"] | None
    seats: int
    total: str
    per_cycle: str
    cycles: list[str]
    difference: str
    exceeded: list[ExceededOut]
    lost: list[str]
    is_open: bool
    is_current: bool
    is_cheapest: bool
    parts: list[BillPartOut]


class SuggestionOut(Schema):
    """The cheapest option first; `is_enough` says whether there is usage of enough days."""

    bot: str
    bot_name: str
    product: str
    currency: str
    time_zone: str
    cycles: list[BilledCycleOut]
    days_of_usage: int
    is_enough: bool
    options: list[OptionOut]


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoint."""

    @api.get(
        "/bots/{bot}/suggestion",
        response={200: SuggestionOut, **REVALIDATED},
        summary="Which plan to choose",
    )
    @decorate_view(*UNCHANGED)
    def suggestion(request: Any, bot: str, asked: Query[SuggestionAsked]) -> dict[str, Any]:
        """What the bot's last ninety days would have come to under every plan and version."""
        question = Question.of(people.get_bot(request.auth, bot), asked.product)
        found = suggest_plan(question, shell.now(request.auth), shell.archive)
        return _suggestion(found, request.auth.currency)


def _suggestion(found: Suggestion, currency: str) -> dict[str, Any]:
    units = [name.removesuffix("s") for name in QuantitiesOut.model_fields]
    return {
        "bot": found.question.bot.public_id,
        "bot_name": found.question.bot.name,
        "product": found.question.product,
        "currency": currency,
        "time_zone": found.time_zone,
        "cycles": [
            {
                "start": period.start,
                "end": period.end,
                "quantities": {f"{unit}s": used.units.get(unit, 0) for unit in units},
                "concurrent": used.concurrent,
                "named": used.named,
            }
            for period, used in zip(found.cycles, found.used, strict=True)
        ],
        "days_of_usage": found.days_of_usage,
        "is_enough": found.is_enough,
        "options": [_option(one) for one in found.options],
    }


def _option(one: Option) -> dict[str, Any]:
    has, bill = one.bill.terms, one.bill
    return {
        "key": has.offer.key if has else None,
        "title": has.offer.title if has else None,
        "version": one.offered.number if one.offered else None,
        "cadence": has.cadence if has else None,
        "seats": has.seats if has else 0,
        "total": money.exact_micro(bill.total_micro),
        "per_cycle": money.exact_micro(bill.cycle_micro),
        "cycles": [money.exact_micro(amount) for amount in bill.cycles_micro],
        "difference": money.exact_micro(one.difference_micro),
        "exceeded": [
            {"limit": each.limit, "allowed": each.allowed, "used": each.used}
            for each in one.exceeded
        ],
        "lost": list(one.lost),
        "is_open": one.is_open,
        "is_current": one.is_current,
        "is_cheapest": one.is_cheapest,
        "parts": [_part(part) for part in bill.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "what": part.what,
        "unit": part.unit,
        "amount": money.exact_micro(part.amount_micro),
        "cycles": [money.exact_micro(amount) for amount in part.amounts_micro],
        "formulas": list(part.formulas),
    }
