"""What bots have bought, and changing it."""

from typing import Any

from ninja import NinjaAPI, Status
from ninja.decorators import decorate_view

from quartermaster.core.formats import public_ids
from quartermaster.interfaces.api.plans import forms
from quartermaster.interfaces.api.plans.forms import (
    ACTED,
    ChangeIn,
    ExplainedOrderOut,
    Key,
    OfferIn,
    QuoteOut,
    SubscriptionOut,
    SubscriptionsOut,
)
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import REVALIDATED, UNCHANGED
from quartermaster.store.orders import telling
from quartermaster.store.people import queries as people
from quartermaster.store.subscriptions import queries
from quartermaster.usecases.reports.explain_order import explain_order
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.subscriptions.preview_change import Wish, preview_change
from quartermaster.usecases.subscriptions.start_trial import start_trial

_OF_BOT = "/bots/{bot}/subscriptions"


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    _buying(api, shell)

    @api.get(_OF_BOT, response={200: SubscriptionsOut, **REVALIDATED}, summary="Subscriptions")
    @decorate_view(*UNCHANGED)
    def subscriptions(request: Any, bot: str) -> dict[str, Any]:
        """What a bot has, and what it had."""
        named = people.get_bot(request.auth, bot)
        found = queries.of_workspace(request.auth.id, named.id)
        support = queries.support_of(named.id, shell.now(request.auth))
        return {"subscriptions": [telling.subscription(one) for one in found], "support": support}

    @api.post(
        _OF_BOT + "/{place}/cancel",
        response={200: SubscriptionOut, **ACTED},
        summary="Cancel a subscription",
    )
    def end_subscription(request: Any, bot: str, place: str) -> dict[str, Any]:
        """It ends with its cycle; a trial, or what is past due, at once. Twice is once."""
        found = people.get_bot(request.auth, bot)
        return telling.subscription(cancel_subscription(found, place, shell.now(request.auth)))

    @api.post(
        _OF_BOT + "/{place}/keep",
        response={200: SubscriptionOut, **ACTED},
        summary="Keep a subscription",
    )
    def take_back(request: Any, bot: str, place: str) -> dict[str, Any]:
        """What was to end or change with the cycle does not; until five minutes before."""
        found = people.get_bot(request.auth, bot)
        return telling.subscription(keep_subscription(found, place, shell.now(request.auth)))


def _buying(api: NinjaAPI, shell: Shell) -> None:
    @api.post(
        _OF_BOT + "/preview", response={200: QuoteOut, **ACTED}, summary="What a change would cost"
    )
    def preview_order(request: Any, bot: str, wanted: ChangeIn) -> dict[str, Any]:
        """Line by line, to the cent what an order of the same instant would be. Nothing is
        ordered."""
        found = preview_change(_wish(request, bot, wanted), shell.now(request.auth))
        return telling.quote(found.quote, found.tax_minor, request.auth.currency)

    @api.post(
        "/bots/{bot}/orders",
        response={201: ExplainedOrderOut, **ACTED},
        summary="Subscribe, or change a subscription",
    )
    def order_subscription(request: Any, bot: str, wanted: ChangeIn, key: Key) -> Any:
        """Nothing is there before the order is paid. What costs nothing is there at once, what goes
        down follows at the end of the cycle."""
        named = public_ids.keyed(request.auth.public_id, key)
        made = order_change(_wish(request, bot, wanted), named, shell.now(request.auth))
        return Status(201, forms.explained(explain_order(made)))

    @api.post(
        "/bots/{bot}/trials", response={201: SubscriptionOut, **ACTED}, summary="Start a trial"
    )
    def begin_trial(request: Any, bot: str, wanted: OfferIn) -> Any:
        """Of a plan that offers one; once per bot and product."""
        found = people.get_bot(request.auth, bot)
        return Status(
            201, telling.subscription(start_trial(found, wanted.offer, shell.now(request.auth)))
        )


def _wish(request: Any, bot: str, wanted: ChangeIn) -> Wish:
    found = people.get_bot(request.auth, bot)
    return Wish(found, wanted.offer, wanted.cadence, wanted.seats, request.by, wanted.is_draft)
