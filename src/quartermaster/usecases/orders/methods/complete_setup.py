"""Asks the provider what came of saving a way to pay, and notes the answer."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import STANDS, Outcome
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.methods import _saving
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer


def complete_setup(
    gateways: Gateways, setup: MethodSetup, now: Callable[[], datetime]
) -> MethodSetup:
    """The setup after the answer; unknown, nothing changes, and after a day it is given up. Once,
    however often it is asked."""
    if setup.outcome is not None:
        return setup
    answer, at = _ask(gateways, setup), now()
    if answer.outcome is Outcome.UNKNOWN and setup.begun_at + STANDS < at:
        answer = PaymentAnswer(Outcome.DECLINED, "nothing was saved within a day")
    return _settle(setup.id, answer, at)


def _ask(gateways: Gateways, setup: MethodSetup) -> PaymentAnswer:
    gateway = gateways.names.get(setup.provider)
    if gateway is None or not setup.reference:
        return PaymentAnswer(Outcome.UNKNOWN)
    return gateway.look_up_setup(setup.reference)


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
        billing.settle_setup(found, (answer.outcome, answer.reason), method, at)
        return found
