"""Seats are checked and assigned, and the use of limits is told, over HTTP."""

import json
from typing import Any

import pytest

from quartermaster.interfaces.api.openapi import entitlement_examples
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import NOW, Books, open_books
from tests.interfaces.api.conftest import Caller, assert_problem
from tests.usecases.entitlements.conftest import seats
from tests.usecases.shop import ESSENTIAL, PRODUCT, catalog_of, plan

NAMED = "plan/agent_ai/essential"
QUEUES = "limits/queues?product=agent_ai"
CHECK = "/bots/helpdesk/seats/check"


@pytest.fixture
def shop(books: Books) -> Books:
    """Two concurrent seats of one product and two named ones of another, on trial."""
    trial = {"trial": {"days": 14, "seats": 2}}
    here = plan("essential", "60", "600", seats=seats("concurrent"), **trial)
    there = plan("essential", "9", "90", product="agent_ai", seats=seats("named"), **trial)
    publish_catalog(catalog_of(here, there), NOW)
    for key in (ESSENTIAL, NAMED):
        start_trial(books.bots["helpdesk"], key, NOW)
    return books


def send(api: Caller, method: str, path: str, body: Any = None) -> Any:
    """A request that writes."""
    headers = {"Authorization": f"Bearer {api.key}"}
    form = {"content_type": "application/json"}
    content = b"" if body is None else json.dumps(body)
    return api.client.generic(method, f"/v1{path}", content, headers=headers, **form)


def test_two_may_log_in_and_a_third_may_not(shop: Books, api: Caller) -> None:
    answers = [
        send(api, "POST", CHECK, {"product": PRODUCT, "agent": agent})
        for agent in ("ann", "bob", "cy")
    ]
    assert [one.status_code for one in answers] == [200] * 3
    assert [one.json()["may_log_in"] for one in answers] == [True, True, False]
    assert answers[0].json() == {
        "bot": shop.bots["helpdesk"].public_id,
        "product": PRODUCT,
        "agent": "ann",
        "may_log_in": True,
        "status": "seat_left",
        "reason": "a seat is left, and kept for the agent",
        "kind": "concurrent",
        "seats": 2,
        "used": 1,
        "left": 1,
        "policy": "refuse",
    }
    assert answers[2].json()["reason"] == "all seats are taken"


def test_a_named_seat_is_assigned_and_released(shop: Books, api: Caller) -> None:
    path = "/bots/helpdesk/seats/agent_ai/ann%2Fb"
    whole = {"bot": shop.bots["helpdesk"].public_id, "product": "agent_ai", "agent": "ann/b"}
    for _ in range(2):
        made = send(api, "PUT", path)
        assert (made.status_code, made.json()) == (
            200,
            {**whole, "assigned_at": "2026-11-22T12:00:00Z"},
        )
    asked = send(api, "POST", CHECK, {"product": "agent_ai", "agent": "ann/b"}).json()
    assert (asked["may_log_in"], asked["status"], asked["used"]) == (True, "seated", 1)
    for _ in range(2):
        gone = send(api, "DELETE", path)
        assert (gone.status_code, gone.json()) == (200, {**whole, "assigned_at": None})


def test_no_seat_is_left(shop: Books, api: Caller) -> None:
    for agent in ("ann", "bob"):
        assert send(api, "PUT", f"/bots/helpdesk/seats/agent_ai/{agent}").status_code == 200
    refused = send(api, "PUT", "/bots/helpdesk/seats/agent_ai/cy")
    assert_problem(refused, 403, "no_seat_left", "agent")
    concurrent = send(api, "PUT", f"/bots/helpdesk/seats/{PRODUCT}/cy")
    assert_problem(concurrent, 409, "not_named", "product")


def test_use_is_told(shop: Books, api: Caller) -> None:
    path = f"/bots/helpdesk/limits/queues?product={PRODUCT}"
    told = send(api, "PUT", path, {"used": 6})
    assert (told.status_code, told.json()) == (
        200,
        {
            "bot": shop.bots["helpdesk"].public_id,
            "product": PRODUCT,
            "name": "queues",
            "limit": 5,
            "used": 6,
            "left": 0,
            "is_exceeded": True,
        },
    )
    earlier = send(api, "PUT", path, {"used": 2, "at": "2026-11-22T12:30:00+01:00"})
    assert earlier.json()["used"] == 6


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("limits/queue?product=agent_ai", {"used": 1}, (404, "unknown_limit", "name")),
        (
            "limits/notifications_per_hour?product=agent_ai",
            {"used": 1},
            (409, "measured_limit", "name"),
        ),
        ("limits/queues?product=agents", {"used": 1}, (422, "invalid", "product")),
        ("limits/queues", {"used": 1}, (422, "invalid", "product")),
        (QUEUES, {"used": -1}, (422, "invalid", "used")),
        (QUEUES, {"used": "many"}, (422, "invalid", "used")),
        (QUEUES, {"used": 1, "at": "2026-11-20T12:00:00"}, (422, "invalid", "at")),
        (QUEUES, {"used": 1, "at": "2027-01-01T00:00:00Z"}, (422, "bad_use", "at")),
        ("seats/search_ai/ann", None, (422, "invalid", "product")),
        (f"seats/agent_ai/{'a' * 201}", None, (422, "invalid", "agent")),
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_makes_no_sense_is_refused(
    api: Caller, path: str, body: Any, said: tuple[int, str, str]
) -> None:
    assert_problem(send(api, "PUT", f"/bots/helpdesk/{path}", body), *said)


def test_checks_name_their_faults(shop: Books, api: Caller) -> None:
    for body, field in (
        ({"product": "search_ai", "agent": "ann"}, "product"),
        ({"product": PRODUCT, "agent": ""}, "agent"),
        ({"product": PRODUCT}, "agent"),
    ):
        assert_problem(send(api, "POST", CHECK, body), 422, "invalid", field)


def test_another_workspaces_bot_is_not_found(shop: Books, api: Caller) -> None:
    other = open_books("elsewhere").bots["elsewhere"].public_id
    for method, path in (
        ("PUT", "limits/queues?product=agent_ai"),
        ("POST", "seats/check"),
        ("PUT", "seats/agent_ai/ann"),
        ("DELETE", "seats/agent_ai/ann"),
    ):
        asked = {"product": "agent_ai", "agent": "ann"}
        body = {"used": 1} if path.startswith("limits") else asked
        found = send(api, method, f"/bots/{other}/{path}", body)
        assert_problem(found, 404, "not_found", "bot")


def test_overage_says_so(shop: Books, api: Caller) -> None:
    Workspace.objects.update(seat_policy="overage")
    for agent in ("ann", "bob", "cy"):
        said = send(api, "POST", CHECK, {"product": PRODUCT, "agent": agent}).json()
    assert (said["may_log_in"], said["policy"]) == (False, "refuse"), "a trial bills no overage"


def test_examples_are_of_the_forms_that_are_sent(shop: Books, api: Caller) -> None:
    for path, sent in {
        "/v1/bots/{bot}/seats/check": send(
            api, "POST", CHECK, {"product": PRODUCT, "agent": "ann"}
        ),
        "/v1/bots/{bot}/seats/{product}/{agent}": send(
            api, "PUT", "/bots/helpdesk/seats/agent_ai/ann"
        ),
        "/v1/bots/{bot}/limits/{name}": send(
            api, "PUT", "/bots/helpdesk/limits/queues?product=agent_ai", {"used": 1}
        ),
    }.items():
        assert list(sent.json()) == list(entitlement_examples.ANSWERS[path])
