"""Saved ways to pay."""

from functools import partial
from typing import Any

from ninja import NinjaAPI, Status

from quartermaster.core.formats import public_ids
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.interfaces.api.orders import forms
from quartermaster.interfaces.api.orders.forms import (
    MethodOut,
    MethodsOut,
    ReplaceIn,
    SetupIn,
    SetupOut,
)
from quartermaster.interfaces.api.plans.forms import ACTED, Key
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import PROBLEMS
from quartermaster.store.billing import queries
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.methods.open_setup import Wanted, open_setup
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.methods.replace_method import Exchange, replace_method

_METHODS = "/payment-methods"


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    _listing(api, shell)
    _changing(api, shell)  # after those of setups, whose addresses are looked for first


def _listing(api: NinjaAPI, shell: Shell) -> None:

    @api.get(_METHODS, response={200: MethodsOut, **PROBLEMS}, summary="Payment methods")
    def payment_methods(request: Any) -> dict[str, Any]:
        """Those that the workspace has saved."""
        found = queries.methods_of(request.auth.id)
        return {"methods": [forms.method(one, shell.now(request.auth)) for one in found]}

    @api.post(
        _METHODS + "/setups",
        response={201: SetupOut, **ACTED},
        summary="Save a payment method",
    )
    def begin_setup(request: Any, wanted: SetupIn, key: Key) -> Any:
        """The page of the provider on which the buyer saves it; nothing is paid."""
        asked = Wanted(request.auth, MethodKind(wanted.method), wanted.return_url, request.by)
        named = public_ids.keyed(request.auth.public_id, key)
        opened = open_setup(shell.gateways, asked, named, lambda: shell.now(request.auth))
        return Status(201, forms.setup(opened, shell.now(request.auth)))

    @api.get(
        _METHODS + "/setups/{setup}",
        response={200: SetupOut, **PROBLEMS},
        summary="What came of saving a payment method",
    )
    def setup_outcome(request: Any, setup: str) -> dict[str, Any]:
        """Asks the provider while it is not known."""
        found = queries.get_setup_of(request.auth.id, setup)
        now = partial(shell.now, request.auth)
        return forms.setup(complete_setup(shell.gateways, found, now), now())


def _changing(api: NinjaAPI, shell: Shell) -> None:
    @api.post(
        _METHODS + "/{method}/default",
        response={200: MethodOut, **ACTED},
        summary="Choose the default payment method",
    )
    def default_method(request: Any, method: str) -> dict[str, Any]:
        """It is the one that is charged while nobody is there."""
        return forms.method(choose_default(request.auth, method), shell.now(request.auth))

    @api.post(
        _METHODS + "/{method}/replace",
        response={200: MethodOut, **ACTED},
        summary="Replace a payment method",
    )
    def exchange_method(request: Any, method: str, wanted: ReplaceIn) -> dict[str, Any]:
        """Another takes its place, as the default too, and it is removed. Twice is once."""
        now = partial(shell.now, request.auth)
        exchange = Exchange(request.auth, method, wanted.by)
        return forms.method(replace_method(shell.gateways, exchange, now), now())

    @api.delete(
        _METHODS + "/{method}",
        response={200: MethodOut, **ACTED},
        summary="Remove a payment method",
    )
    def take_method_away(request: Any, method: str) -> dict[str, Any]:
        """Not while something is paid with it; the answer says what."""
        now = partial(shell.now, request.auth)
        return forms.method(remove_method(shell.gateways, request.auth, method, now), now())
