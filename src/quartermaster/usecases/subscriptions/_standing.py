"""Rows → the terms, anchors and cycles that the core reckons with."""

from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core.catalog.offers import Cadence, Kind
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period
from quartermaster.core.plans import terms
from quartermaster.core.plans.quotes import Anchor, Standing
from quartermaster.core.plans.terms import Terms
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.catalog.models import OfferVersion
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions.models import Subscription


class NotSold(Refusal):
    """There is nothing of this name for sale."""

    code = "not_sold"
    kind = "missing"


class OtherCurrency(Refusal):
    """The catalog's prices are in another currency than the workspace's books."""

    code = "other_currency"
    kind = "refused"


def on_offer(key: str, workspace: Workspace) -> OfferVersion:
    """What is sold under this key now. NotSold, OtherCurrency."""
    publication = catalog.current_publication()
    version = catalog.current_version(key)
    if publication is None or version is None:
        raise NotSold(f"{key!r} is not for sale", field="offer")
    if publication.currency != workspace.currency:
        words = f"prices are in {publication.currency}, the workspace has {workspace.currency}"
        raise OtherCurrency(words, field="offer")
    return version


def place(version: OfferVersion) -> str:
    """Which of a bot's places it takes: its product, the add-on's name, or support."""
    offer = version.offer
    if offer.product is not None:
        return offer.product
    return offer.name if offer.kind is Kind.ADD_ON else Kind.SUPPORT


def zone(workspace: Workspace) -> ZoneInfo:
    """Where its days begin."""
    return ZoneInfo(workspace.time_zone)


def terms_of(subscription: Subscription) -> Terms:
    """What holds."""
    return Terms(
        subscription.version_id,
        subscription.version.offer,
        Cadence(subscription.cadence),
        subscription.seats,
    )


def next_terms(subscription: Subscription) -> Terms:
    """What is to hold from the end of the cycle."""
    if subscription.next_version is None:
        return terms_of(subscription)
    return Terms(
        subscription.next_version.id,
        subscription.next_version.offer,
        Cadence(subscription.next_cadence or ""),
        subscription.next_seats or 0,
    )


def anchor_of(subscription: Subscription) -> Anchor:
    """From where its cycles are counted."""
    return Anchor(subscription.anchor_date, zone(subscription.bot.workspace))


def standing(subscription: Subscription) -> Standing:
    """All that a quote needs to know."""
    return Standing(
        terms_of(subscription),
        anchor_of(subscription),
        Period(subscription.cycle_start_at, subscription.cycle_end_at),
        orders.paid_lines(subscription.id),
        subscription.bot.workspace.currency,
    )


def ordered(order: Order) -> Terms:
    """The terms that an order brings."""
    has = order.bought
    return Terms(has.version.id, has.version.offer, has.cadence, has.seats)


def wanted(version: OfferVersion, cadence: str, seats: int | None) -> Terms:
    """Terms that somebody asks for. CadenceNotOffered, SeatsNotOffered."""
    if cadence not in tuple(Cadence):
        raise terms.CadenceNotOffered(
            f"{cadence!r} is not one of {', '.join(Cadence)}", field="cadence"
        )
    return terms.agreed(version.id, version.offer, Cadence(cadence), seats)


def is_on_account(workspace: int, at: datetime) -> bool:
    """Whether what is ordered at an instant is on the statement of a contract. Before a contract
    begins and after it has ended nobody would invoice it, so it is paid like any other order."""
    return contracts.find_contract_at(workspace, at) is not None
