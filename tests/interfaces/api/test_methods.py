"""Saved ways to pay over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from quartermaster.store.billing.models import PaymentMethod
from quartermaster.usecases.ports.gateways import Decline
from tests.books import NOW, open_books
from tests.fakes.provider import Provider
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller, assert_problem, caller

WANTED = {"method": "card", "return_url": "https://example.com/back"}


@pytest.fixture(autouse=True)
def provider() -> Provider:
    """Who keeps cards and PayPal accounts, without a past."""
    vars(urls.PROVIDER).update(vars(Provider(at=NOW)))
    return urls.PROVIDER


def begin(api: Caller, key: str = "k", **wanted: Any) -> Any:
    return api.post("/payment-methods/setups", WANTED | wanted, idempotency_key=key)


def save(api: Caller, provider: Provider, key: str = "k", **wanted: Any) -> Any:
    """A method that was saved on the provider's page."""
    setup = begin(api, key, **wanted).json()
    provider.pay(setup["url"].rpartition("/")[2])
    return api.get(f"/payment-methods/setups/{setup['id']}").json()["method"]


def methods(api: Caller) -> list[Any]:
    found: list[Any] = api.get("/payment-methods").json()["methods"]
    return found


def test_a_setup_is_asked_about_until_it_is_known(api: Caller, provider: Provider) -> None:
    made = begin(api)
    setup = made.json()
    assert (made.status_code, setup["outcome"], setup["method"]) == (201, None, None)
    path = f"/payment-methods/setups/{setup['id']}"
    assert api.get(path).json() == setup
    provider.pay(setup["url"].rpartition("/")[2])
    for _ in range(2):
        done = api.get(path).json()
        assert (done["outcome"], done["url"]) == ("succeeded", None)
    assert methods(api) == [done["method"]]
    assert (done["method"]["label"], done["method"]["last_four"]) == ("Visa 4242", "4242")
    assert (done["method"]["expires_date"], done["method"]["is_default"]) == ("2028-02-29", True)


def test_a_setup_that_came_to_nothing(api: Caller, provider: Provider) -> None:
    setup = begin(api).json()
    provider.turn_back(setup["url"].rpartition("/")[2], Decline.NOT_CONFIRMED)
    done = api.get(f"/payment-methods/setups/{setup['id']}").json()
    assert (done["outcome"], done["method"], done["url"]) == ("declined", None, None)
    assert methods(api) == []


def test_the_same_key_is_the_same_setup(api: Caller, provider: Provider) -> None:
    assert begin(api).json() == begin(api).json()
    assert begin(api, "other").json()["id"] != begin(api).json()["id"]
    assert len(provider.paid) == 2
    missing = api.post("/payment-methods/setups", WANTED)
    assert_problem(missing, 422, "invalid", "Idempotency-Key")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"method": "wire"}, "method"),
        ({"method": None}, "method"),
        ({"return_url": None}, "return_url"),
        ({"back": "https://example.com/"}, "back"),
    ],
)
def test_what_cannot_be_asked(api: Caller, wanted: Any, field: str) -> None:
    assert_problem(begin(api, **wanted), 422, "invalid", field)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "back", "https://ann@example.com/"])
def test_where_no_buyer_is_sent(api: Caller, address: str) -> None:
    assert_problem(begin(api, return_url=address), 422, "bad_address", "return_url")
    assert methods(api) == []


def test_nobody_takes_this_here(api: Caller, provider: Provider) -> None:
    provider.kinds = frozenset()
    assert_problem(begin(api), 422, "method_not_taken", "method")
    provider.kinds, provider.is_out = Provider().kinds, True
    assert_problem(begin(api), 429, "provider_unavailable", None)


def test_default_and_removal(api: Caller, provider: Provider) -> None:
    card = save(api, provider, "a")
    paypal = save(api, provider, "b", method="paypal")
    assert (paypal["kind"], paypal["label"], paypal["is_default"]) == (
        "paypal",
        "buyer@example.com",
        False,
    )
    for _ in range(2):
        chosen = api.post(f"/payment-methods/{paypal['id']}/default")
        assert (chosen.status_code, chosen.json()["is_default"]) == (200, True)
    assert [one["id"] for one in methods(api)] == [paypal["id"], card["id"]]
    removed = api.delete(f"/payment-methods/{card['id']}")
    assert (removed.status_code, removed.json()["id"]) == (200, card["id"])
    assert [one["id"] for one in methods(api)] == [paypal["id"]]
    assert len(provider.saved) == 1, "the provider was told to forget it"
    assert api.delete(f"/payment-methods/{card['id']}").status_code == 200, "twice is once"
    gone = api.post(f"/payment-methods/{card['id']}/default")
    assert_problem(gone, 404, "not_found", "method")


def test_what_is_being_paid_with_stays(api: Caller, provider: Provider) -> None:
    card = save(api, provider)
    body = {"amount": "100"}
    order = api.post("/bots/helpdesk/funds", body, idempotency_key="k").json()["id"]
    provider.hesitates = True
    api.post(f"/orders/{order}/pay")
    refused = api.delete(f"/payment-methods/{card['id']}")
    assert_problem(refused, 403, "method_needed", "method")
    assert order in refused.json()["detail"]


def test_nothing_of_another_workspace(api: Caller, provider: Provider) -> None:
    card = save(api, provider)
    setup = begin(api, "other").json()["id"]
    other = caller(open_books("elsewhere"))
    assert methods(other) == []
    path = f"/payment-methods/{card['id']}"
    assert_problem(other.delete(path), 404, "not_found", "method")
    assert_problem(other.post(f"{path}/default"), 404, "not_found", "method")
    found = other.get(f"/payment-methods/setups/{setup}")
    assert_problem(found, 404, "not_found", "setup")


def test_one_takes_the_place_of_another(api: Caller, provider: Provider) -> None:
    card, paypal = save(api, provider, "a"), save(api, provider, "b", method="paypal")
    assert (card["is_expired"], paypal["is_expired"]) == (False, False)
    path = f"/payment-methods/{card['id']}/replace"
    for _ in range(2):
        done = api.post(path, {"by": paypal["id"]})
        assert (done.status_code, done.json()) == (200, paypal | {"is_default": True})
    assert methods(api) == [done.json()]
    assert_problem(api.post(path, {"by": card["id"]}), 404, "not_found", "method")
    same = f"/payment-methods/{paypal['id']}/replace"
    assert_problem(api.post(same, {"by": paypal["id"]}), 422, "same_method", "method")


def test_a_card_that_has_expired(api: Caller, provider: Provider) -> None:
    save(api, provider)
    PaymentMethod.objects.update(expires_date=NOW.date() - timedelta(days=1))
    assert methods(api)[0]["is_expired"] is True
    PaymentMethod.objects.update(expires_date=NOW.date())
    assert methods(api)[0]["is_expired"] is False
