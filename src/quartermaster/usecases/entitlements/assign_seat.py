"""An agent is given a named seat."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core.catalog.offers import PRODUCT_TITLES, SeatKind
from quartermaster.core.errors import Refusal
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import SeatAssignment
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing
from quartermaster.usecases.entitlements._standing import Standing


class NotNamed(Refusal):
    """The bot has no plan with named seats of this product: there is nothing to assign."""

    code = "not_named"
    kind = "conflict"


class NoSeatLeft(Refusal):
    """All seats are taken."""

    code = "no_seat_left"
    kind = "refused"


def assign_seat(bot: Bot, product: str, agent: str, at: datetime) -> SeatAssignment:
    """The agent holds a seat until it is released. Twice is once; NotNamed, NoAgents, BadAgent, and
    where overage is not billed NoSeatLeft."""
    _standing.require_agents(product)
    _standing.require_agent(agent)
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        held = queries.find_assignment(bot.id, product, agent)
        if held is not None:
            return held
        _require_room(_standing.standing(bot, at, History()), product, agent)
        return subscriptions.assign_seat(bot.id, product, agent, at)


def _require_room(standing: Standing, product: str, agent: str) -> None:
    seats, taken = standing.seats(product)
    if seats.kind is not SeatKind.NAMED:
        raise NotNamed(field="product")
    if agent in taken.counted or seats.has_room:
        return
    day = standing.month(product).end.astimezone(ZoneInfo(standing.bot.workspace.time_zone)).date()
    words = (
        f"all {seats.bought:,} seats of {PRODUCT_TITLES[product]} are held or were this month; "
        f"those released are free again from {day} on"
    )
    raise NoSeatLeft(words, field="agent")
