"""What PayPal takes: the fields of its requests, and its amounts."""

import json
import re
from typing import Any

from tests.fakes.loopback import Asked, No

Thing = dict[str, Any]
WHOLE = ("HUF", "JPY", "TWD")
DIGITS = 7
CURRENCIES = ("EUR", "GBP", "USD", *WHOLE)

# Shapes of bodies: `!` marks what is required, a dictionary what is within.
MONEY = {"currency_code!": None, "value!": None}
CUSTOMER = {"id!": None}
EXPERIENCE = dict.fromkeys(("return_url!", "cancel_url!", "shipping_preference", "user_action"))
VAULT = {"vault": {"store_in_vault!": None, "usage_type!": None}, "customer": CUSTOMER}
WALLET = {
    "experience_context": EXPERIENCE,
    "attributes": VAULT,
    "vault_id": None,
    "stored_credential": {"payment_initiator!": None, "usage": None},
}
UNIT = dict.fromkeys(("reference_id", "invoice_id", "custom_id", "description"))
ORDER = {
    "intent!": None,
    "purchase_units!": [{**UNIT, "amount!": MONEY}],
    "payment_source": {"paypal": WALLET},
}
SETUP_WALLET = {"usage_type!": None, "experience_context": EXPERIENCE}
SETUP = {"payment_source!": {"paypal!": SETUP_WALLET}, "customer": CUSTOMER}
TOKEN = {"payment_source!": {"token!": {"id!": None, "type!": None}}, "customer": CUSTOMER}
REFUND = {"amount": MONEY, "custom_id": None, "invoice_id": None, "note_to_payer": None}
NAMES = ("auth_algo!", "cert_url!", "transmission_id!", "transmission_sig!")
VERIFY = {**dict.fromkeys((*NAMES, "transmission_time!", "webhook_id!")), "webhook_event!": None}


def body(asked: Asked, shape: Thing) -> Any:
    """The JSON of a request, if it has this shape."""
    told = json.loads(asked.body)
    check(told, shape, "")
    return told


def check(body: Any, shape: Any, place: str) -> None:
    """Nothing is missing, and nothing is there that is not known."""
    if isinstance(shape, list):
        for each in body:
            check(each, shape[0], place)
        return
    if not isinstance(shape, dict):
        return
    known = {name.rstrip("!"): within for name, within in shape.items()}
    absent = {name[:-1] for name in shape if name.endswith("!")} - body.keys()
    wrong = sorted(absent | (body.keys() - known.keys()))
    if wrong:
        detail = {"field": f"{place}/{wrong[0]}", "issue": "INVALID_PARAMETER"}
        raise No(400, {"name": "INVALID_REQUEST", "message": "No.", "details": [detail]})
    for name, value in body.items():
        check(value, known[name], f"{place}/{name}")


def amount(money: Thing) -> int:
    """In the smallest unit; decimals are as the currency has them."""
    whole = money["currency_code"] in WHOLE
    form = r"\d{1,15}" if whole else r"\d{1,15}\.\d\d"
    if not isinstance(money["value"], str) or not re.fullmatch(form, money["value"]):
        raise refused("DECIMAL_PRECISION", "The currency does not have these decimals.")
    if money["currency_code"] not in CURRENCIES:
        raise refused("CURRENCY_NOT_SUPPORTED", "Currency code is not supported.")
    if len(money["value"].partition(".")[0]) > DIGITS:
        raise refused("MAX_VALUE_EXCEEDED", "Should be less than or equal to 9999999.99")
    return int(money["value"].replace(".", ""))


def short(body: Thing, name: str, most: int) -> None:
    """A text is as long as it may be; what is not of ASCII counts for more."""
    if len(body.get(name, "").encode()) > most:
        raise refused("INVALID_STRING_MAX_LENGTH", f"The value of {name} is too long.")


def refused(issue: str, words: str) -> No:
    """What cannot be done."""
    detail = {"issue": issue, "description": words}
    return No(422, {"name": "UNPROCESSABLE_ENTITY", "message": "No.", "details": [detail]})


def missing() -> No:
    """What is not there."""
    words = "The specified resource does not exist."
    return No(404, {"name": "RESOURCE_NOT_FOUND", "message": words})
