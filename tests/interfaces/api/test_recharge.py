"""Auto-recharge over HTTP."""

import json
from typing import Any

import pytest

from quartermaster.usecases.ports.gateways import Decline
from tests.books import Books
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller, assert_problem
from tests.usecases.orders.recharge.saver import Saver

PATH = "/bots/helpdesk/auto-recharge"
TERMS = {"amount": "100", "threshold": "150.00"}


@pytest.fixture
def saver(books: Books) -> Saver:
    """Whose provider is the API's."""
    urls.PROVIDER.next = []
    return Saver.opened(books, provider=urls.PROVIDER)


def write(api: Caller, method: str, body: Any = None) -> Any:
    allowed = {"Authorization": f"Bearer {api.key}"}
    text = json.dumps(body or {})
    kind = "application/json"
    return api.client.generic(method, f"/v1{PATH}", text, content_type=kind, headers=allowed)


def test_it_is_set_does_its_work_and_is_switched_off(api: Caller, saver: Saver) -> None:
    found = api.get(PATH).json()
    assert (found["is_on"], found["terms"], found["why_not"]) == (False, None, "not_on")
    made = write(api, "PUT", TERMS).json()
    assert (made["is_on"], made["next_amount"], made["why_not"]) == (True, "100.00", None)
    assert made["terms"]["by"].startswith("key key_")
    assert (made["terms"]["day_count"], made["terms"]["month_amount"]) == (3, None)
    assert write(api, "PUT", TERMS).json()["changes"] == made["changes"]
    saver.shop.provider.next = [Decline.INSUFFICIENT_FUNDS]
    saver.run()
    found = api.get(PATH).json()
    assert (found["why_not"], found["next_at"] > made["terms"]["on_at"]) == ("back_off", True)
    [attempt] = found["attempts"]
    assert (attempt["outcome"], attempt["code"]) == ("declined", "insufficient_funds")
    assert api.get(f"/orders/{attempt['order']}").json()["kind"] == "recharge"
    done = write(api, "DELETE").json()
    assert (done["is_on"], done["terms"]["off_reason"], len(done["changes"])) == (
        False,
        "switched_off",
        2,
    )


def test_an_amount_is_asked_for_in_words(api: Caller, saver: Saver) -> None:
    found = write(api, "PUT", TERMS | {"amount": "much"}).json()
    assert found["detail"] == "it is no amount such as 100.00"


def test_a_field_is_named(api: Caller, saver: Saver) -> None:
    for wrong, field in (
        ({"amount": "99.99"}, "amount"),
        ({"day_amount": "99"}, "day_amount"),
        ({"month_count": 0}, "month_count"),
        ({"threshold": "much"}, "threshold"),
        ({"day_cuont": 1}, "day_cuont"),
        ({"month_count": "3"}, "month_count"),
        ({"day_count": True}, "day_count"),
    ):
        told = write(api, "PUT", TERMS | wrong)
        assert (told.status_code, told.json()["field"]) == (422, field)
    for field in ("amount", "threshold", "day_amount", "month_amount"):
        told = write(api, "PUT", TERMS | {field: "150.005"})
        assert_problem(told, 422, "amount_too_fine", field)
    assert_problem(write(api, "DELETE"), 404, "not_found", "bot")


def test_the_dry_run(api: Caller, saver: Saver) -> None:
    found = api.get(f"{PATH}/preview", **TERMS).json()
    assert (found["charges"], found["total"]) == ([], "0.00"), "nothing has happened yet"
    assert_problem(
        api.get(f"{PATH}/preview", amount="1", threshold="5"), 422, "bad_recharge", "amount"
    )


def test_its_method_is_not_removed(api: Caller, saver: Saver) -> None:
    write(api, "PUT", TERMS)
    allowed = {"Authorization": f"Bearer {api.key}"}
    path = f"/v1/payment-methods/{saver.method.public_id}"
    told = api.client.delete(path, headers=allowed)
    assert (told.status_code, told.json()["code"]) == (403, "method_needed")
    assert "auto-recharge of helpdesk" in told.json()["detail"]
