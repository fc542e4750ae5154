"""`GET /v1/bots/{bot}/gate`: each status, and who may ask."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quartermaster.core.money import MICRO
from quartermaster.store.people.models import ApiKey, Workspace
from quartermaster.store.wallets.models import Lot, Wallet
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller

GATE = "/bots/helpdesk/gate"


def test_free_credit_pays_where_there_is_no_other(books: Books, api: Caller) -> None:
    response = api.get(GATE)
    assert response.status_code == 200
    assert response.json() == {
        "bot": books.bots["helpdesk"].public_id,
        "may_serve": True,
        "status": "using_free",
        "reason": "no paid credits left, free credits pay",
        "pays_from": "free",
        "sessions_left": 2_500,
        "days_left": None,
    }


@pytest.mark.parametrize(
    ("paid", "status", "sessions"),
    [(50_000_001, "sufficient", 2_750), (50_000_000, "low", 2_750), (1, "low", 2_500)],
)
def test_paid_credit_pays_first(
    books: Books, api: Caller, paid: int, status: str, sessions: int
) -> None:
    books.fund("helpdesk", paid)
    found = api.get(GATE).json()
    assert (found["may_serve"], found["status"], found["pays_from"]) == (True, status, "paid")
    assert found["sessions_left"] == sessions
    other = api.get("/bots/bookings/gate").json()
    assert (other["status"], other["pays_from"]) == ("using_free", "free")


@pytest.mark.usefixtures("books")
def test_without_any_credit_the_gate_is_shut() -> None:
    found = caller(open_books("helpdesk", free_micro=0)).get(GATE).json()
    assert (found["may_serve"], found["status"], found["pays_from"]) == (False, "inactive", None)
    assert (found["sessions_left"], found["days_left"]) == (0, None)
    assert "add funds" in found["reason"]


@pytest.mark.usefixtures("books")
def test_credit_that_has_expired_does_not_open_it() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", MICRO, NOW + timedelta(microseconds=1))
    api = caller(books)
    assert api.get(GATE).json()["may_serve"] is True
    Lot.objects.filter(bot=books.bots["helpdesk"]).update(expires_at=NOW)
    Wallet.objects.filter(bot=books.bots["helpdesk"]).update(paid_expires_at=NOW)
    assert api.get(GATE).json()["may_serve"] is False


def test_free_first_and_contracts(books: Books, api: Caller) -> None:
    books.fund("helpdesk", 60 * MICRO)
    Workspace.objects.filter(id=books.workspace.id).update(is_free_first=True)
    found = api.get(GATE).json()
    assert (found["status"], found["pays_from"], found["reason"]) == (
        *("sufficient", "free"),
        "free credits pay first",
    )
    Workspace.objects.filter(id=books.workspace.id).update(plan="enterprise")
    found = api.get(GATE).json()
    assert (found["may_serve"], found["status"], found["reason"]) == (
        *(True, "sufficient"),
        "enterprise contract",
    )
    assert (found["pays_from"], found["sessions_left"], found["days_left"]) == (None, None, None)


def test_days_left_follow_what_was_spent(books: Books, api: Caller) -> None:
    books.feed(talk("u0 u20 u40", start=NOW - timedelta(hours=3)))
    found = api.get(GATE).json()
    assert found["sessions_left"] == 2_497
    assert Decimal(found["days_left"]) > 0


def test_a_bot_goes_by_its_id_too(books: Books, api: Caller) -> None:
    named = books.bots["helpdesk"].public_id
    assert api.get(f"/bots/{named}/gate").json() == api.get(GATE).json()


def test_another_workspaces_bot_looks_like_none_at_all(books: Books, api: Caller) -> None:
    other = open_books("elsewhere")
    named = other.bots["elsewhere"].public_id
    unknown = "bot_" + "0" * (len(named) - 4)
    found = [api.get(f"/bots/{name}/gate") for name in ("elsewhere", named, unknown, "nobody")]
    for response in found:
        assert_problem(response, 404, "not_found", "bot")
    names = ("elsewhere", named, unknown, "nobody")
    plain = [
        response.json()["detail"].replace(name, "?")
        for response, name in zip(found, names, strict=True)
    ]
    assert len(set(plain)) == 1
    assert {len(response.json()) for response in found} == {8}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("header", [None, "", "Basic b3Vycw==", "Bearer", "Bearer wrong"])
def test_without_a_key_nobody_is_told_anything(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in (GATE, "/bots/nobody/gate", "/events/rejected", "/events/requests/r1"):
        response = Client().get(f"/v1{path}", headers=headers)
        assert_problem(response, 401, "unknown_key", "Authorization")


def test_a_revoked_key_is_no_key(api: Caller) -> None:
    ApiKey.objects.update(revoked_at=NOW)
    assert_problem(api.get(GATE), 401, "unknown_key", "Authorization")


def test_it_takes_four_queries_at_most(books: Books, api: Caller) -> None:
    books.fund("helpdesk", MICRO)
    books.feed(talk("u0 b1"))
    with CaptureQueriesContext(connection) as made:
        assert api.get(GATE).status_code == 200
    assert len(made) <= 4, [one["sql"] for one in made]


def test_a_request_id_is_sent_back(api: Caller) -> None:
    path = f"/v1{GATE}"
    headers = {"Authorization": f"Bearer {api.key}", "X-Request-Id": "mine-1"}
    assert api.client.get(path, headers=headers)["X-Request-Id"] == "mine-1"
    headers["X-Request-Id"] = "x" * 101
    made = api.client.get(path, headers=headers)["X-Request-Id"]
    assert made.startswith("req_")
