"""Gathers what a cycle saw, and rates it. In the caller's transaction."""

import itertools
from collections.abc import Sequence
from datetime import datetime

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts import prices, statements
from quartermaster.core.plans.contracts.prices import Prices, Published
from quartermaster.core.plans.contracts.statements import Beyond, Line, Seats, Seen, Statement, Used
from quartermaster.core.plans.tariffs import Tariff
from quartermaster.core.usage import products
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Contract, LateUsage
from quartermaster.store.contracts.models import Statement as Closed
from quartermaster.store.metering import queries as metering
from quartermaster.store.people import queries as people
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _overage
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.usage.count_seats import count_seats


def rate(
    contract: Contract,
    cycle: Period,
    archive: EventArchive | None,
    without: Sequence[LateUsage] = (),
) -> Statement:
    """What a cycle comes to by all that is known of it, or without some usage that came late."""
    workspace = contract.workspace_id
    found = _prices(contract, cycle)
    used = queries.used(workspace, cycle, found.cuts())
    used += [Used(one.bot_id, one.what, one.at, -one.quantity) for one in without if one.quantity]
    seats = _seats(workspace, found, archive)
    return statements.statement(
        found, Seen(used, seats, queries.fees(workspace, cycle), _beyond(contract, found, archive))
    )


def adjustments(
    contract: Contract, archive: EventArchive | None
) -> list[tuple[Closed, tuple[Line, ...]]]:
    """What is to be added to the statements of the workspace's closed cycles, by statement: of the
    last one, and of those for which something came late."""
    found = []
    several = queries.statements_of_workspace(contract.workspace_id)
    for place, one in enumerate(several):
        if place and not queries.late(one.id):
            continue
        whole = rate(queries.get(one.contract_id), Period(one.start_at, one.end_at), archive)
        lines = statements.adjust(queries.reckoned(one.id), whole.lines, one.id, one.currency)
        found.append((one, lines))
    return found


def _prices(contract: Contract, cycle: Period) -> Prices:
    bots = [bot.id for bot in people.bots_of(contract.workspace)]
    tariffs = {bot: Tariff(several) for bot, several in subscriptions.stretches(bots).items()}
    published = [
        Published(one.published_at, plans)
        for one, plans in catalog.plans_named(prices.ENTERPRISE)
        if one.currency == contract.currency
    ]
    return Prices(queries.agreed(contract), cycle, tariffs, published)


def _seats(workspace: int, found: Prices, archive: EventArchive | None) -> list[Seats]:
    several = []
    for product in products.WITH_AGENTS:
        sources = found.of_seats(product) if metering.agent_bots(workspace, product) else []
        for source in sources:
            count = count_seats(workspace, product, source.period, archive=archive)
            several.append(Seats(product, source, count.concurrent, count.named))
    return several


def _beyond(contract: Contract, found: Prices, archive: EventArchive | None) -> list[Beyond]:
    """For each of the contract's months in which overage was the policy, of each bot whose plan has
    seats."""
    billed = people.overage_times(contract.workspace_id)
    if not billed:
        return []
    history, several = History(archive), []
    places = [one for one in products.WITH_AGENTS if found.has_overage(one)]
    for bot, product in itertools.product(people.bots_of(contract.workspace), places):
        floor = _overage.Floor(bot, product, history, billed)
        for month, kind in itertools.product(found.months(), SeatKind):
            overage = floor.rate(month, kind)
            if overage.seats:
                several.append(Beyond(bot.id, product, kind, month, overage))
    return several


def running(contract: Contract, at: datetime) -> Period:
    """The cycle that an instant falls into."""
    return queries.agreed(contract).cycle(at)
