"""Which plan would suit a bot."""

from datetime import timedelta

from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations as catalog
from tests.books import NOW, Books, open_books, talk
from tests.catalogs import ESSENTIAL, plan, small
from tests.interfaces.api.conftest import Caller, assert_problem, caller
from tests.usecases.shop import Shop


def test_a_suggestion(books: Books, api: Caller) -> None:
    catalog.publish_catalog(small(plans=[plan("essential", "0.10", fee={"monthly": "0.1"})]), NOW)
    books.feed(talk("u0 b1", start=NOW - timedelta(days=15)))
    found = api.get("/bots/helpdesk/suggestion").json()
    bot = books.bots["helpdesk"]
    quantities = {"billing_sessions": 1, "voice_sessions": 0, "api_sessions": 0}
    assert {name: value for name, value in found.items() if name != "options"} == {
        "bot": bot.public_id,
        "bot_name": "helpdesk",
        "product": "automation_ai",
        "currency": "USD",
        "time_zone": "UTC",
        "cycles": [
            {
                "start": "2026-10-23T00:00:00Z",
                "end": "2026-11-22T00:00:00Z",
                "quantities": quantities | {"alerts": 0, "notifications": 0},
                "concurrent": 0,
                "named": 0,
            }
        ],
        "days_of_usage": 15,
        "is_enough": True,
    }
    by_id = api.get(f"/bots/{bot.public_id}/suggestion", product="automation_ai").json()
    assert by_id == found


def test_its_options(books: Books, api: Caller) -> None:
    catalog.publish_catalog(small(plans=[plan("essential", "0.10", fee={"monthly": "0.1"})]), NOW)
    books.feed(talk("u0 b1", start=NOW - timedelta(days=15)))
    essential, goes = api.get("/bots/helpdesk/suggestion").json()["options"]
    assert essential == {
        "key": "plan/automation_ai/essential",
        "title": "Essential",
        "version": 1,
        "cadence": "monthly",
        "seats": 0,
        "total": "0.10",
        "per_cycle": "0.10",
        "cycles": ["0.10"],
        "difference": "-0.10",
        "exceeded": [],
        "lost": [],
        "is_open": True,
        "is_current": False,
        "is_cheapest": True,
        "parts": [
            {
                "what": "fee",
                "unit": None,
                "amount": "0.10",
                "cycles": ["0.10"],
                "formulas": ["1 × $0.10 = $0.10"],
            },
            {
                "what": "usage",
                "unit": "billing_session",
                "amount": "0.00",
                "cycles": ["0.00"],
                "formulas": ["1 included = $0.00"],
            },
        ],
    }
    assert (goes["key"], goes["cadence"], goes["version"], goes["title"]) == (None,) * 4
    assert (goes["total"], goes["is_current"], goes["is_cheapest"]) == ("0.20", True, False)


def test_of_another_product(books: Books, api: Caller) -> None:
    at, of = NOW - timedelta(days=1), {"agent": "kim", "product": "agent_ai"}
    books.feed([Event("in", "agent.logged_in", at, "helpdesk", **of)])
    found = api.get("/bots/helpdesk/suggestion", product="agent_ai").json()
    assert [cycle["concurrent"] for cycle in found["cycles"]] == [1]
    assert found["options"][0]["exceeded"] == [{"limit": "seats", "allowed": 0, "used": 1}]
    assert found["is_enough"] is False


def test_what_is_not_there_is_refused(books: Books, api: Caller) -> None:
    asked = api.get("/bots/helpdesk/suggestion", product="coffee")
    assert_problem(asked, 422, "invalid", "product")
    assert_problem(api.get("/bots/nobody/suggestion"), 404, "not_found", "bot")
    other = caller(open_books("elsewhere"))
    assert_problem(other.get("/bots/helpdesk/suggestion"), 404, "not_found", "bot")


def test_the_same_answer_is_not_sent_again(books: Books, api: Caller) -> None:
    first = api.get("/bots/helpdesk/suggestion")
    again = api.ask("/bots/helpdesk/suggestion", {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    catalog.publish_catalog(small(), NOW)
    changed = api.ask("/bots/helpdesk/suggestion", {"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_what_the_bot_has_is_what_it_is_compared_with(books: Books, api: Caller) -> None:
    catalog.publish_catalog(small(), NOW)
    Shop(books, books.bots["helpdesk"], at=NOW).buy(ESSENTIAL)
    options = api.get("/bots/helpdesk/suggestion").json()["options"]
    [has] = [one for one in options if one["is_current"]]
    assert (has["key"], has["cadence"], has["difference"]) == (ESSENTIAL, "monthly", "0.00")
