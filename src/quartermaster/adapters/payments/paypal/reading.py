"""What PayPal's objects say (https://developer.paypal.com/docs/api/orders/v2/)."""

from typing import Final

from quartermaster.adapters.payments.failures import canceled
from quartermaster.adapters.payments.paypal import units
from quartermaster.adapters.payments.paypal.access import DECLINES, Body
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    Decline,
    PaymentAnswer,
    SavedMethod,
)

_CANCELED: Final = "canceled"
"""What a canceled order's custom id begins with: PayPal itself has no way to cancel one, but takes
nothing that we do not capture."""
_PAID: Final = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_DECLINED: Final = frozenset({"DECLINED", "FAILED"})
_NOT_GIVEN: Final = frozenset({"CANCELLED", "FAILED"})
_REFUNDS: Final = {
    "COMPLETED": Outcome.SUCCEEDED,
    "CANCELLED": Outcome.DECLINED,
    "FAILED": Outcome.DECLINED,
}


def is_canceled(order: Body) -> bool:
    """Whether it was marked so."""
    return str(_unit(order).get("custom_id", "")).startswith(_CANCELED)


def canceled_id(order: Body) -> str:
    """The custom id that marks it so."""
    return f"{_CANCELED} {_unit(order).get('custom_id', '')}"


def order(found: Body, disputed: tuple[int, int] = (0, 0)) -> PaymentAnswer:
    """Of an order, as far as it has been captured; what of it is disputed or lost, and lost."""
    reference = str(found["id"])
    taken = capture(found)
    status = taken["status"] if taken else ""
    if taken and status in _DECLINED:
        return _declined(taken, reference)
    if taken and status in _PAID:
        given = (each for each in refunds_of(found) if each["status"] not in _NOT_GIVEN)
        return PaymentAnswer(
            Outcome.SUCCEEDED,
            reference=reference,
            method=_vaulted(found),
            refunded_minor=sum(units.minor(each["amount"]) for each in given),
            disputed_minor=disputed[0],
            lost_minor=disputed[1],
        )
    if not taken and (found["status"] == "VOIDED" or is_canceled(found)):
        return canceled(reference)
    return PaymentAnswer(Outcome.UNKNOWN, reference=reference)


def capture(found: Body) -> Body | None:
    """The newest: a declined one may have been followed by another."""
    taken: list[Body] = (_unit(found).get("payments") or {}).get("captures") or []
    return taken[-1] if taken else None


def refunds_of(found: Body) -> list[Body]:
    """Whatever was given back of an order."""
    return (_unit(found).get("payments") or {}).get("refunds") or []


def key_of(found: Body) -> str:
    """The key of a payment stands where PayPal has a shop's invoice number, of which it takes each
    once."""
    return str(_unit(found).get("invoice_id", ""))


def refund(found: Body) -> PaymentAnswer:
    """Of a refund; one that is on its way is unknown."""
    outcome = _REFUNDS.get(str(found["status"]), Outcome.UNKNOWN)
    reason = "PayPal could not give it back" if outcome is Outcome.DECLINED else ""
    return PaymentAnswer(outcome, reason, reference=str(found["id"]))


def method(token: Body, source: Body) -> SavedMethod:
    """A PayPal account in the vault."""
    account = str(source.get("email_address", ""))
    payer = str((token.get("customer") or {}).get("id", ""))
    return SavedMethod(MethodKind.PAYPAL, str(token["id"]), payer, account)


def link(found: Body, *names: str) -> str:
    """The address of one of these relations."""
    links = found.get("links") or ()
    return next((str(each["href"]) for each in links if each["rel"] in names), "")


def _declined(taken: Body, reference: str) -> PaymentAnswer:
    code = str((taken.get("processor_response") or {}).get("response_code", ""))
    why = DECLINES.get(code, Decline.DECLINED)
    return PaymentAnswer(Outcome.DECLINED, "PayPal declined it", why, reference)


def _vaulted(found: Body) -> SavedMethod | None:
    source: Body = (found.get("payment_source") or {}).get("paypal") or {}
    token: Body = (source.get("attributes") or {}).get("vault") or {}
    return method(token, source) if token.get("id") else None


def _unit(found: Body) -> Body:
    unit: Body = found["purchase_units"][0]
    return unit
