"""Asks the provider what came of saving a way to pay, and notes the answer."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.methods import _saving
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer


def complete_setup(
    gateways: Gateways, setup: MethodSetup, now: Callable[[], datetime]
) -> MethodSetup:
    """The setup after the answer; unknown, nothing changes. Once, however often it is asked."""
    gateway = gateways.names.get(setup.provider)
    if setup.outcome is not None or gateway is None or not setup.reference:
        return setup
    return _settle(setup.id, gateway.look_up_setup(setup.reference), now())


def _settle(setup: int, answer: PaymentAnswer, at: datetime) -> MethodSetup:
    with transaction.atomic():
        people.lock_workspace(queries.get_setup(setup).workspace_id)
        found = queries.get_setup(setup)
        if found.outcome is not None or answer.outcome is Outcome.UNKNOWN:
            return found
        method = None
        if answer.outcome is Outcome.SUCCEEDED and answer.method is not None:
            workspace, by = found.workspace_id, found.begun_by
            method = _saving.keep(workspace, found.provider, answer.method, by, at)
        billing.settle_setup(found, answer.outcome, method, at)
        return found
