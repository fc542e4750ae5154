"""Checkout Sessions as they are asked for
(https://docs.stripe.com/api/checkout/sessions/create)."""

from stripe.params.checkout import SessionCreateParams

from quartermaster.adapters.payments.stripe.units import UNITS
from quartermaster.usecases.ports.gateways import PageRequest, PaymentRequest


def named(request: PaymentRequest) -> dict[str, str]:
    """What Stripe is told of a payment for its reports; we find it again by the key."""
    return {"key": request.key, "order": request.order, "workspace": request.workspace}


def described(request: PaymentRequest) -> str:
    """What it is for."""
    return (request.description or request.order)[:500]


def payment(request: PaymentRequest, page: PageRequest) -> SessionCreateParams:
    """In the currency that was asked for, not in one of the buyer's that Stripe would find."""
    metadata = {**named(request), "page": "yes"}
    amount = UNITS.written(request.amount_minor, request.currency)
    params = _common(request.key, page)
    params["mode"] = "payment"
    params["adaptive_pricing"] = {"enabled": False}
    params["metadata"] = metadata
    params["payment_intent_data"] = {"metadata": metadata, "description": described(request)}
    if page.is_saved:
        params["payment_intent_data"]["setup_future_usage"] = "off_session"
    params["line_items"] = [
        {
            "quantity": 1,
            "price_data": {
                "currency": request.currency.lower(),
                "unit_amount": amount,
                "product_data": {"name": described(request)},
            },
        }
    ]
    return params


def setup(key: str, workspace: str, page: PageRequest) -> SessionCreateParams:
    """One that only saves a card."""
    params = _common(key, page)
    params["mode"] = "setup"
    params["metadata"] = {"key": key, "workspace": workspace}
    if not page.payer:
        params["customer_creation"] = "always"
    return params


def _common(key: str, page: PageRequest) -> SessionCreateParams:
    params: SessionCreateParams = {
        "client_reference_id": key,
        "allowed_payment_method_types": ["card"],
        "success_url": page.return_url,
        "cancel_url": page.return_url,
    }
    if page.payer:
        params["customer"] = page.payer
    elif page.is_saved:
        params["customer_creation"] = "always"
    return params
