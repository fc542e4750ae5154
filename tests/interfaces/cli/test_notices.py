"""`quartermaster notices`."""

import pytest

from tests import books
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import ESSENTIAL, START, Shop

pytestmark = pytest.mark.django_db


def test_what_somebody_is_to_be_told(shell: Shell) -> None:
    assert "no workspace" in shell.error("notices", "list")
    shop = Shop.opened(books.open_books("helpdesk"))
    assert shell.text("notices", "list") == "Nobody is to be told anything.\n"
    order = shop.buy(ESSENTIAL)
    [invoice, started] = shell.json("notices", "list")["notices"]
    assert (invoice["key"], started["key"]) == ("order.invoice", "subscription.started")
    assert started | {"id": "", "fields": None} == {
        "id": "",
        "key": "subscription.started",
        "cause": order.public_id,
        "bot": shop.bot.public_id,
        "to": "bot_owner",
        "email": None,
        "fields": None,
        "links": [],
        "at": str(START),
        "sent_at": None,
    }
    assert next(iter(started["fields"])) == "Bot Name"
    assert invoice["links"][1] == {
        "label": "Customer Control Panel URL",
        "page": "orders",
        "of": "",
    }
    assert shell.json("notices", "list", "--key", "order.invoice")["notices"] == [invoice]
    assert shell.json("notices", "list", "--limit", 1)["notices"] == [invoice]
    shown = shell.text("notices", "list", columns=200)
    assert "subscription.started" in shown
    assert "waits" in shown
    books.open_books("elsewhere")
    assert shell.json("notices", "list", "-w", shop.bot.workspace.name)["notices"]
