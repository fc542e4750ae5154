"""Somebody saves a way to pay, with nothing to be paid now."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.formats import web_addresses
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.ports.gateways import Gateways, PageRefused, PageRequest


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom, of what kind, where they go afterwards, and who asks."""

    workspace: Workspace
    kind: MethodKind
    return_url: str
    by: str


def open_setup(
    gateways: Gateways, wanted: Wanted, idempotency_key: uuid.UUID, now: Callable[[], datetime]
) -> MethodSetup:
    """The setup, with the page's `url`; the same key is the same setup (KeyReused).
    MethodNotTaken, BadAddress, Unavailable. PageRefused: nothing comes of this one."""
    gateway = _ways.taker(gateways, wanted.kind)
    web_addresses.checked(wanted.return_url, "return_url")
    setup = _begin(wanted, gateway.name, idempotency_key, now())
    if setup.url or setup.outcome is not None:
        return setup
    payer = queries.payer(wanted.workspace.id, gateway.name)
    page = PageRequest(wanted.kind, setup.return_url, True, payer)
    try:
        opened = gateway.open_setup(setup.public_id, wanted.workspace.public_id, page)
    except PageRefused as no:
        _give_up(setup, str(no), now())
        raise
    with transaction.atomic():
        people.lock_workspace(wanted.workspace.id)
        billing.note_page(setup, opened.reference, opened.url)
    return setup


def _begin(wanted: Wanted, provider: str, key: uuid.UUID, at: datetime) -> MethodSetup:
    with transaction.atomic():
        people.lock_workspace(wanted.workspace.id)
        made = queries.find_setup(key)
        if made is not None:
            there = (made.workspace_id, made.kind, made.provider)
            if there != (wanted.workspace.id, wanted.kind, provider):
                raise KeyReused("this key was used for another setup", field="key")
            return made
        return billing.begin_setup(
            MethodSetup(
                workspace=wanted.workspace,
                provider=provider,
                kind=wanted.kind,
                return_url=wanted.return_url,
                begun_by=wanted.by,
                begun_at=at,
                idempotency_key=key,
            )
        )


def _give_up(setup: MethodSetup, why: str, at: datetime) -> None:
    with transaction.atomic():
        people.lock_workspace(setup.workspace_id)
        found = queries.get_setup(setup.id)
        if found.outcome is None:
            billing.settle_setup(found, (Outcome.DECLINED, why), None, at)
