"""The stubs refuse what the providers would refuse."""

import httpx
import pytest

from tests.adapters.payments import paypal_driver, stripe_driver

FORM = {
    "amount": "100",
    "currency": "usd",
    "customer": "cus_1",
    "payment_method": "pm_1",
    "confirm": "true",
    "off_session": "true",
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ammount": "1"}, "unknown parameter: ammount"),
        ({"currency": None}, "Missing required param: currency"),
        ({"amount": "1.00"}, "Invalid integer"),
        ({}, "No such PaymentMethod"),
    ],
)
def test_stripe_takes_its_own_form_only(change: dict[str, str | None], says: str) -> None:
    form = {name: text for name, text in {**FORM, **change}.items() if text}
    with stripe_driver.start() as driver:
        headers = {"Authorization": f"Bearer {stripe_driver.KEY}", "Idempotency-Key": "k"}
        address = f"{driver.stub.web.address}/v1/payment_intents"
        answer = httpx.post(address, data=form, headers=headers)
        assert answer.status_code == 400
        assert says in answer.text
        assert httpx.post(address, data=form).status_code == 401


@pytest.mark.parametrize(
    ("value", "more", "issue"),
    [
        ("10", {}, "DECIMAL_PRECISION"),
        (10.0, {}, "DECIMAL_PRECISION"),
        ("10.00", {"currency": "USD"}, "INVALID_PARAMETER"),
    ],
)
def test_paypal_takes_its_own_json_only(value: object, more: dict[str, str], issue: str) -> None:
    amount = {"currency_code": "USD", "value": value, **more}
    source = {"paypal": {"vault_id": "X"}}
    order = {"intent": "CAPTURE", "purchase_units": [{"amount": amount}], "payment_source": source}
    with paypal_driver.start() as driver:
        address = f"{driver.stub.web.address}/v2/checkout/orders"
        headers = {"Authorization": f"Bearer {driver.stub.bearer}", "PayPal-Request-Id": "k"}
        answer = httpx.post(address, json=order, headers=headers)
        assert answer.json()["details"][0]["issue"] == issue
        assert httpx.post(address, json=order).status_code == 401
