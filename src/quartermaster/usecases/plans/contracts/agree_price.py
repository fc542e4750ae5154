"""The operator agrees what a unit, or a seat of a product, costs a workspace."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.plans.contracts import agreements
from quartermaster.core.plans.contracts.agreements import BadContract
from quartermaster.store.contracts import operations, queries
from quartermaster.store.contracts.models import Contract, ContractPrice
from quartermaster.store.contracts.operations import NewPrice
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.plans.contracts.agree_contract import CycleClosed


@dataclass(frozen=True, slots=True)
class Wanted:
    """The price of a unit or, with a kind of seat, of a product's agents: a price model and what is
    included of a cycle, as a catalog has them. From a local day on (None: what is not closed yet)
    and until another (None: open)."""

    workspace: Workspace
    what: str
    terms: Mapping[str, Any]
    kind: str | None = None
    from_date: date | None = None
    until_date: date | None = None


def agree_price(wanted: Wanted, idempotency_key: uuid.UUID, at: datetime) -> ContractPrice:
    """A price of the workspace's latest contract; where it holds, those agreed before do not. The
    same key and price again is the same. BadContract, CycleClosed, KeyReused, NotFound."""
    agreements.price(wanted.what, wanted.kind, wanted.terms)
    with transaction.atomic():
        people.lock_workspace(wanted.workspace.id)
        made = queries.find_price_by_key(idempotency_key)
        if made is not None:
            return _same(made, wanted)
        contract = queries.latest_contract(wanted.workspace.id)
        if contract is None:
            raise NotFound("this workspace has no contract", field="workspace")
        return operations.add_price(_new(wanted, contract, idempotency_key), at)


def _new(wanted: Wanted, contract: Contract, key: uuid.UUID) -> NewPrice:
    open_from = queries.closed_to(contract.id) or contract.start_at
    start = open_from
    if (given := _midnight(wanted, "from")) is not None:
        start = given
    if start < open_from and open_from != contract.start_at:
        raise CycleClosed(field="from")
    end = _midnight(wanted, "until")
    if end is not None and end <= start:
        raise BadContract("a price ends after it begins", field="until")
    return NewPrice(contract, wanted.what, wanted.kind, wanted.terms, start, end, key)


def _midnight(wanted: Wanted, field: Literal["from", "until"]) -> datetime | None:
    zone = ZoneInfo(wanted.workspace.time_zone)
    day = wanted.from_date if field == "from" else wanted.until_date
    return None if day is None else agreements.midnight(day, zone, field)


def _same(made: ContractPrice, wanted: Wanted) -> ContractPrice:
    has = (made.what, made.kind, made.terms, made.end_at)
    end = _midnight(wanted, "until")
    is_same_start = _midnight(wanted, "from") in (None, made.start_at)
    if has != (wanted.what, wanted.kind, dict(wanted.terms), end) or not is_same_start:
        raise KeyReused(field="key")
    return made
