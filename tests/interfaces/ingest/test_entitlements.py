"""`GET /v1/bots/{bot}/entitlements`: what it says, to whom, and that the use case says the same."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from quartermaster.core.plans.entitlements import Entitlements
from quartermaster.core.usage.events import PRODUCTS, Event
from quartermaster.interfaces.ingest.entitlements import address
from quartermaster.interfaces.ingest.entitlements.address import EntitlementReader
from quartermaster.store.people.models import ApiKey, Workspace
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.check_seat import check_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.entitlements.show_entitlements import show_entitlements
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import open_books
from tests.fakes.server import Answer, Request
from tests.interfaces import database
from tests.interfaces.ingest.test_door import assert_problem
from tests.usecases.entitlements.conftest import Floor, seats
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan


@dataclass
class Platform:
    """Asks for entitlements; one event loop, so that the connection is kept."""

    key: str
    at: datetime = START
    seconds: float = 0.0
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        url = database.url()
        self.reader = EntitlementReader(url, lambda: self.at, lambda: self.seconds)

    def ask(
        self, path: str = "", method: str = "GET", bot: str = "helpdesk", **more: str
    ) -> Answer:
        given = {"Authorization": f"Bearer {self.key}"}
        given |= {name.replace("_", "-"): text for name, text in more.items()}
        whole = f"/v1/bots/{bot}/entitlements{path}"
        request = Request(headers=given, method=method, path=whole)
        return self.runner.run(asyncio.wait_for(request.put_to(self.reader), 20))

    def product(self, name: str = PRODUCT) -> Any:
        return {one["product"]: one for one in self.ask().json["products"]}[name]

    def close(self) -> None:
        self.runner.run(self.reader.close())
        self.runner.close()


NAMED = "plan/agent_ai/essential"


def sold() -> Any:
    """Concurrent seats of one product, named ones of another."""
    limits = {"queues": 5, "notifications_per_hour": 3}
    titles = {"queues": "Queues", "notifications_per_hour": "Notifications per hour"}
    here = {"seats": seats("concurrent"), "limits": limits}
    return catalog_of(
        plan("essential", "60", "600", **here, features=["basic"], trial={"days": 14}),
        plan("advanced", "160", "1600", **here, features=["more"]),
        plan("essential", "9", "90", product="agent_ai", seats=seats("named"), features=["more"]),
        limits=titles,
        features={"basic": "Basic", "more": "More"},
    )


@pytest.fixture
def shop(committed: None) -> Shop:
    return Shop.opened(open_books("helpdesk", "bookings"), sold())


@pytest.fixture
def platform(shop: Shop) -> Iterator[Platform]:
    made = Platform(create_key(shop.books.workspace, "api", START)[1])
    yield made
    made.close()


def test_all_of_a_plan(shop: Shop, platform: Platform) -> None:
    shop.buy(ESSENTIAL, seats=3)
    shop.buy("support/enhanced")
    tell_limit(shop.bot, PRODUCT, Told("queues", 4), START)
    Floor(shop).moves("in", "ann")
    answer = platform.ask()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json["bot"] == shop.bot.public_id
    assert answer.json["support"] == "support/enhanced"
    assert [one["product"] for one in answer.json["products"]] == list(PRODUCTS)
    assert platform.product() == {
        "product": PRODUCT,
        "plan": {"key": ESSENTIAL, "title": "Essential", "is_trial": False},
        "limits": [
            {"name": "queues", "limit": 5, "used": 4, "left": 1, "is_exceeded": False},
            {
                "name": "notifications_per_hour",
                "limit": 3,
                "used": 0,
                "left": 3,
                "is_exceeded": False,
            },
        ],
        "features": [
            {"name": "basic", "is_given": True, "given_by": ESSENTIAL},
            {"name": "more", "is_given": False, "given_by": None},
        ],
        "add_ons": [{"name": "advanced_rag", "is_given": False, "given_by": None}],
        "seats": {
            "kind": "concurrent",
            "bought": 3,
            "used": 1,
            "left": 2,
            "policy": "refuse",
            "is_exceeded": False,
        },
    }


def test_one_by_its_name(shop: Shop, platform: Platform) -> None:
    shop.buy(ESSENTIAL)
    tell_limit(shop.bot, PRODUCT, Told("queues", 5), START)
    head = {"bot": shop.bot.public_id, "product": PRODUCT}
    of_limit = {"limit": 5, "used": 5, "left": 0, "is_exceeded": False, "given_by": None}
    none = dict.fromkeys(("limit", "used", "left", "given_by")) | {"is_exceeded": False}
    for name, fields in {
        "queues": {"kind": "limit", "may_use": False} | of_limit,
        "basic": {"kind": "feature", "may_use": True} | none | {"given_by": ESSENTIAL},
        "more": {"kind": "feature", "may_use": False} | none,
        "advanced_rag": {"kind": "add_on", "may_use": False} | none,
    }.items():
        assert platform.ask(f"/{name}?product={PRODUCT}").json == head | {"name": name} | fields


def test_what_is_not_there_is_told(platform: Platform) -> None:
    answer = platform.ask(f"/queue?product={PRODUCT}")
    assert answer.status == 404
    assert_problem(answer, "unknown_entitlement", "name")
    assert "queues, notifications_per_hour" in answer.json["detail"]
    for query in ("", "?product=", "?product=agents"):
        answer = platform.ask(f"/queues{query}")
        assert answer.status == 422
        assert_problem(answer, "unknown_product", "product")


def _nothing(shop: Shop) -> None:
    pass


def _trial(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)


def _contract(shop: Shop) -> None:
    Workspace.objects.update(plan="enterprise")


def _downgraded(shop: Shop) -> None:
    shop.buy(ADVANCED)
    shop.order(ESSENTIAL)


def _canceled(shop: Shop) -> None:
    shop.buy(ADVANCED)
    cancel_subscription(shop.bot, PRODUCT, START)


def _named(shop: Shop) -> None:
    shop.buy(NAMED, seats=3)
    shop.buy("add_on/advanced_rag")
    for agent in ("ann", "bob"):
        assign_seat(shop.bot, "agent_ai", agent, START)
    release_seat(shop.bot, "agent_ai", "bob", START + timedelta(hours=1))


def _busy(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=4)
    Workspace.objects.update(seat_policy="overage", time_zone="Asia/Kathmandu")
    floor = Floor(shop)
    for agent, device in (("ann", "desk"), ("ann", "phone"), ("bob", "desk"), ("cy", "desk")):
        floor.moves("in", agent, -600, device=device)
    floor.moves("out", "cy", -1, device="desk")
    floor.moves("in", "dee", 4)
    check_seat(shop.bot, PRODUCT, "ed", START)
    sent = [
        Event(f"n{n}", "notification.delivered", START + timedelta(minutes=n), "helpdesk", user="a")
        for n in (-20, -10, 5)
    ]
    shop.books.feed(sent, START + timedelta(minutes=10))


def _back_at_once(shop: Shop) -> None:
    """Whether ann is there is decided by what lies further back than twelve hours."""
    shop.buy(ESSENTIAL)
    floor = Floor(shop)
    for kind, minutes in (("in", -1300), ("out", -600), ("in", -600)):
        floor.moves(kind, "ann", minutes)


SITUATIONS: tuple[Callable[[Shop], None], ...] = (
    _nothing,
    _trial,
    _contract,
    _downgraded,
    _canceled,
    _named,
    _busy,
    _back_at_once,
)


@pytest.mark.parametrize("happens", SITUATIONS)
def test_it_says_what_the_use_case_says(
    shop: Shop, platform: Platform, happens: Callable[[Shop], None]
) -> None:
    happens(shop)
    for days in (0, 0.5, 28, 400):
        platform.at, platform.seconds = START + timedelta(days=days), platform.seconds + 10
        for name in ("helpdesk", "bookings"):
            bot = shop.books.bots[name]
            bot.refresh_from_db()
            bot.workspace.refresh_from_db()
            said = platform.ask(bot=name).json
            known = show_entitlements(bot, platform.at)
            assert said["products"] == [plainly(one) for one in known]


def plainly(one: Entitlements) -> dict[str, Any]:
    """As it is sent."""
    shown = {name: getattr(one, name) for name in ("limits", "features", "add_ons")}
    fields = {
        "limits": ("name", "limit", "used", "left", "is_exceeded"),
        "features": ("name", "is_given", "given_by"),
        "add_ons": ("name", "is_given", "given_by"),
    }
    held, seats_ = one.plan, one.seats
    return {
        "product": one.product,
        "plan": held
        and {"key": held.offer.key, "title": held.offer.title, "is_trial": held.is_trial},
        **{
            name: [{each: getattr(x, each) for each in fields[name]} for x in several]
            for name, several in shown.items()
        },
        "seats": seats_
        and {
            each: getattr(seats_, each)
            for each in ("kind", "bought", "used", "left", "policy", "is_exceeded")
        },
    }


def test_all_but_who_is_there_is_never_remembered(shop: Shop, platform: Platform) -> None:
    assert platform.product()["seats"]["used"] == 0
    shop.buy(ESSENTIAL)
    Floor(shop).moves("in", "ann")
    for used, left in ((4, 1), (5, 0)):
        tell_limit(shop.bot, PRODUCT, Told("queues", used), START + timedelta(seconds=used))
        assert platform.product()["limits"][0]["left"] == left
    assert platform.product()["seats"]["used"] == 0
    platform.seconds = 5.1
    assert platform.product()["seats"]["used"] == 1


def test_what_is_known_is_not_sent_again(shop: Shop, platform: Platform) -> None:
    first = platform.ask()
    again = platform.ask(If_None_Match=f'"other", W/{first.headers["etag"]}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["cache-control"] == "private, no-cache"
    shop.buy(ESSENTIAL)
    assert platform.ask(If_None_Match=first.headers["etag"]).status == 200


def test_without_a_key_nobody_is_told_anything(platform: Platform) -> None:
    ApiKey.objects.update(revoked_at=START)
    for path in ("", f"/queues?product={PRODUCT}", "/x"):
        answer = platform.ask(path)
        assert answer.status == 401
        assert_problem(answer, "unknown_key", "Authorization")


def test_another_workspaces_bot_looks_like_none(platform: Platform) -> None:
    other = open_books("elsewhere").bots["elsewhere"]
    for name in ("elsewhere", other.public_id, "nobody"):
        answer = platform.ask(bot=name)
        assert answer.status == 404
        assert_problem(answer, "not_found", "bot")


def test_another_method_is_told_which_to_use(platform: Platform) -> None:
    answer = platform.ask(method="POST")
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_a_new_catalog_counts_at_once(shop: Shop, platform: Platform) -> None:
    platform.ask()
    Shop.opened(shop.books, catalog_of())
    assert [one["name"] for one in platform.product()["limits"]] == ["queues"]


@pytest.mark.parametrize("path", ["/v1/bots//entitlements", "/v1/bots/a/entitlements/b/c"])
def test_what_is_no_address(path: str) -> None:
    assert not address.PATH.fullmatch(path)
