"""What payment providers tell over HTTP."""

import json
from datetime import timedelta
from typing import Any

import pytest

from quartermaster.usecases.ports.gateways import Notice, NoticeKind
from tests.books import NOW, assert_books_hold
from tests.fakes.provider import Provider
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller, assert_problem


@pytest.fixture(autouse=True)
def provider() -> Provider:
    """Who tells, without a past."""
    vars(urls.PROVIDER).update(vars(Provider(at=NOW)))
    return urls.PROVIDER


def tell(api: Caller, headers: dict[str, str], body: bytes, provider: str = "memory") -> Any:
    """Without a key."""
    kind = "application/json"
    return api.client.post(f"/v1/notices/{provider}", body, content_type=kind, headers=headers)


def opened(api: Caller) -> tuple[str, str]:
    """An order of credit that waits on a page, and what the provider calls its payment."""
    body = {"amount": "100"}
    order = api.post("/bots/helpdesk/funds", body, idempotency_key="k").json()["id"]
    visit = {"method": "card", "return_url": "https://example.com/"}
    page = api.post(f"/orders/{order}/checkout", visit).json()["url"]
    return order, page.rpartition("/")[2]


def state(api: Caller, order: str) -> str:
    return str(api.get(f"/orders/{order}").json()["state"])


def test_told_again_and_in_any_order_it_is_paid_once(api: Caller, provider: Provider) -> None:
    order, reference = opened(api)
    early = Notice("early", NoticeKind.PAYMENT, reference)
    assert tell(api, *provider.sent(early, NOW)).json() == {"id": "early"}
    assert state(api, order) == "awaiting_payment"
    provider.pay(reference)
    [told] = provider.told
    for _ in range(3):
        answer = tell(api, *provider.sent(told, NOW))
        assert (answer.status_code, answer.json()) == (200, {"id": told.id})
        assert state(api, order) == "fulfilled"
    assert api.get("/bots/helpdesk/wallet").json()["paid"] == "100.00"
    assert_books_hold()


def test_a_notice_carries_no_truth(api: Caller, provider: Provider) -> None:
    order, reference = opened(api)
    lie = Notice("lie", NoticeKind.PAYMENT, reference)
    headers, body = provider.sent(lie, NOW)
    assert json.loads(body)["reference"] == reference
    assert tell(api, headers, body).status_code == 200
    assert state(api, order) == "awaiting_payment"


def test_what_is_not_signed_is_refused(api: Caller, provider: Provider) -> None:
    order, reference = opened(api)
    provider.pay(reference)
    headers, body = provider.sent(provider.told[0], NOW)
    assert_problem(tell(api, {}, body), 403, "bad_signature", None)
    assert_problem(tell(api, headers, body + b" "), 403, "bad_signature", None)
    old = provider.sent(provider.told[0], NOW - timedelta(hours=1))
    assert_problem(tell(api, *old), 403, "bad_signature", None)
    assert state(api, order) == "awaiting_payment"
    assert tell(api, headers, body).status_code == 200
    assert state(api, order) == "fulfilled"


def test_a_provider_that_is_not_here(api: Caller, provider: Provider) -> None:
    sent = provider.sent(Notice("n", NoticeKind.OTHER, ""), NOW)
    assert_problem(tell(api, *sent, provider="stripe"), 404, "not_found", "provider")


@pytest.mark.parametrize("kind", NoticeKind)
def test_what_is_about_nothing_of_ours_is_taken(
    api: Caller, provider: Provider, kind: NoticeKind
) -> None:
    assert tell(api, *provider.sent(Notice("n", kind, "mem_none"), NOW)).json() == {"id": "n"}


def test_a_dispute_shows_on_the_order(api: Caller, provider: Provider) -> None:
    order, reference = opened(api)
    provider.pay(reference)
    provider.dispute(reference, 4_000)
    for notice in provider.told:
        tell(api, *provider.sent(notice, NOW))
    assert api.get(f"/orders/{order}").json()["payments"][0]["disputed"] == "40.00"
