"""What is done twice, or at once, is done once."""

import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from payment_sandbox.store import database
from tests.fakes import sandbox
from tests.fakes.sandbox import CONFIRMED, GOOD, SHOP, Sandbox

ASKED = {"kind": "card", "amount_minor": 500, "currency": "EUR", "return_url": SHOP}
CHECKOUTS = 200


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each returned."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result() for one in [threads.submit(act) for act in acts]]


def test_the_same_key_with_the_same_body_has_the_same_answer(shared: Sandbox) -> None:
    key = str(uuid.uuid4())
    first = shared.ask("POST", "/v1/checkouts", ASKED, key=key)
    again = shared.ask("POST", "/v1/checkouts", dict(reversed(ASKED.items())), key=key)
    assert (first.status_code, first.text) == (again.status_code, again.text)


@pytest.mark.parametrize(
    ("path", "change"), [("/v1/checkouts", {"amount_minor": 501}), ("/v1/setups", {})]
)
def test_the_same_key_for_something_else_is_refused(
    shared: Sandbox, path: str, change: dict[str, int]
) -> None:
    key = str(uuid.uuid4())
    shared.told("POST", "/v1/checkouts", ASKED, key=key)
    response = shared.ask("POST", path, ASKED | change, key=key)
    assert response.status_code == 409
    assert response.json()["code"] == "key_reused"
    assert response.json()["field"] == "Idempotency-Key"


def test_a_key_that_was_refused_may_be_used_again(shared: Sandbox) -> None:
    key = str(uuid.uuid4())
    assert shared.ask("POST", "/v1/checkouts", {}, key=key).status_code == 422
    assert shared.ask("POST", "/v1/checkouts", ASKED, key=key).status_code == 201


def test_a_charge_is_made_once_however_often_and_at_once_it_is_asked_for(
    shared: Sandbox,
) -> None:
    method, key = shared.saved_card()["id"], str(uuid.uuid4())
    told = at_once(*[lambda: shared.charge(method, key=key)["id"]] * 12)
    assert len(set(told)) == 1


def test_a_card_form_sent_twice_pays_once(shared: Sandbox) -> None:
    checkout = shared.checkout(save=True)
    buyers = [shared.buyer() for _ in range(6)]
    for buyer in buyers:
        buyer.visit(checkout["url"])
    at_once(*[lambda one=buyer: one.card(GOOD) for buyer in buyers])
    assert {buyer.hint()["status"] for buyer in buyers} == {"succeeded"}
    with sqlite3.connect(shared.folder / database.FILE) as db:
        told = db.execute("select count(*) from event where reference = ?", (checkout["id"],))
        assert told.fetchone() == (1,)


def test_a_password_sent_twice_pays_once(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    buyer.card(CONFIRMED)
    form, password = buyer.page, buyer.password()
    for _ in range(2):
        buyer.page = form
        buyer.send("/confirm", password=password)
        assert buyer.hint()["status"] == "succeeded"


def test_cancelled_or_paid_but_never_both(shared: Sandbox) -> None:
    seen = Counter[str]()
    for _ in range(15):
        checkout = shared.checkout()
        buyer = shared.buyer()
        buyer.visit(checkout["url"])
        cancel = f"/v1/payments/{checkout['id']}/cancel"
        _, told = at_once(
            lambda one=buyer: one.card(GOOD), lambda path=cancel: shared.told("POST", path)
        )
        state = shared.payment(checkout["id"])["state"]
        assert isinstance(told, dict)
        assert told["state"] == state == buyer.hint()["status"]
        seen[state] += 1
    assert set(seen) <= {"succeeded", "canceled"}


def test_what_is_cancelled_cannot_be_paid(shared: Sandbox) -> None:
    checkout = shared.checkout()
    buyer = shared.buyer()
    buyer.visit(checkout["url"])
    shared.told("POST", f"/v1/payments/{checkout['id']}/cancel")
    buyer.card(GOOD)
    assert buyer.hint()["status"] == "canceled"


def test_what_is_paid_stays_paid(shared: Sandbox) -> None:
    checkout = shared.checkout()
    shared.buyer().pay(checkout["url"])
    told = shared.told("POST", f"/v1/payments/{checkout['id']}/cancel")
    assert told["state"] == "succeeded"


def test_two_hundred_people_pay_at_once(tmp_path: Path) -> None:
    with sandbox.running(tmp_path / "folder") as one:

        def pay(number: int) -> tuple[str, str]:
            checkout = one.checkout(amount_minor=number + 1)
            card = CONFIRMED if number % 2 else GOOD
            buyer = one.buyer()
            with buyer.browser:
                return checkout["id"], buyer.pay(checkout["url"], card)["status"]

        with ThreadPoolExecutor(CHECKOUTS) as threads:
            told = dict(threads.map(pay, range(CHECKOUTS)))
        assert set(told.values()) == {"succeeded"}
        listed = _all(one)
        assert {each["id"] for each in listed} == set(told)
        assert {each["state"] for each in listed} == {"succeeded"}
        amounts = sorted(each["amount_minor"] for each in listed)
        assert amounts == list(range(1, CHECKOUTS + 1))


def _all(one: Sandbox) -> list[dict[str, object]]:
    """The report, page by page."""
    found, after = [], ""
    while after is not None:
        page = one.told("GET", "/v1/payments", limit="70", after=after)
        found, after = [*found, *page["payments"]], page["next"]
    return found
