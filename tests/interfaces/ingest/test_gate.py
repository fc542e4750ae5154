"""`GET /v1/bots/{bot}/gate`: each status, who may ask, and the use case says the same."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from quartermaster.core.money import MICRO
from quartermaster.interfaces.ingest import gate
from quartermaster.interfaces.ingest.gate import Gate
from quartermaster.store.catalog import operations as catalog_operations
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.people.models import ApiKey, Bot, Workspace
from quartermaster.store.wallets.models import Lot, Pool, Wallet
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import NOW, Books, open_books, talk
from tests.fakes.server import Answer, Request
from tests.interfaces import database
from tests.interfaces.ingest.test_door import assert_problem
from tests.usecases.shop import ESSENTIAL, Shop, catalog_of, plan


class Platform:
    """Asks the gate with a key; one event loop, so that the gate keeps its connection."""

    def __init__(self, address: str) -> None:
        self.key = ""
        self.gate = Gate(address, lambda: NOW)
        self.runner = asyncio.Runner()

    def ask(self, bot: str = "helpdesk", method: str = "GET", **headers: str) -> Answer:
        """The answer about a bot."""
        given = {"Authorization": f"Bearer {self.key}"}
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        request = Request(headers=given, method=method, path=f"/v1/bots/{bot}/gate")
        return self.runner.run(asyncio.wait_for(request.put_to(self.gate), 20))

    def close(self) -> None:
        """Lets go of the database."""
        self.runner.run(self.gate.close())
        self.runner.close()


@pytest.fixture
def books(committed: None) -> Books:
    return open_books("helpdesk", "bookings")


@pytest.fixture
def platform(books: Books) -> Iterator[Platform]:
    made = Platform(database.url())
    made.key = create_key(books.workspace, "api", NOW)[1]
    yield made
    made.close()


def test_free_credit_pays_where_there_is_no_other(books: Books, platform: Platform) -> None:
    answer = platform.ask()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.json == {
        "bot": books.bots["helpdesk"].public_id,
        "may_serve": True,
        "status": "using_free",
        "reason": "no paid credits left, free credits pay",
        "pays_from": "free",
        "sessions_left": 2_500,
        "days_left": None,
    }


def test_paid_credit_pays_first(books: Books, platform: Platform) -> None:
    books.fund("helpdesk", 50 * MICRO)
    found = platform.ask().json
    assert (found["status"], found["pays_from"], found["sessions_left"]) == ("low", "paid", 2_750)
    other = platform.ask("bookings").json
    assert (other["status"], other["pays_from"]) == ("using_free", "free")


def test_credit_is_never_remembered(books: Books, platform: Platform) -> None:
    for left in (2_500, 2_505, 2_510):
        assert platform.ask().json["sessions_left"] == left
        books.fund("helpdesk", MICRO)
    Pool.objects.update(free_micro=0)
    Wallet.objects.update(paid_micro=0)
    assert platform.ask().json["may_serve"] is False


def _expired(books: Books) -> None:
    """Part of what the wallet and the pool hold has expired, and has not lapsed yet."""
    books.fund("helpdesk", 3 * MICRO)
    books.fund("helpdesk", MICRO, NOW + timedelta(days=1))
    books.fund(None, 7 * MICRO)
    past = NOW - timedelta(seconds=1)
    lots = Lot.objects.filter(workspace=books.workspace)
    lots.filter(expires_at=NOW + timedelta(days=1)).update(expires_at=past)
    lots.filter(source="free", remaining_micro=500 * MICRO).update(expires_at=NOW)
    Wallet.objects.filter(bot=books.bots["helpdesk"]).update(paid_expires_at=past)
    Pool.objects.filter(workspace=books.workspace).update(expires_at=NOW)


def _in_debt(books: Books) -> None:
    Pool.objects.filter(workspace=books.workspace).update(free_micro=0)
    Wallet.objects.filter(bot__workspace=books.workspace).update(paid_micro=-5 * MICRO)


def _spent(books: Books, micro: int) -> None:
    Wallet.objects.filter(bot=books.bots["helpdesk"]).update(spent_per_day_micro=micro)


def _set(books: Books, **fields: Any) -> None:
    books.fund("helpdesk", 60 * MICRO)
    Workspace.objects.filter(id=books.workspace.id).update(**fields)


def _plans(books: Books) -> Bot:
    """Three sessions included, or in a trial; a plan of another product beside."""
    usage = {"billing_session": {"included": 3, "model": "per_unit", "amount": "0.07"}}
    sold = {"product": "automation_ai", "name": "essential", "fee": {"monthly": "60"}}
    trial = {"days": 14, "sessions": 3}
    catalog_operations.publish_catalog(
        catalog_of(sold | {"usage": usage, "trial": trial}, plan("essential", "60", "600")), NOW
    )
    return books.bots["helpdesk"]


def _planned(books: Books, since: timedelta) -> None:
    shop = Shop(books, _plans(books), at=NOW + since)
    shop.buy(AUTOMATION)
    shop.buy(ESSENTIAL)
    books.feed(talk("u0 u20 u40 u60", start=NOW + since + timedelta(minutes=5)))
    Pool.objects.filter(workspace=books.workspace).update(free_micro=0)


def _price(amount: str, after: timedelta) -> None:
    publish_prices({"billing_session": Decimal(amount), "alert": Decimal(9)}, NOW + after)


AUTOMATION = "plan/automation_ai/essential"
SITUATIONS: dict[str, Callable[[Books], Any]] = {
    "nothing happened": lambda books: None,
    "sufficient": lambda books: books.fund("helpdesk", 50 * MICRO + 1),
    "low": lambda books: books.fund("helpdesk", 1),
    "inactive": lambda books: Pool.objects.update(free_micro=0),
    "in debt": _in_debt,
    "partly expired": _expired,
    "free first": lambda books: _set(books, is_free_first=True),
    "contract": lambda books: _set(books, plan="enterprise"),
    "spent": lambda books: books.feed(talk("u0 u20 u40", start=NOW - timedelta(hours=3))),
    "spent by a third": lambda books: _spent(books, 3 * MICRO),
    "nearly never spent": lambda books: _spent(books, 1),
    "a trial": lambda books: start_trial(_plans(books), AUTOMATION, NOW - timedelta(hours=4)),
    "a plan": lambda books: _planned(books, timedelta(hours=-4)),
    "a plan's last month": lambda books: _planned(books, timedelta(days=-40)),
    "another price": lambda books: _price("0.0000000007", timedelta(days=-1)),
    "costs nothing": lambda books: _price("0", timedelta(hours=-1)),
    "a price to come": lambda books: _price("0.30", timedelta(days=1)),
}


def test_it_says_what_the_use_case_says(platform: Platform) -> None:
    """In new workspaces each. Prices are everybody's, so they come last."""
    prices = set()
    for name, happens in SITUATIONS.items():
        books = open_books("helpdesk", "bookings", price=str(catalog.session_price(NOW)))
        platform.key = create_key(books.workspace, "api", NOW)[1]
        happens(books)
        for bot in books.bots.values():
            _, said = check_gates([bot.id], NOW)[bot.id]
            fields = dataclasses.asdict(said)
            days = fields.pop("days_left")
            expected = fields | {
                "bot": bot.public_id,
                "days_left": None if days is None else str(days),
            }
            assert platform.ask(bot.name).json == expected, name
        prices.add(catalog.session_price(NOW))
    assert len(prices) == 3


def test_without_any_price_sessions_cost_nothing(committed: None) -> None:
    workspace = create_workspace("bare", "UTC", FreeCredit(0), NOW)
    create_bot(workspace, "helpdesk", 900, NOW)
    platform = Platform(database.url())
    platform.key = create_key(workspace, "api", NOW)[1]
    found = platform.ask().json
    platform.close()
    assert (found["may_serve"], found["reason"]) == (True, "sessions cost nothing")


def test_where_a_clock_stands_credit_expires_by_it(committed: None) -> None:
    books = open_books("helpdesk", is_test=True, free_micro=MICRO)
    platform = Platform(database.url())
    platform.key = create_key(books.workspace, "api", NOW)[1]
    assert platform.ask().json["may_serve"]
    Workspace.objects.filter(id=books.workspace.id).update(frozen_at=NOW + timedelta(days=90))
    assert not platform.ask().json["may_serve"]
    platform.close()


def test_a_bot_goes_by_its_id_too(books: Books, platform: Platform) -> None:
    assert platform.ask(books.bots["helpdesk"].public_id).json == platform.ask().json


def test_another_workspaces_bot_looks_like_none_at_all(platform: Platform) -> None:
    named = open_books("elsewhere").bots["elsewhere"].public_id
    names = ("elsewhere", named, "bot_" + "0" * (len(named) - 4), "nobody", "no\ufffd'", "1")
    details = []
    for name in names:
        answer = platform.ask(name)
        assert answer.status == 404
        assert_problem(answer, "not_found", "bot")
        details.append(answer.json["detail"].replace(name, "?").replace('"', "'"))
    assert set(details) == {"no bot '?' in this workspace"}


def test_without_a_key_nobody_is_told_anything(platform: Platform) -> None:
    for header in ("", f"Basic {platform.key}", "Bearer", "Bearer wrong", "Bearer \xff"):
        for bot in ("helpdesk", "nobody"):
            answer = platform.ask(bot, Authorization=header)
            assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert_problem(answer, "unknown_key", "Authorization")


def test_a_revoked_key_is_no_key_at_once(platform: Platform) -> None:
    assert platform.ask().status == 200
    ApiKey.objects.update(revoked_at=NOW)
    assert platform.ask().status == 401


def test_another_method_is_told_which_to_use(platform: Platform) -> None:
    for method in ("HEAD", "POST", "PUT", "DELETE"):
        answer = platform.ask(method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET")
        assert_problem(answer, "method_not_allowed", None)


def test_a_request_id_is_sent_back(platform: Platform) -> None:
    assert platform.ask(X_Request_Id="mine-1").headers["x-request-id"] == "mine-1"
    assert platform.ask(X_Request_Id="x" * 101).headers["x-request-id"].startswith("req_")


def test_a_database_that_comes_back_is_used_again(platform: Platform) -> None:
    assert platform.ask().status == 200
    assert database.end_others() >= 1
    assert platform.ask().status == 200


def test_no_database_at_all_is_503() -> None:
    platform = Platform("postgresql://127.0.0.1:1/none")
    answer = platform.ask()
    platform.close()
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert_problem(answer, "database_away", None)


def test_our_own_fault_is_a_problem_too(platform: Platform) -> None:
    Wallet.objects.all().delete()
    answer = platform.ask()
    assert answer.status == 500
    assert_problem(answer, "internal_error", None)


@pytest.mark.parametrize("path", ["/v1/bots//gate", "/v1/bots/a/b/gate", "/v1/bots/a\0/gate"])
def test_what_names_no_bot_is_no_address_of_the_gate(path: str) -> None:
    assert not gate.PATH.fullmatch(path)
    assert not gate.PATH.fullmatch("/v1/bots/a/gate/")
    assert gate.PATH.fullmatch("/v1/bots/a\n b/gate")
