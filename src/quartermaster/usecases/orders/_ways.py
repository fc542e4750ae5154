"""How an order is to be paid, and what a provider is asked."""

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_HAND, Way
from quartermaster.usecases.ports.gateways import (
    Decline,
    Gateway,
    Gateways,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    SavedMethod,
)


class MethodNotTaken(Refusal):
    """Nobody takes payments of this kind here."""

    code = "method_not_taken"
    kind = "invalid"


def taker(gateways: Gateways, kind: MethodKind) -> Gateway:
    """Who takes payments of a kind. MethodNotTaken."""
    found = gateways.of(kind)
    if found is None:
        raise MethodNotTaken(f"nobody takes payments by {kind} here", field="method")
    return found


def saved(gateways: Gateways, method: PaymentMethod) -> Way:
    """A saved way to pay. MethodNotTaken where its provider is switched off."""
    if method.provider not in gateways.names:
        raise MethodNotTaken(
            f"{_switched_off(method)}: choose or save another way to pay, or ask the operator"
            f" to switch {method.provider} on",
            field="method",
        )
    return charged_to(method)


def by_default(gateways: Gateways, workspace: int) -> Way:
    """The workspace's default; without one, what the operator knows. MethodNotTaken as above."""
    method = billing.find_default(workspace)
    return BY_HAND if method is None else saved(gateways, method)


def charged_to(method: PaymentMethod | None) -> Way:
    """Where nobody is there to choose another, also with a provider that is switched off: what then
    is to be noted says `not_asked`."""
    if method is None:
        return BY_HAND
    return Way(MethodKind(method.kind), method.provider, method)


def not_asked(gateways: Gateways, payment: Payment) -> PaymentAnswer | None:
    """What comes of an attempt with a saved way to pay whose provider is switched off when it is
    begun. To be noted in that very transaction: later, the provider may have been asked."""
    method = payment.method
    if method is None or method.provider in gateways.names:
        return None
    return PaymentAnswer(Outcome.DECLINED, _switched_off(method), Decline.NOT_TAKEN)


def _switched_off(method: PaymentMethod) -> str:
    return f"{method.label} was saved with {method.provider}, which is switched off here"


def of(payment: Payment) -> Way:
    """How an attempt was begun."""
    return Way(
        MethodKind(payment.kind),
        payment.provider,
        payment.method,
        payment.is_saved,
        payment.return_url,
    )


def is_on_page(payment: Payment) -> bool:
    """Whether a buyer is to pay it on the provider's page."""
    return bool(payment.provider) and payment.method is None


def page(payment: Payment) -> PageRequest:
    """How its page is opened: the same, however often."""
    payer = billing.payer(payment.order.workspace_id, payment.provider)
    kind = MethodKind(payment.kind)
    return PageRequest(kind, payment.return_url, payment.is_saved, payer)


def kept(method: PaymentMethod) -> SavedMethod:
    """As its provider knows it."""
    return SavedMethod(
        MethodKind(method.kind),
        method.token,
        method.payer,
        method.label,
        method.brand,
        method.last_four,
        method.expires_date,
    )


def request(payment: Payment) -> PaymentRequest:
    """What an attempt is to pay."""
    return asked(payment.order, payment.public_id)


def asked(order: Order, key: str) -> PaymentRequest:
    """What is to be paid for an order."""
    return PaymentRequest(
        key,
        order.public_id,
        order.workspace.public_id,
        order.due_minor,
        order.currency,
        f"{order.title}: {order.bot.name}",
    )


def ask(gateways: Gateways, payment: Payment) -> PaymentAnswer:
    """What came of an attempt, as whoever takes it knows; a saved way to pay is charged, with the
    attempt's own key, unless it is known to have expired. A provider that is switched off cannot
    say."""
    if not payment.provider:
        return _ask_plainly(gateways, payment)
    gateway = gateways.names.get(payment.provider)
    if gateway is None:
        return PaymentAnswer(Outcome.UNKNOWN)
    if payment.reference:
        return gateway.look_up(payment.reference)
    if payment.method is not None and not _had_expired(payment, payment.method):
        return gateway.charge(request(payment), kept(payment.method))
    if payment.method is not None:
        return PaymentAnswer(Outcome.DECLINED, "the card has expired", Decline.EXPIRED_CARD)
    return PaymentAnswer(Outcome.UNKNOWN)


def _had_expired(payment: Payment, method: PaymentMethod) -> bool:
    """When the attempt was begun: asked again, it is the same answer."""
    return billing.is_expired(method, payment.begun_at)


def _ask_plainly(gateways: Gateways, payment: Payment) -> PaymentAnswer:
    if gateways.otherwise is not None:
        return gateways.otherwise.charge(request(payment))
    return PaymentAnswer(Outcome.DECLINED, "no way to pay is saved", Decline.NO_METHOD)
