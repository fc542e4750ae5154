"""`quartermaster subscriptions` and `quartermaster orders`."""

import pytest

from quartermaster.store.catalog import operations as catalog
from quartermaster.store.orders.models import Order
from tests import books
from tests.books import NOW, assert_books_hold
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, Shop, catalog_of, plan

pytestmark = pytest.mark.django_db

ORDER = ("subscriptions", "order", "helpdesk")


@pytest.fixture
def shop() -> Shop:
    """Something to buy, paid by hand."""
    return Shop.opened(books.open_books("helpdesk"))


def test_preview_order_and_pay(shell: Shell, shop: Shop) -> None:
    preview = shell.json("subscriptions", "preview", "helpdesk", ESSENTIAL, "--seats", 3)
    made = shell.json(*ORDER, ESSENTIAL, "--seats", 3, "--key", "first")
    assert (preview["total"], preview["is_now"]) == ("70.00", True)
    assert (made["total"], made["state"]) == ("70.00", "awaiting_payment")
    assert made["lines"] == preview["lines"]
    assert made["lines"][1]["formula"] == "2 included + 1 × $10.00 = $10.00"
    assert shell.json(*ORDER, ESSENTIAL, "--seats", 3, "--key", "first") == made
    assert "key_reused" in shell.error(*ORDER, ADVANCED, "--key", "first")
    waits = shell.json("orders", "pay", made["id"])
    assert [one["outcome"] for one in waits["payments"]] == [None]
    assert "payment_in_flight" in shell.error("orders", "cancel", made["id"])
    for _ in range(2):
        assert shell.json("orders", "paid", made["id"])["state"] == "fulfilled"
    [has] = shell.json("subscriptions", "list")["subscriptions"]
    assert (has["offer"], has["seats"], has["state"]) == (ESSENTIAL, 3, "active")
    assert_books_hold()


def test_declined_and_canceled(shell: Shell, shop: Shop) -> None:
    made = shell.json(*ORDER, ESSENTIAL)
    told = shell.json("orders", "declined", made["id"], "--reason", "no such account")
    assert told["payments"][0]["reason"] == "no such account"
    assert "no such account" in shell.text("orders", "show", made["id"])
    assert shell.json("orders", "cancel", made["id"])["state"] == "canceled"
    assert "order_settled" in shell.error("orders", "paid", made["id"])


def test_trial_cancel_keep(shell: Shell, shop: Shop) -> None:
    assert shell.json("subscriptions", "trial", "helpdesk", ESSENTIAL)["state"] == "trialing"
    assert "tried_before" in shell.error("subscriptions", "trial", "helpdesk", ADVANCED)
    shell.text("orders", "paid", shell.json(*ORDER, ADVANCED)["id"])
    at = ("helpdesk", PRODUCT)
    assert shell.json("subscriptions", "cancel", *at)["is_ending"]
    assert "ends" in shell.text("subscriptions", "list", "--bot", "helpdesk")
    assert not shell.json("subscriptions", "keep", *at)["is_ending"]
    assert "nothing_to_take_back" in shell.error("subscriptions", "keep", *at)
    later = shell.json(*ORDER, ESSENTIAL)
    assert (later["kind"], later["lines"], later["total"]) == ("schedule", [], "0.00")
    assert "Essential" in shell.text("subscriptions", "list").splitlines()[3]


def test_settle(shell: Shell, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.text("orders", "paid", shell.json(*ORDER, ESSENTIAL)["id"])
    assert shell.text("subscriptions", "settle").strip() == "Nothing is due."
    shell.at = Order.objects.get().cycle_end_at
    [one] = shell.json("subscriptions", "settle", "-w", shop.bot.workspace.name)["settled"]
    assert (one["state"], one["failure"]) == ("active", None)
    assert shell.text("subscriptions", "settle").strip() == "Nothing is due."
    renewal = shell.json("orders", "list", "--limit", 1)["orders"][0]
    assert (renewal["kind"], renewal["state"]) == ("renew", "awaiting_payment")


def test_tables(shell: Shell, shop: Shop) -> None:
    made = shell.text(*ORDER, ESSENTIAL, "--seats", 3)
    assert "$70.00" in made
    assert "comes at once" in shell.text("subscriptions", "preview", "helpdesk", ESSENTIAL)
    listed = shell.text("orders", "list")
    assert Order.objects.get().public_id in listed
    assert "awaiting payment" in listed
    shell.text("orders", "paid", Order.objects.get().public_id)
    assert "essential" in shell.text("subscriptions", "list").lower()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("subscriptions", "preview", "nobody", ESSENTIAL), "not_found"),
        (("subscriptions", "order", "helpdesk", "plan/none"), "not_sold"),
        (("subscriptions", "cancel", "helpdesk", PRODUCT), "not_found"),
        (("subscriptions", "list", "--bot", "nobody"), "not_found"),
        (("orders", "list", "--bot", "nobody"), "not_found"),
        (("orders", "show", "ord_none"), "not_found"),
    ],
)
def test_refusals(shell: Shell, shop: Shop, words: tuple[str, ...], code: str) -> None:
    assert f"({code})" in shell.error(*words)


def test_migrating_to_the_version_that_is_sold(shell: Shell, shop: Shop) -> None:
    shop.at = NOW
    shop.buy(ESSENTIAL)
    catalog.publish_catalog(catalog_of(plan("essential", "80", "800")), NOW)
    [move] = shell.json("catalog", "migrate", ESSENTIAL, "--dry-run")["moves"]
    assert (move["fee"], move["new_fee"], move["obstacle"]) == ("60.00", "80.00", None)
    assert shop.subscription.next_version is None
    assert "1 are moved" in shell.text("catalog", "migrate", ESSENTIAL)
    assert shop.subscription.next_version
    assert "not_sold" in shell.error("catalog", "migrate", "plan/nothing")
