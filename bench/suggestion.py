"""Which plan to choose: the sessions of one bot's ninety days under many plans and versions."""

from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from bench import workspace
from bench.figures import Figure, median_seconds
from bench.metering import empty_log, fill
from quartermaster.core.catalog.offers import Cadence, Catalog, Kind, Offer
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.parts import Tier
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.people.models import Bot
from quartermaster.usecases.reports.suggest_plan import Question, suggest_plan

SESSIONS, USERS = 102_000, 16
"""Users who write every twenty minutes: nearly ninety days of sessions, today's among them."""
PLANS, VERSIONS = 3, 10
TARGET_MS = 500


def run() -> list[Figure]:
    """As a program asks, from the database."""
    workspace.migrate()
    where, bots, _, _ = workspace.make(1)
    fill(where.id, workspace.sessions(SESSIONS, bots, USERS))
    empty_log()
    with transaction.atomic():
        for number in range(VERSIONS):
            catalog.publish_catalog(_catalog(number), datetime.now(UTC))
    question = Question(Bot.objects.get(id=bots[0]), "automation_ai")
    at = datetime.now(UTC)
    found = suggest_plan(question, at)
    counted = sum(cycle.units["billing_session"] for cycle in found.used)
    milliseconds = median_seconds(lambda: suggest_plan(question, at), 9) * 1000
    note = f"{counted:,} sessions, {len(found.options)} options"
    return [Figure("plan suggested", milliseconds, "ms", TARGET_MS, is_most=True, note=note)]


def _catalog(number: int) -> Catalog:
    return Catalog("USD", True, {}, {}, tuple(_plan(rank, number) for rank in range(PLANS)))


def _plan(rank: int, number: int) -> Offer:
    fee = Decimal(50 * (rank + 1) + number)
    tiers = Graduated((Tier(5_000, Decimal("0.18")), Tier(None, Decimal("0.15"))))
    return Offer(
        Kind.PLAN,
        f"plan_{rank}",
        f"Plan {rank}",
        {Cadence.MONTHLY: fee, Cadence.ANNUAL: 10 * fee},
        product="automation_ai",
        rank=rank,
        usage=(UsagePrice("billing_session", tiers, included=500 * (rank + 1)),),
    )
