"""`quartermaster payments reconcile` and `payments disputes`."""

import pytest

from quartermaster.conf import wiring
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.fakes.provider import Provider
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import START, Shop

pytestmark = pytest.mark.django_db
DAYS = ("--from", START.date(), "--to", "2026-03-01")


def test_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(at=START)
    monkeypatch.setattr(wiring, "gateways", lambda: Gateways((provider,)))
    shell = Shell(monkeypatch)
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.provider = provider
    shop.pay_page(shop.fund())
    assert "agree" in shell.text("payments", "reconcile", "memory", *DAYS)
    (paid,) = provider.paid.values()
    paid.refunds["x"] = 1_000
    done = shell.run("payments", "reconcile", "memory", *DAYS)
    assert (done.exit_code, "$10.00 back" in done.stdout) == (1, True)
    narrow = shell.run("payments", "reconcile", "memory", *DAYS, columns=80).stdout
    assert paid.request is not None
    assert paid.request.key in narrow
    assert paid.reference in narrow
    done = shell.run("payments", "reconcile", "memory", *DAYS, "--format", "json")
    assert (done.exit_code, '"fault": "refunded"' in done.stdout) == (1, True)
    assert "who does: memory" in " ".join(shell.error("payments", "reconcile", "x").split())
    provider.is_out = True
    assert "provider_unavailable" in shell.error("payments", "reconcile", "memory", *DAYS)


def test_disputes(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(at=START)
    monkeypatch.setattr(wiring, "gateways", lambda: Gateways((provider,)))
    shell = Shell(monkeypatch)
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.provider = provider
    order = shop.pay_page(shop.fund())
    assert "No payment is called back" in shell.text("payments", "disputes")
    (paid,) = provider.paid.values()
    provider.dispute(paid.reference, 4_000)
    shop.notify()
    [told] = shell.json("payments", "disputes")["disputes"]
    assert (told["order"], told["disputed"], told["lost"]) == (order.public_id, "40.00", "0.00")
    assert (told["state"], told["noted"]) == ("open", "0.00")
    provider.lose(paid.reference)
    shop.notify(provider.told[-1])
    words = shell.text("payments", "disputes")
    assert all(each in words for each in (order.public_id, "2026-01-31", "$40.00", "lost"))
    assert "lost" in shell.run("payments", "reconcile", "memory", *DAYS).stdout
    shell.text("orders", "refund", order.public_id, "40", "--went-back")
    [told] = shell.json("payments", "disputes")["disputes"]
    assert (told["state"], told["noted"]) == ("noted", "40.00")
    assert "agree" in shell.text("payments", "reconcile", "memory", *DAYS)
    provider.win(paid.reference)
    shop.notify(provider.told[-1])
    assert shell.json("payments", "disputes") == {"disputes": []}
