"""A contract and its statements over HTTP."""

import uuid
from datetime import timedelta

import pytest

from quartermaster.store.contracts.models import Contract
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.plans.contracts.agree_price import Wanted as Priced
from quartermaster.usecases.plans.contracts.agree_price import agree_price
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller

TERMS = {"model": "per_unit", "amount": "0.125"}
MONTH = timedelta(days=30)


@pytest.fixture
def contract(books: Books) -> Contract:
    """By the month, since a month ago; with two sessions of one bot in its first cycle."""
    wanted = Wanted(books.workspace, commitment_minor=200)
    made = agree_contract(wanted, uuid.uuid4(), NOW - MONTH)
    agree_price(Priced(books.workspace, "billing_session", TERMS), uuid.uuid4(), NOW)
    books.feed(talk("u0 u16", start=NOW - MONTH + timedelta(days=9)))
    return made


def test_what_was_agreed_and_the_running_cycle(
    books: Books, api: Caller, contract: Contract
) -> None:
    found = api.get("/contract").json()
    so_far, [price] = found.pop("so_far"), found.pop("prices")
    assert found == {
        "id": contract.public_id,
        "months": 1,
        "anchor_date": "2026-10-23",
        "currency": "USD",
        "commitment": "2.00",
        "net_days": 30,
        "start": "2026-10-23T12:00:00Z",
        "end": None,
    }
    assert (price["what"], price["kind"], price["price"]["words"]) == (
        "billing_session",
        None,
        "$0.125 each",
    )
    assert (so_far["total"], so_far["due_date"]) == ("1.97", "2026-12-23")
    usage, true_up = so_far["lines"]
    bot = books.bots["helpdesk"].public_id
    assert usage == {
        "what": "usage",
        "of": "billing_session",
        "description": "Billing sessions, as agreed",
        "quantity": 2,
        "formula": "2 × $0.125 = $0.25",
        "amount": "0.25",
        "start": "2026-10-23T12:00:00Z",
        "end": "2026-11-23T00:00:00Z",
        "bots": [
            {
                "bot": bot,
                "bot_name": "helpdesk",
                "quantity": 2,
                "sessions": f"/v1/sessions?bot={bot}&unit=billing_session"
                "&from=2026-10-23&to=2026-11-22",
            }
        ],
        "order": None,
        "corrects": None,
    }
    assert (true_up["amount"], true_up["bots"]) == ("1.72", [])
    listed = api.client.get(usage["bots"][0]["sessions"], headers=authorized(api)).json()
    assert len(listed["sessions"]) == 2


def authorized(api: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.key}"}


def test_statements_and_their_lines(api: Caller, contract: Contract) -> None:
    assert api.get("/statements").json() == {"statements": []}
    made = [close_cycle(contract.id, NOW + 2 * MONTH) for _ in range(2)]
    found = api.get("/statements").json()["statements"]
    assert [one["id"] for one in found] == [one.public_id for one in reversed(made) if one]
    assert [one["total"] for one in found] == ["2.00", "1.97"]
    first = api.get(f"/statements/{found[1]['id']}").json()
    assert [line["what"] for line in first.pop("lines")] == ["usage", "true_up"]
    assert first == found[1]


def test_the_same_answer_is_not_sent_again(api: Caller, contract: Contract) -> None:
    first = api.get("/contract")
    again = api.ask("/contract", {"If-None-Match": first["ETag"]})
    assert (contract.months, again.status_code, again.content) == (1, 304, b"")


def test_what_is_not_there_is_refused(api: Caller) -> None:
    assert_problem(api.get("/contract"), 404, "not_found", "contract")
    assert_problem(api.get("/statements/stm_7"), 404, "not_found", "statement")


def test_others_see_nothing_of_it(contract: Contract) -> None:
    statement = close_cycle(contract.id, NOW + MONTH)
    assert statement is not None
    other = caller(open_books("elsewhere"))
    assert other.get("/statements").json() == {"statements": []}
    found = other.get(f"/statements/{statement.public_id}")
    assert_problem(found, 404, "not_found", "statement")
