"""Reads of contracts and statements."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.lifecycles.orders import State
from quartermaster.core.periods import EPOCH, FOREVER, Period
from quartermaster.core.plans.contracts import agreements
from quartermaster.core.plans.contracts.agreements import Contract as Agreed
from quartermaster.core.plans.contracts.agreements import Price
from quartermaster.core.plans.contracts.statements import Fee, Line, Used
from quartermaster.core.plans.quotes import Anchor
from quartermaster.store import sql
from quartermaster.store.contracts.models import (
    Contract,
    ContractPrice,
    LateUsage,
    Statement,
    StatementLine,
)
from quartermaster.store.orders.models import OrderLine
from quartermaster.store.people.models import Workspace, WorkspacePlan
from quartermaster.store.people.queries import NotFound

_SQL: Final = sql.Queries(__package__)
OPEN: Final = _SQL["open_contracts"]


def find_by_key(idempotency_key: uuid.UUID) -> Contract | None:
    """The contract that was agreed with this key."""
    return _whole().filter(idempotency_key=idempotency_key).first()


def find_price_by_key(idempotency_key: uuid.UUID) -> ContractPrice | None:
    """The price that was agreed with this key."""
    return ContractPrice.objects.filter(idempotency_key=idempotency_key).first()


def get(contract: int) -> Contract:
    """By its internal id."""
    return _whole().get(id=contract)


def find_contract_at(workspace: int, at: datetime) -> Contract | None:
    """The one that holds."""
    held = Q(end_at__isnull=True) | Q(end_at__gt=at)
    return _whole().filter(held, workspace_id=workspace, start_at__lte=at).first()


def contract_at(workspace: int, at: datetime) -> Contract:
    """The same; NotFound where none does."""
    found = find_contract_at(workspace, at)
    if found is None:
        raise NotFound("this workspace has no contract now", field="contract")
    return found


def latest_contract(workspace: int) -> Contract | None:
    """The one that begins last, though it may not have begun."""
    return _whole().filter(workspace_id=workspace).order_by("-start_at").first()


def covered(workspace: Workspace) -> list[Period]:
    """The times whose usage is on account, in their order: those that contracts cover. Of a
    workspace whose plan is enterprise and that has agreed nothing yet, all."""
    found = [Period(one.start_at, one.end_at or FOREVER) for one in contracts_of(workspace.id)]
    is_enterprise = workspace.plan == WorkspacePlan.ENTERPRISE
    return [Period(EPOCH, FOREVER)] if is_enterprise and not found else found


def covers(workspace: Workspace, at: datetime) -> bool:
    """Whether an instant is among them."""
    return any(at in period for period in covered(workspace))


def contracts_of(workspace: int) -> list[Contract]:
    """All, the first one first."""
    return list(_whole().filter(workspace_id=workspace).order_by("start_at"))


def every() -> list[Contract]:
    """Those of all workspaces."""
    return list(_whole().order_by("id"))


def agreed(contract: Contract) -> Agreed:
    """As the rules know it, with its prices in the order in which they were agreed."""
    found = ContractPrice.objects.filter(contract=contract).order_by("id")
    zone = ZoneInfo(contract.workspace.time_zone)
    return Agreed(
        Anchor(contract.anchor_date, zone),
        contract.months,
        contract.currency,
        contract.commitment_minor,
        contract.net_days,
        contract.start_at,
        contract.end_at,
        tuple(price(one) for one in found),
    )


def price(one: ContractPrice) -> Price:
    """As the rules know it."""
    read = agreements.price(one.what, one.kind, one.terms)
    kind = None if one.kind is None else SeatKind(one.kind)
    return Price(one.id, one.what, read, one.start_at, one.end_at, kind)


def due(at: datetime) -> list[int]:
    """The contracts that have begun and are not closed to their end by then, of workspaces whose
    clock goes with the world's."""
    closed = Coalesce(Max("statement__end_at"), F("start_at"))
    found = Contract.objects.filter(start_at__lte=at, workspace__frozen_at__isnull=True)
    found = found.annotate(closed=closed)
    is_open = Q(end_at__isnull=True) | Q(end_at__gt=F("closed"))
    return list(found.filter(is_open, closed__lte=at).order_by("id").values_list("id", flat=True))


def cycle_end(contract: int, closed: datetime) -> datetime:
    """When the cycle ends that begins where a contract is closed to."""
    return agreed(_whole().get(id=contract)).cycle(closed).end


def closed_to(contract: int) -> datetime | None:
    """Where its last statement ends."""
    found: datetime | None = Statement.objects.filter(contract_id=contract).aggregate(
        end=Max("end_at")
    )["end"]
    return found


def statements_of(contract: int) -> list[Statement]:
    """The first one first."""
    found = Statement.objects.filter(contract_id=contract).select_related("contract__workspace")
    return list(found.order_by("start_at"))


def statements_of_workspace(workspace: int) -> list[Statement]:
    """Those of all its contracts, the latest first."""
    found = Statement.objects.filter(contract__workspace_id=workspace).select_related("contract")
    return list(found.order_by("-start_at"))


def get_statement(workspace: int, public_id: str) -> Statement:
    """By its public id, within the workspace."""
    found = Statement.objects.filter(contract__workspace_id=workspace, public_id=public_id)
    one = found.select_related("contract__workspace").first()
    if one is None:
        raise NotFound(f"no statement {public_id!r} in this workspace", field="statement")
    return one


def public_ids(statements: Collection[int]) -> dict[int, str]:
    """Of statements."""
    return dict(Statement.objects.filter(id__in=statements).values_list("id", "public_id"))


def lines(statement: int) -> tuple[Line, ...]:
    """In their order, with adjustments of earlier ones."""
    found = StatementLine.objects.filter(statement_id=statement).order_by("number")
    return tuple(_line(one) for one in found)


def reckoned(statement: int) -> tuple[Line, ...]:
    """What a cycle has come to: its statement's own lines, then what adjusted them since."""
    own = Q(statement_id=statement, corrects__isnull=True)
    found = StatementLine.objects.filter(own | Q(corrects_id=statement)).order_by("id")
    return tuple(_line(one) for one in found)


def _line(one: StatementLine) -> Line:
    return Line(
        one.key,
        one.what,  # type: ignore[arg-type]
        one.of,
        one.description,
        one.quantity,
        one.formula,
        one.amount_minor,
        Period(one.start_at, one.end_at),
        dict(one.parts),
        one.order_id,
        one.corrects_id,
    )


def used(workspace: int, cycle: Period, cuts: Sequence[datetime]) -> list[Used]:
    """What each bot has used between each two cuts of a cycle, the first of which is its start:
    sessions by the start of their block, other units by their quarter of an hour."""
    bounds = {"start": cycle.start, "end": cycle.end, "cuts": list(cuts)}
    found = sql.rows(_SQL["used"], workspace=workspace, **bounds)
    return [Used(bot, unit, cuts[place - 1], quantity) for bot, unit, place, quantity in found]


def fees(workspace: int, cycle: Period) -> list[Fee]:
    """The lines of orders that were fulfilled in a cycle without having been paid."""
    found = OrderLine.objects.filter(
        order__workspace_id=workspace,
        order__state=State.FULFILLED,
        order__ordered_at__gte=cycle.start,
        order__ordered_at__lt=cycle.end,
    ).exclude(order__payment__outcome="succeeded")
    return [
        Fee(
            one.id,
            one.order_id,
            one.order.bot_id,
            one.description,
            one.quantity,
            one.amount_minor,
            Period(one.start_at, one.end_at),
        )
        for one in found.select_related("order").order_by("id")
    ]


def late(statement: int) -> list[LateUsage]:
    """What its adjustments do not have yet."""
    return list(LateUsage.objects.filter(statement_id=statement).order_by("id"))


def _whole() -> QuerySet[Contract]:
    return Contract.objects.select_related("workspace")
