"""A way to pay takes the place of another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders import _recharging
from quartermaster.usecases.orders.methods import _removing
from quartermaster.usecases.ports.gateways import Gateways


class SameMethod(Refusal):
    """A way to pay cannot take its own place."""

    code = "same_method"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Of a workspace, by public id: `old` goes, `new` was saved before."""

    workspace: Workspace
    old: str
    new: str


def replace_method(
    gateways: Gateways, exchange: Exchange, now: Callable[[], datetime]
) -> PaymentMethod:
    """The new one, which is the default if the old one was, and pays for renewals then, and for
    the auto-recharge that the old one paid for. The old one is removed, and its provider told
    to forget it. The same again is the same; Unavailable: it is replaced, and whoever asks again
    tells the provider again. NotFound, SameMethod; MethodNeeded while the old one is charged."""
    old, new = _replace(exchange, now())
    _removing.forget(gateways, old)
    return new


def _replace(exchange: Exchange, at: datetime) -> tuple[PaymentMethod, PaymentMethod]:
    with transaction.atomic():
        workspace = exchange.workspace.id
        people.lock_workspace(workspace)
        new = queries.get_of(workspace, exchange.new)
        old = queries.get_of(workspace, exchange.old, is_removed=None)
        if old.id == new.id:
            raise SameMethod(field="method")
        if old.removed_at is None:
            if old.is_default:
                billing.make_default(new)
                old.is_default = False
            for terms in queries.recharged_with(old):
                since = _recharging.moment(terms.bot, at)
                billing.hand_over_recharge(terms, new, since)
            _removing.remove(old, at)
        return old, new
