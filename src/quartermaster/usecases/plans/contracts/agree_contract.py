"""The operator agrees a contract with a workspace."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.plans.contracts import agreements
from quartermaster.core.plans.contracts.agreements import NET_DAYS, BadContract
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.store.contracts import operations, queries
from quartermaster.store.contracts.models import Contract
from quartermaster.store.contracts.operations import NewContract
from quartermaster.store.metering import queries as metering
from quartermaster.store.people import operations as people
from quartermaster.store.people import queries as people_queries
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions import overages

_TICK: Final = timedelta(microseconds=1)
_AHEAD: Final = timedelta(microseconds=FUTURE_MICROS)
"""Usage up to then may be taken as covered already."""


class UsageCharged(Refusal):
    """Credit has paid for usage of this time: begin the contract after it."""

    code = "usage_charged"
    kind = "conflict"


class CycleClosed(Refusal):
    """The statement of this time is closed: begin after it."""

    code = "cycle_closed"
    kind = "conflict"


class LaterContract(Refusal):
    """A contract that begins then, or later, was agreed already."""

    code = "later_contract"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is agreed, from a local day on (None: today) and until another (None: open). Cycles are
    counted from the anchor, by default the first day."""

    workspace: Workspace
    months: int = 1
    commitment_minor: int = 0
    net_days: int = NET_DAYS
    from_date: date | None = None
    until_date: date | None = None
    anchor_date: date | None = None


def agree_contract(wanted: Wanted, idempotency_key: uuid.UUID, at: datetime) -> Contract:
    """A contract; the one before ends where it begins. A workspace that pays by credit is
    invoiced from this instant on, and pays by credit again after the last contract's end. The same
    key and terms again are the same contract. BadContract, UsageCharged, CycleClosed,
    LaterContract, KeyReused."""
    agreements.checked(wanted.months, wanted.commitment_minor, wanted.net_days)
    with transaction.atomic():
        locked = people.lock_workspace(wanted.workspace.id)
        made = queries.find_by_key(idempotency_key)
        if made is not None:
            return _same(made, wanted)
        is_covered = queries.covers(people_queries.get(locked.workspace), at)
        new = _new(wanted, idempotency_key, is_covered, at)
        if _is_charged(wanted.workspace.id, new.start_at):
            raise UsageCharged(field="from")
        _end_latest(new)
        people.invoice_by_contract(wanted.workspace.id)
        return operations.add(new, at)


def _is_charged(workspace: int, since: datetime) -> bool:
    return metering.has_taken_credit(workspace, since) or overages.has_settled(workspace, since)


def _new(wanted: Wanted, key: uuid.UUID, is_covered: bool, at: datetime) -> NewContract:
    workspace = wanted.workspace
    zone = ZoneInfo(workspace.time_zone)
    today = at.astimezone(zone).date()
    first = wanted.from_date or today
    if not is_covered and first != today:
        words = "this workspace pays by credit: its contract begins today"
        raise BadContract(words, field="from")
    start = agreements.midnight(first, zone, "from") if is_covered else _now(workspace, at)
    until = wanted.until_date
    end = None if until is None else agreements.midnight(until, zone, "until")
    agreements.midnight(wanted.anchor_date or first, zone, "anchor")
    if end is not None and end <= max(start, at + _AHEAD):
        raise BadContract("a contract ends after it begins, and not in the past", field="until")
    return NewContract(
        workspace,
        wanted.anchor_date or first,
        wanted.months,
        wanted.commitment_minor,
        wanted.net_days,
        start,
        end,
        key,
    )


def _now(workspace: Workspace, at: datetime) -> datetime:
    """`at`, or just after what was charged ahead of it: events may be five minutes early."""
    bots = people_queries.bots_of(workspace)
    counted = [found for bot in bots if (found := metering.last_counted(bot.id, at))]
    return max(counted) + _TICK if counted else at


def _end_latest(new: NewContract) -> None:
    latest = queries.latest_contract(new.workspace.id)
    if latest is None:
        return
    if (closed := queries.closed_to(latest.id)) is not None and new.start_at < closed:
        raise CycleClosed(field="from")
    if new.start_at <= latest.start_at:
        raise LaterContract(f"begin after {latest.public_id}, which was agreed", field="from")
    if latest.end_at is None or latest.end_at > new.start_at:
        operations.end(latest, new.start_at)


def _same(made: Contract, wanted: Wanted) -> Contract:
    """Its end is not asked: another contract may have brought it."""
    first = made.start_at.astimezone(ZoneInfo(wanted.workspace.time_zone)).date()
    terms = (made.workspace_id, made.months, made.commitment_minor, made.net_days)
    asked = (wanted.workspace.id, wanted.months, wanted.commitment_minor, wanted.net_days)
    is_same_time = wanted.from_date in (None, first)
    if terms != asked or not is_same_time or wanted.anchor_date not in (None, made.anchor_date):
        raise KeyReused(field="key")
    return made
