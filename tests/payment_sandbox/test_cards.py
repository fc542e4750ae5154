"""What comes of each card number, on the page and later."""

from pathlib import Path

import pytest

from payment_sandbox import cards
from tests.fakes import sandbox
from tests.fakes.sandbox import CONFIRMED, GOOD, SHOP, Sandbox

DECLINED = {
    "4000000000000002": "declined",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired_card",
    "4000000000000119": "processing_error",
}
UNKNOWN, UNKNOWN_LATER = "4000000000006009", "4000000000006017"
IN_VAIN, DECLINED_LATER, BUYER_LATER = "4000008400001629", "4000000000000341", "4000002760003184"


@pytest.mark.parametrize("card", cards.TEST_CARDS, ids=lambda card: card.number)
def test_each_number_does_what_it_says(shared: Sandbox, card: cards.TestCard) -> None:
    if card.now is cards.Conduct.CONFIRMS_IN_VAIN:
        return  # below
    checkout = shared.checkout(save=True)
    hint = shared.buyer().pay(checkout["url"], card.number)
    paid = shared.payment(checkout["id"])
    assert hint["order"] == "ord_7"
    assert hint["reference"] == checkout["id"]
    expected = {"succeeds": "succeeded", "confirms": "succeeded", "unknown": "processing"}
    assert hint["status"] == paid["state"] == expected.get(card.now, "declined")
    assert paid["code"] == DECLINED.get(card.number, "")
    if paid["state"] == "succeeded":
        assert paid["method"]["last_four"] == card.number[-4:]
        assert paid["method"]["brand"] == cards.brand(card.number)
        assert (paid["method"]["expires_month"], paid["method"]["expires_year"]) == (8, 2031)


def test_the_numbers_are_card_numbers_and_those_next_to_them_are_not() -> None:
    for card in cards.TEST_CARDS:
        assert cards.is_number(card.number)
        last = str((int(card.number[-1]) + 1) % 10)
        assert not cards.is_number(card.number[:-1] + last)


def test_the_third_wrong_password_declines(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(CONFIRMED)
    wrong = f"{(int(buyer.password()) + 1) % 1_000_000:06}"
    assert "You can try twice more" in buyer.send("/confirm", password=wrong).text
    assert buyer.page.status_code == 422
    assert "You can try once more" in buyer.send("/confirm", password=wrong).text
    buyer.send("/confirm", password=wrong)
    assert buyer.hint()["status"] == "declined"
    assert shared.payment(checkout["id"])["code"] == "not_confirmed"


def test_a_password_that_is_none_does_not_count(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(CONFIRMED)
    right = buyer.password()
    for _ in range(5):
        assert "six digits" in buyer.send("/confirm", password="12").text
    buyer.send("/confirm", password=right)
    assert buyer.hint()["status"] == "succeeded"


def test_another_card_or_account_can_be_used_before_it_is_confirmed(shared: Sandbox) -> None:
    checkout = shared.checkout(save=True)
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(CONFIRMED)
    assert "Card number" in buyer.send("/again").text
    buyer.card(GOOD)
    assert shared.payment(checkout["id"])["method"]["last_four"] == "4242"
    checkout = shared.checkout("paypal", save=True)
    buyer.visit(checkout["url"])
    buyer.send("/login", email="bo@example.com", password="x")
    assert "Log in" in buyer.send("/again").text
    buyer.approve("ada@example.com")
    assert shared.payment(checkout["id"])["method"]["label"] == "ada@example.com"


def test_wrong_passwords_count_on_with_another_card(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    for _ in range(3):
        buyer.card(IN_VAIN)
        buyer.send("/confirm", password="123456")
        if buyer.is_asked:
            buyer.send("/again")
    assert buyer.hint()["status"] == "declined"


def test_every_password_may_be_wrong(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(IN_VAIN)
    for _ in range(3):
        buyer.send("/confirm", password="123456")
    assert buyer.hint()["status"] == "declined"


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    text = buyer.card("4242 4242 4242 4241", expiry="13/29", cvv="12").text
    assert buyer.page.status_code == 422
    for words in ("not a card number", "such as 08/29", "Enter the 3 digits", "Ada Buyer"):
        assert words in text
    assert 'value="13/29"' in text
    assert "are not kept" in text
    for kept in ('value="4242', 'value="12"'):
        assert kept not in text
    assert "takes its test cards only" in buyer.card("4111 1111 1111 1111").text
    assert "has expired" in buyer.card(GOOD, expiry="01/2020").text
    assert "Enter the name" in buyer.card(GOOD, holder="  ").text
    assert "Enter the 4 digits" in buyer.card("378282246310005", cvv="123").text
    buyer.card(GOOD)
    assert buyer.hint()["status"] == "succeeded"


@pytest.mark.parametrize("text", ["8/31", "08 / 31", "0831", "08/2031", "082031"])
def test_an_expiry_is_understood(shared: Sandbox, text: str) -> None:
    checkout = shared.checkout(save=True)
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(GOOD, expiry=text)
    method = shared.payment(checkout["id"])["method"]
    assert (method["expires_month"], method["expires_year"]) == (8, 2031)


@pytest.mark.parametrize("text", ["00/31", "13/31", "08/0000", "831", "08/1", "٠٨/٣١", "8/31/1"])
def test_what_is_no_expiry_is_said_to_be_none(shared: Sandbox, text: str) -> None:
    buyer = shared.buyer()
    buyer.visit(shared.checkout()["url"])
    assert "Enter month and year, such as 08/29." in buyer.card(GOOD, expiry=text).text


def test_a_form_without_its_token_is_refused(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    response = buyer.browser.post(f"{checkout['url']}/card", data={"number": GOOD})
    assert response.status_code == 403
    assert shared.payment(checkout["id"])["state"] == "open"


def test_what_is_processing_is_known_when_asked_for_the_third_time(shared: Sandbox) -> None:
    checkout = shared.checkout(save=True)
    shared.buyer().pay(checkout["url"], UNKNOWN)
    states = [shared.payment(checkout["id"])["state"] for _ in range(3)]
    assert states == ["processing", "processing", "succeeded"]
    assert shared.payment(checkout["id"])["method"]


@pytest.mark.parametrize("outcome", ["succeeded", "declined"])
def test_what_is_processing_can_be_released(shared: Sandbox, outcome: str) -> None:
    checkout = shared.checkout()
    shared.buyer().pay(checkout["url"], UNKNOWN)
    path = f"/v1/payments/{checkout['id']}/release"
    assert shared.told("POST", path, {"outcome": outcome})["state"] == outcome


@pytest.mark.parametrize(
    ("number", "state", "code"),
    [
        (GOOD, "succeeded", ""),
        (CONFIRMED, "succeeded", ""),
        (DECLINED_LATER, "declined", "declined"),
        (BUYER_LATER, "declined", "needs_buyer"),
        (UNKNOWN_LATER, "processing", ""),
    ],
)
def test_a_saved_card_is_charged_later(shared: Sandbox, number: str, state: str, code: str) -> None:
    charged = shared.charge(shared.saved_card(number)["id"])
    assert (charged["state"], charged["code"]) == (state, code)


def test_what_comes_of_charging_a_saved_card_can_be_changed(shared: Sandbox) -> None:
    method = shared.saved_card()
    path = f"/v1/methods/{method['id']}"
    assert shared.told("PUT", path, {"later": "needs_buyer"}) == method
    assert shared.charge(method["id"])["code"] == "needs_buyer"
    shared.told("PUT", path, {"later": "succeeds"})
    assert shared.charge(method["id"])["state"] == "succeeded"
    person = shared.buyer()
    person.visit(f"/payments/{shared.charge(method['id'])['id']}")
    person.send("", act="later", later="insufficient_funds")
    person.send("", act="later", later="confirms")
    assert shared.charge(method["id"])["code"] == "insufficient_funds"
    refused = shared.ask("PUT", path, {"later": "confirms"})
    assert (refused.status_code, refused.json()["field"]) == (422, "later")


def test_a_method_that_was_deleted_cannot_be_charged(shared: Sandbox) -> None:
    method = shared.saved_card()
    assert shared.told("GET", "/v1/methods", payer=method["payer"])["methods"] == [method]
    assert shared.ask("DELETE", f"/v1/methods/{method['id']}").status_code == 204
    asked = {"method": method["id"], "amount_minor": 1, "currency": "USD"}
    refused = shared.ask("POST", "/v1/charges", asked)
    assert (refused.status_code, refused.json()["field"]) == (404, "method")
    assert shared.told("GET", "/v1/methods", payer=method["payer"])["methods"] == []


@pytest.mark.parametrize(("account", "state"), [("buyer", "succeeded"), ("declined", "declined")])
def test_paypal_is_approved_by_who_has_logged_in(shared: Sandbox, account: str, state: str) -> None:
    checkout = shared.checkout("paypal", save=True)
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    assert "Enter an e-mail address, such as" in buyer.send("/login", email="x", password="y").text
    text = buyer.send("/login", email=f"{account}@example.com", password="secret-of-mine").text
    assert f"{account}@example.com" in text
    assert "$60.00" in text
    buyer.send("/approve")
    assert buyer.hint()["status"] == state
    if state == "succeeded":
        method = shared.payment(checkout["id"])["method"]
        assert (method["kind"], method["label"]) == ("paypal", "buyer@example.com")
        assert shared.charge(method["id"])["state"] == "succeeded"


def test_buyers_read_who_sells(shared: Sandbox, tmp_path: Path) -> None:
    assert "You pay shop.example" in shared.buyer().visit(shared.checkout()["url"])
    with sandbox.running(tmp_path / "folder", "--merchant", "Parley"):
        pass
    with sandbox.running(tmp_path / "folder") as again:
        assert "You pay Parley" in again.buyer().visit(again.checkout()["url"])


@pytest.mark.parametrize("kind", ["card", "paypal", "wire"])
def test_a_buyer_may_turn_back(shared: Sandbox, kind: str) -> None:
    checkout = shared.checkout(kind)
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.send("/back")
    assert buyer.page.headers["location"].startswith(SHOP)
    assert buyer.hint()["status"] == "turned_back"
    assert shared.payment(checkout["id"])["code"] == "not_confirmed"
    assert "Not paid" in buyer.visit(checkout["url"])
