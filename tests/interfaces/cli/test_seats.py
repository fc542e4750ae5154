"""`quartermaster seats assign|release|list|check|overage`, `limits`, `workspace seat-policy`."""

from datetime import timedelta

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import NOW, Books, open_books
from tests.interfaces.cli.shell import Shell
from tests.usecases.entitlements.conftest import seats
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop, catalog_of, plan

pytestmark = pytest.mark.django_db
AT = ("--bot", "helpdesk", "--product", "agent_ai")


@pytest.fixture
def books() -> Books:
    """Two named seats of Agent AI, on trial."""
    made = open_books("helpdesk")
    trial = {"trial": {"days": 14, "seats": 2}}
    here = plan("essential", "60", "600", seats=seats("concurrent"), **trial)
    there = plan("essential", "9", "90", product="agent_ai", seats=seats("named"), **trial)
    publish_catalog(catalog_of(here, there), NOW)
    start_trial(made.bots["helpdesk"], "plan/agent_ai/essential", NOW)
    return made


def test_seats_are_assigned_listed_and_released(shell: Shell, books: Books) -> None:
    assert "Nobody holds" in shell.text("seats", "list", *AT)
    for agent in ("ann", "bob"):
        made = shell.json("seats", "assign", agent, *AT)
        assert made == {"agent": agent, "product": "agent_ai", "since": f"{NOW}"}
    assert "(no_seat_left)" in shell.error("seats", "assign", "cy", *AT)
    assert shell.json("seats", "release", "ann", *AT)["released"] == "ann"
    assert shell.json("seats", "list", *AT) == [{"agent": "bob", "since": f"{NOW}"}]
    assert "2026-11-22 12:00 UTC" in shell.text("seats", "list", *AT)
    assert "no bot 'nobody'" in shell.error("seats", "list", "--bot", "nobody")


def test_who_may_log_in(shell: Shell, books: Books) -> None:
    shell.text("seats", "assign", "ann", *AT)
    assert shell.json("seats", "check", "ann", *AT) == {
        "may_log_in": True,
        "reason": "the agent has a seat",
        "seats": 2,
        "used": 1,
        "left": 1,
        "policy": "refuse",
    }
    assert shell.json("seats", "check", "bob", *AT)["may_log_in"] is False


def test_overage_of_the_month(shell: Shell, books: Books) -> None:
    found = shell.json("seats", "overage", *AT)
    assert (found["seats"], found["amount"], found["policy"]) == (0, "0.00", "refuse")
    assert found["from"] == "2026-11-22 00:00:00+00:00"


def test_the_policy_is_changed(shell: Shell, books: Books) -> None:
    found = shell.json("workspace", "seat-policy", "overage")
    assert found == {"workspace": books.workspace.public_id, "seat_policy": "overage"}
    assert Workspace.objects.get().seat_policy == "overage"
    assert shell.run("workspace", "seat-policy", "sometimes").exit_code == 2


def test_limits_are_told_and_shown(shell: Shell, books: Books) -> None:
    told = shell.json("limits", "tell", "helpdesk", "queues", 4, "--product", "agent_ai")
    assert told == {"limit": 5, "used": 4, "left": 1}
    rows = {(one["product"], one["what"]): one for one in shell.json("limits", "show", "helpdesk")}
    assert rows["agent_ai", "queues"]["left"] == "1"
    assert rows["agent_ai", "seats"]["allowed"] == "2"
    assert rows[PRODUCT, "queues"]["allowed"] == "no limit"
    assert rows[PRODUCT, "advanced_rag"]["allowed"] == "no"
    assert "no limit" in shell.text("limits", "show", "helpdesk")
    refused = shell.error("limits", "tell", "helpdesk", "faq", 4, "--product", "agent_ai")
    assert "there are queues" in refused
    assert "no bot" in shell.error("limits", "show", "nobody")


def test_without_anything_sold_there_is_little_to_show(shell: Shell) -> None:
    open_books("helpdesk")
    rows = shell.json("limits", "show", "helpdesk")
    assert {one["what"] for one in rows} == {"seats"}


def test_months_that_were_billed(shell: Shell, books: Books) -> None:
    assert "No month was settled." in shell.text("seats", "months")
    shell.json("workspace", "seat-policy", "overage")
    shop = Shop(books, books.bots["helpdesk"], at=NOW)
    shop.buy(ESSENTIAL)
    for agent in ("ann", "bob", "cy"):
        at, named = NOW + timedelta(hours=1), {"agent": agent, "product": PRODUCT}
        books.feed([Event(f"in-{agent}", "agent.logged_in", at, "helpdesk", **named)], at)
    assert bill_overage(shop.subscription.id, NOW + timedelta(days=40))
    (found,) = shell.json("seats", "months")
    assert found["seats"] == "1"
    month = shell.json("seats", "month", found["month"])
    assert month["agents"] == "ann, bob, cy"
    assert found["month"] in shell.text("seats", "months")
    assert "(not_found)" in shell.error("seats", "month", "smo_99999")
