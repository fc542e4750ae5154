"""Wallets, free credit and transfers."""

from datetime import timedelta

from quartermaster.core.ledger.transfers import Fact
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller


def test_a_wallet(books: Books, api: Caller) -> None:
    lot = books.fund("helpdesk", 60_000_001)
    books.feed(talk("u0"))
    found = api.get("/bots/helpdesk/wallet").json()
    assert found == {
        "bot": books.bots["helpdesk"].public_id,
        "bot_name": "helpdesk",
        "currency": "USD",
        "paid": "59.800001",
        "free": "500.00",
        "status": "sufficient",
        "may_serve": True,
        "reason": "paid credits",
        "pays_from": "paid",
        "sessions_left": 2799,
        "days_left": found["days_left"],
        "session_price": "0.20",
        "spent_per_day": found["spent_per_day"],
        "lots": [
            {
                "id": f"lot_{lot.id}",
                "source": "paid",
                "bot": books.bots["helpdesk"].public_id,
                "granted": "60.000001",
                "remaining": "59.800001",
                "used": "0.20",
                "lapsed": "0.00",
                "settled": "0.00",
                "expires_at": None,
                "granted_at": "2026-11-22T12:00:00Z",
            }
        ],
    }
    by_id = api.get(f"/bots/{books.bots['helpdesk'].public_id}/wallet")
    assert by_id.json() == found


def test_a_wallet_in_debt(db: None, settings: object) -> None:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"  # type: ignore[attr-defined]
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0"))
    found = caller(books).get("/bots/helpdesk/wallet").json()
    assert (found["paid"], found["may_serve"], found["status"]) == ("-0.20", False, "inactive")
    assert (found["pays_from"], found["lots"]) == (None, [])


def test_free_credit(books: Books, api: Caller) -> None:
    soon = NOW + timedelta(days=1)
    books.fund(None, 5_000_000, soon)
    found = api.get("/free-credits").json()
    assert (found["left"], found["currency"]) == ("505.00", "USD")
    assert found["expires_at"] == "2026-11-23T12:00:00Z"
    assert [(lot["source"], lot["bot"], lot["granted"]) for lot in found["lots"]] == [
        ("free", None, "500.00"),
        ("free", None, "5.00"),
    ]


def test_transfers_page_by_page(busy: Books, api: Caller) -> None:
    whole = api.get("/transfers", limit=1000).json()["transfers"]
    numbers = [int(one["id"].removeprefix("trf_")) for one in whole]
    assert numbers == sorted(numbers, reverse=True)
    assert len({one["fact"] for one in whole}) == 3
    wanted = ({}, {"fact": "usage_charged"}, {"bot_name": "bookings"}, {"fact": "credits_lapsed"})
    for limit in (1, 2, 5, 1000):
        for query in wanted:
            named = {name.removesuffix("_name"): value for name, value in query.items()}
            found = api.pages("/transfers", "transfers", limit=limit, **named)
            assert found == [one for one in whole if query.items() <= one.items()]


def test_transfers_for_every_fact(busy: Books, api: Caller) -> None:
    for fact in Fact:
        found = api.get("/transfers", fact=fact).json()["transfers"]
        assert {one["fact"] for one in found} <= {fact}


def test_a_transfer(books: Books, api: Caller) -> None:
    lot = books.fund("helpdesk", 1_250_000)
    found = api.get("/transfers", limit=1).json()["transfers"][0]
    assert found == {
        "id": found["id"],
        "fact": "funds_added",
        "debit": "funds",
        "credit": "wallet",
        "bot": books.bots["helpdesk"].public_id,
        "bot_name": "helpdesk",
        "amount": "1.25",
        "currency": "USD",
        "lot": f"lot_{lot.id}",
        "charge": None,
        "at": "2026-11-22T12:00:00Z",
    }


def test_another_workspaces_credit_is_not_there(busy: Books, api: Caller) -> None:
    other = open_books("elsewhere", free_micro=7_000_000)
    other.fund("elsewhere", 3_000_000)
    theirs = caller(other)
    own = theirs.get("/transfers").json()["transfers"]
    assert [one["amount"] for one in own] == ["3.00", "7.00"]
    assert theirs.get("/free-credits").json()["left"] == "7.00"
    for bot in ("helpdesk", busy.bots["helpdesk"].public_id, "nobody"):
        response = theirs.get(f"/bots/{bot}/wallet")
        assert_problem(response, 404, "not_found", "bot")
        assert response.json()["detail"] == f"no bot {bot!r} in this workspace"
        assert_problem(theirs.get("/transfers", bot=bot), 404, "not_found", "bot")
