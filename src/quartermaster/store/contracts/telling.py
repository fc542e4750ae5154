"""Lines with the names of what they are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from quartermaster.core.plans.contracts.statements import Line
from quartermaster.store.contracts import queries
from quartermaster.store.orders import queries as orders
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line; the bots whose units or fees it is, with how many of each; the public ids of the
    order of a fee, and of the statement that an adjustment corrects."""

    line: Line
    bots: list[tuple[Bot, int]]
    order: str | None
    corrects: str | None


def told(workspace: Workspace, lines: Iterable[Line]) -> list[ToldLine]:
    """In their order."""
    several = list(lines)
    bots = {bot.id: bot for bot in people.bots_of(workspace)}
    named = orders.public_ids({line.order for line in several if line.order})
    statements = queries.public_ids({line.corrects for line in several if line.corrects})
    return [
        ToldLine(
            line,
            [(bots[bot], quantity) for bot, quantity in line.parts.items()],
            named[line.order] if line.order else None,
            statements[line.corrects] if line.corrects else None,
        )
        for line in several
    ]
