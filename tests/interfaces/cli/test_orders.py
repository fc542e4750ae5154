"""`quartermaster orders` and `quartermaster methods`."""

from datetime import timedelta

import pytest

from quartermaster.conf import wiring
from quartermaster.core.lifecycles.orders import Event, Outcome
from quartermaster.store.orders import operations, queries
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer
from tests import books
from tests.books import NOW, Books, assert_books_hold
from tests.fakes.provider import Provider
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db

BACK = ("--return-url", "https://example.com/paid")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Who takes cards and PayPal here."""
    provider = Provider(at=NOW)
    monkeypatch.setattr(wiring, "gateways", lambda: Gateways((provider,)))
    return provider


@pytest.fixture
def shop() -> Books:
    """A bot whose wallet is to be filled."""
    return books.open_books("helpdesk")


@pytest.fixture
def shell(provider: Provider, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Commands that know of the provider."""
    return Shell(monkeypatch)


def test_totals_are_with_tax_and_times_are_the_workspaces(shell: Shell, shop: Books) -> None:
    assert "Nothing was ordered." in shell.text("orders", "list")
    Workspace.objects.update(time_zone="Europe/Berlin")
    shell.text("tax", "set", "--on", "--rate", "DE=19")
    shell.text("billing-profile", "set", "name=Ann", "country=DE")
    order = fund(shell, "100")
    assert "$119.00" in shell.text("orders", "list")
    assert f"{NOW:%Y-%m-%d} 13:00:00 CET" in shell.text("orders", "paid", order)


def fund(shell: Shell, amount: str = "150.50", *more: str) -> str:
    return str(shell.json("orders", "funds", "helpdesk", amount, *more)["id"])


def check_out(shell: Shell, order: str, *more: str) -> str:
    """What the provider calls the payment of the page."""
    return str(shell.json("orders", "checkout", order, *BACK, *more)["url"].rpartition("/")[2])


def look_up(shell: Shell) -> None:
    """The job asks what came of payments that wait."""
    shell.at += timedelta(hours=1)
    shell.text("subscriptions", "settle")


def save(shell: Shell, provider: Provider) -> str:
    """A card that was saved with a payment."""
    order = fund(shell)
    provider.pay(check_out(shell, order, "--method", "card", "--save"))
    look_up(shell)
    return str(shell.json("methods", "list")["methods"][0]["id"])


def test_funds_checkout_refund(shell: Shell, shop: Books, provider: Provider) -> None:
    order = fund(shell, "150.50", "--draft", "--key", "a")
    assert fund(shell, "150.50", "--draft", "--key", "a") == order
    assert "order_not_submitted" in shell.error("orders", "wire", order)
    assert shell.json("orders", "submit", order)["state"] == "awaiting_payment"
    assert shell.json("orders", "wire", order)["state"] == "pending_clearance"
    page = shell.text("orders", "checkout", order, *BACK).strip()
    assert page.startswith("https://pay.example/")
    provider.pay(page.rpartition("/")[2])
    look_up(shell)
    refunded = shell.json("orders", "refund", order, "50.50", "--reason", "agreed", "--key", "b")
    again = shell.json("orders", "refund", order, "50.50", "--reason", "agreed", "--key", "b")
    assert (refunded["amount"], refunded["outcome"], refunded["by"]) == (
        "50.50",
        "succeeded",
        "operator",
    )
    assert again == refunded
    whole = shell.json("orders", "show", order)
    assert [one["kind"] for one in whole["payments"]] == ["paypal"]
    assert whole["payments"][0]["refunds"] == [refunded]
    assert [(one["event"], one["by"]) for one in whole["steps"]] == [
        ("submitted", "operator"),
        ("wire_chosen", "operator"),
        ("paid", "quartermaster"),
        ("fulfilled", "quartermaster"),
        ("refunded_in_part", "operator"),
    ]
    amounts = ("total", "due", "paid", "refunded")
    assert [whole[one] for one in amounts] == ["150.50", "0.00", "150.50", "50.50"]
    [listed] = shell.json("orders", "list")["orders"]
    assert listed.items() <= whole.items()
    assert_books_hold()


def test_what_people_see(shell: Shell, shop: Books, provider: Provider) -> None:
    order = fund(shell)
    provider.pay(check_out(shell, order))
    look_up(shell)
    assert "agreed" in shell.text("orders", "refund", order, "10", "--reason", "agreed")
    shown = shell.text("orders", "show", order)
    for words in (
        "Credit for helpdesk",
        "$150.50",
        "Paid",
        "Refunded",
        "$10.00",
        "paypal",
        "succeeded",
        "agreed",
        "fulfilled",
    ):
        assert words in shown


@pytest.mark.parametrize("width", [80, 40])
def test_a_narrow_terminal(shell: Shell, shop: Books, width: int) -> None:
    order = fund(shell)
    assert "$150.50" in shell.text("orders", "show", order, columns=width)


def test_saved_methods(shell: Shell, shop: Books, provider: Provider) -> None:
    assert "No way to pay" in shell.text("methods", "list")
    card = save(shell, provider)
    assert "Visa 4242" in shell.text("methods", "list")
    paid = shell.json("orders", "pay", fund(shell), "--method", card)
    assert (paid["state"], paid["payments"][0]["method"]) == ("fulfilled", card)
    assert shell.json("orders", "pay", fund(shell))["state"] == "fulfilled"
    assert shell.json("methods", "default", card)["is_default"]
    assert shell.json("methods", "remove", card)["id"] == card
    assert shell.json("methods", "list") == {"methods": []}
    assert shell.json("methods", "remove", card)["id"] == card, "twice is once"
    assert "not_found" in shell.error("methods", "default", card)
    assert "not_found" in shell.error("orders", "pay", fund(shell), "--method", card)


@pytest.mark.parametrize(
    ("amount", "code"),
    [("99.99", "amount_not_sold"), ("100.001", "amount_too_fine"), ("20001", "amount_not_sold")],
)
def test_amounts(shell: Shell, shop: Books, amount: str, code: str) -> None:
    assert f"({code})" in shell.error("orders", "funds", "helpdesk", amount)


def test_refusals(shell: Shell, shop: Books, provider: Provider) -> None:
    order = fund(shell)
    assert "nothing_to_refund" in shell.error("orders", "refund", order, "1")
    assert "not_found" in shell.error("orders", "checkout", "ord_none", *BACK)
    assert "method_not_taken" in shell.error("orders", "checkout", order, *BACK, "--method", "wire")
    for address in ("ftp://example.com", "javascript:alert(1)", "paid"):
        assert "bad_address" in shell.error("orders", "checkout", order, "--return-url", address)
    provider.is_out = True
    assert "provider_unavailable" in shell.error("orders", "checkout", order, *BACK)
    assert queries.find_in_flight(queries.get_of(shop.workspace.id, order).id) is not None


def test_what_came_too_late_is_given_by_hand(shell: Shell, shop: Books) -> None:
    name = fund(shell)
    assert "order_not_paid" in shell.error("orders", "fulfil", name)
    order = queries.get_of(shop.workspace.id, name)
    payment = begin_payment(order.id, BY_HAND, NOW)
    operations.advance(order, Event.EXPIRED, NOW)
    settle_payment(payment.id, PaymentAnswer(Outcome.SUCCEEDED), NOW)
    for _ in range(2):
        given = shell.json("orders", "fulfil", name)
        assert given["state"] == "fulfilled"
        assert [(one["event"], one["by"]) for one in given["steps"]][-1] == (
            "fulfilled",
            "operator",
        )


def test_a_refund_that_the_provider_declines(shell: Shell, shop: Books, provider: Provider) -> None:
    """And the operator's way to note what went back already."""
    order = fund(shell)
    page = check_out(shell, order)
    provider.pay(page)
    look_up(shell)
    provider.paid[page].refunds["theirs"] = 15_050
    for form in ("table", "json"):
        done = shell.run("orders", "refund", order, "150.50", "--format", form)
        assert (done.exit_code, "declined" in done.stdout) == (1, True)
        assert "nothing went back" in done.stderr
        assert "--went-back" in done.stderr
    noted = shell.json("orders", "refund", order, "150.50", "--went-back")
    assert (noted["outcome"], noted["is_outside"]) == ("succeeded", True)
    assert "succeeded, outside" in " ".join(shell.text("orders", "show", order).split())
    assert_books_hold()
