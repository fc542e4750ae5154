"""Writes of contracts, in the caller's transaction and under the workspace's lock."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from quartermaster.core import periods
from quartermaster.core.plans.contracts.statements import Line
from quartermaster.core.plans.contracts.statements import Statement as Reckoned
from quartermaster.store import sql
from quartermaster.store.contracts.models import (
    Contract,
    ContractPrice,
    LateUsage,
    Statement,
    StatementLine,
)
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.operations import public_id

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class NewContract:
    """What is agreed."""

    workspace: Workspace
    anchor_date: date
    months: int
    commitment_minor: int
    net_days: int
    start_at: datetime
    end_at: datetime | None
    idempotency_key: uuid.UUID


def add(new: NewContract, at: datetime) -> Contract:
    """A contract in the workspace's currency."""
    return Contract.objects.create(
        public_id=public_id("con"),
        workspace=new.workspace,
        anchor_date=new.anchor_date,
        months=new.months,
        currency=new.workspace.currency,
        commitment_minor=new.commitment_minor,
        net_days=new.net_days,
        start_at=new.start_at,
        end_at=new.end_at,
        idempotency_key=new.idempotency_key,
        agreed_at=at,
    )


def end(contract: Contract, at: datetime) -> None:
    """It holds up to an instant."""
    contract.end_at = at
    contract.save(update_fields=["end_at"])


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What is agreed for a unit, or for seats of a product."""

    contract: Contract
    what: str
    kind: str | None
    terms: Mapping[str, Any]
    start_at: datetime
    end_at: datetime | None
    idempotency_key: uuid.UUID


def add_price(new: NewPrice, at: datetime) -> ContractPrice:
    """A price, which counts before those that were agreed earlier."""
    return ContractPrice.objects.create(
        contract=new.contract,
        what=new.what,
        kind=new.kind,
        terms=dict(new.terms),
        start_at=new.start_at,
        end_at=new.end_at,
        idempotency_key=new.idempotency_key,
        agreed_at=at,
    )


def close(contract: Contract, number: int, found: Reckoned, at: datetime) -> Statement:
    """Writes a statement down."""
    statement = Statement.objects.create(
        public_id=public_id("stm"),
        contract=contract,
        number=number,
        start_at=found.cycle.start,
        end_at=found.cycle.end,
        due_date=found.due_date,
        currency=found.currency,
        commitment_minor=found.commitment_minor,
        total_minor=found.total_minor,
        closed_at=at,
    )
    StatementLine.objects.bulk_create(
        _row(statement, place, line) for place, line in enumerate(found.lines, 1)
    )
    return statement


def _row(statement: Statement, number: int, line: Line) -> StatementLine:
    return StatementLine(
        statement=statement,
        number=number,
        key=line.key,
        what=line.what,
        of=line.of,
        description=line.description,
        quantity=line.quantity,
        formula=line.formula,
        amount_minor=line.amount_minor,
        start_at=line.period.start,
        end_at=line.period.end,
        parts=[[bot, quantity] for bot, quantity in line.parts.items()],
        order_id=line.order,
        corrects_id=line.corrects,
    )


def forget_late(statement: Statement) -> None:
    """Its adjustments have what was late."""
    LateUsage.objects.filter(statement=statement).delete()


@dataclass(frozen=True, slots=True)
class Late:
    """Usage, or log-ins (`what` is their product), in columns; `at` in microseconds."""

    bots: Sequence[int]
    whats: Sequence[str]
    ats: Sequence[int]
    quantities: Sequence[int]


def closed_to(workspace: int) -> int | None:
    """Where the last closed cycle of a workspace ends, in microseconds."""
    (found,) = sql.rows(_SQL["closed_to"], workspace=workspace)[0]
    return None if found is None else periods.to_micros(found)


def note_late(workspace: int, found: Late) -> None:
    """Notes usage of closed cycles, so that later statements have it."""
    sql.run(
        _SQL["note_late"],
        workspace=workspace,
        bots=sql.bigints(found.bots),
        whats=sql.Texts(found.whats),
        ats=sql.instants(found.ats),
        quantities=sql.bigints(found.quantities),
    )


def note_late_logins(workspace: int, found: Late) -> None:
    """Notes that log-ins of closed cycles, or of before, came late."""
    sql.run(
        _SQL["note_late_logins"],
        workspace=workspace,
        bots=sql.bigints(found.bots),
        products=sql.Texts(found.whats),
        ats=sql.instants(found.ats),
    )
