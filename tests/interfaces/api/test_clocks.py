"""What time it is, and moving it on."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from quartermaster.core.lifecycles.orders import Outcome, State
from quartermaster.core.money import MICRO
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks.works import What
from tests.books import NOW, Books, open_books
from tests.interfaces.api.conftest import Caller, assert_problem, caller
from tests.interfaces.api.test_fuzz import fuzz, one_transaction, web
from tests.usecases.shop import ESSENTIAL, Shop


@pytest.fixture
def test_books(books: Books) -> Books:
    return open_books("helpdesk", is_test=True, zone="America/New_York")


def move(api: Caller, **asked: Any) -> Any:
    """The response to a POST."""
    headers = {"Authorization": f"Bearer {api.key}"}
    body = json.dumps(asked)
    return api.client.post("/v1/clock", body, content_type="application/json", headers=headers)


def test_a_clock_goes_is_stopped_and_moved_on(test_books: Books) -> None:
    api = caller(test_books)
    goes = {"at": "2026-11-22T12:00:00Z", "time_zone": "America/New_York", "is_test": True}
    assert api.get("/clock").json() == goes | {"is_frozen": False}
    stopped = {"start": goes["at"], "end": goes["at"], "happened": []}
    assert move(api).json() == stopped
    assert api.get("/clock").json() == goes | {"is_frozen": True}
    shop = Shop.opened(test_books)
    shop.at = NOW
    subscription = shop.buy(ESSENTIAL).subscription
    assert subscription is not None
    moved = move(api, by="P1M").json()
    assert moved == {
        "start": "2026-11-22T12:00:00Z",
        "end": "2026-12-22T12:00:00Z",
        "happened": [
            {
                "at": "2026-12-22T05:00:00Z",
                "what": "subscription_renewed",
                "which": subscription.public_id,
            }
        ],
    }
    assert api.get("/clock").json()["at"] == moved["end"]
    again = move(api, to="2026-12-22T07:00:00-05:00").json()
    assert again == {"start": moved["end"], "end": moved["end"], "happened": []}


def test_an_order_that_nobody_pays_expires(test_books: Books) -> None:
    api = caller(test_books)
    move(api)
    shop = Shop.opened(test_books)
    shop.at = NOW
    order = shop.fund()
    [told] = move(api, by="P2D").json()["happened"]
    assert (told["what"], told["which"]) == ("order_expired", order.public_id)


def test_all_that_can_happen_has_its_word() -> None:
    known = {one for one in Outcome if one is not Outcome.UNKNOWN}
    for begun in ("payment", "refund", "setup"):
        assert {What(f"{begun}_{one}") for one in known} <= set(What)
    recharged = (State.FULFILLED, State.PAID, State.FAILED, State.AWAITING_PAYMENT)
    assert {What(f"recharge_{one}") for one in recharged} <= set(What)
    told = Path("docs/concepts/clock.md").read_text()
    assert [one for one in What if f"`{one}`" not in told] == []


def test_all_that_is_asked_goes_by_the_clock(test_books: Books) -> None:
    api = caller(test_books)
    test_books.fund(None, 3 * MICRO, NOW + timedelta(days=10))
    assert api.get("/free-credits").json()["left"] == "503.00"
    Workspace.objects.filter(id=test_books.workspace.id).update(frozen_at=NOW + timedelta(days=20))
    assert api.get("/free-credits").json()["left"] == "500.00"
    usage = api.get("/usage", range="24h").json()
    assert usage["period"]["end"] == "2026-12-12T13:00:00Z"


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"to": "2026-11-22T11:59:59Z"}, "clock_backwards", "to"),
        ({"to": "2036-11-22T11:59:59Z"}, "too_far_ahead", "to"),
        ({"by": "P3Y"}, "too_far_ahead", "by"),
        ({"by": "a month"}, "bad_span", "by"),
        ({"by": "P1M", "to": "2026-12-22T12:00:00Z"}, "invalid", "by"),
        ({"to": "2026-12-22T12:00:00"}, "invalid", "to"),
        ({"too": "2026-12-22T12:00:00Z"}, "invalid", "too"),
    ],
)
def test_what_cannot_be_is_refused(
    test_books: Books, asked: dict[str, str], code: str, field: str
) -> None:
    assert_problem(move(caller(test_books), **asked), 422, code, field)
    workspace = Workspace.objects.get(id=test_books.workspace.id)
    assert workspace.frozen_at in (None, NOW)


def test_the_clock_of_a_workspace_that_is_not_for_tests_goes_on(api: Caller) -> None:
    for asked in ({}, {"by": "P1M"}, {"to": "2026-12-22T12:00:00Z"}):
        assert_problem(move(api, **asked), 403, "clock_runs", "workspace")
    assert api.get("/clock").json()["is_test"] is False


@pytest.mark.parametrize("mode", GenerationMode)
def test_it_answers_as_documented(test_books: Books, settings: Any, mode: GenerationMode) -> None:
    api = caller(test_books)
    found = web(api, bot=["helpdesk"])
    with one_transaction():
        excluded = [positive_data_acceptance]  # not every instant and word will do
        fuzz(found["/v1/clock"]["POST"], mode, api.key, excluded_checks=excluded)
