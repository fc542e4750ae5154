"""Adding funds and paying, with a provider in memory whose pages are made up here."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as ours
from playwright.sync_api import Page, Route, expect, sync_playwright

from quartermaster.store.orders.models import Payment
from tests import shared_input
from tests.books import NOW, open_books
from tests.browser.conftest import SCREENS
from tests.browser.test_look import violations
from tests.fakes.provider import Provider
from tests.interfaces.console import urls
from tests.interfaces.console.visits import signed_in
from tests.usecases.conftest import committed

__all__ = ["committed"]
pytestmark = [
    pytest.mark.urls("tests.interfaces.console.urls"),
    pytest.mark.usefixtures("committed"),
]
THEIRS = """<!doctype html><html lang="en"><title>Provider</title><h1>The provider's page</h1>
<p><a href="/{0}/pay">Pay</a> <a href="/{0}/decline">Turn back</a> <a href="/{0}/wait">Wait</a>"""


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Who takes cards and PayPal, without a past."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's loop runs in this thread
    vars(urls.PROVIDER).update(vars(Provider(at=NOW)))
    return urls.PROVIDER


def answer(provider: Provider) -> Callable[[Route], None]:
    """The provider's pages: one on which to choose, and what follows sends the buyer back."""

    def take(route: Route) -> None:
        reference, *chosen = route.request.url.removeprefix("https://pay.example/").split("/")
        if not chosen:
            route.fulfill(body=THEIRS.format(reference), content_type="text/html")
            return
        if chosen == ["pay"]:
            provider.pay(reference)
        if chosen == ["decline"]:
            provider.turn_back(reference)
        back = Payment.objects.get(reference=reference).return_url
        route.fulfill(status=302, headers={"Location": back})

    return take


@pytest.fixture
def page(live_server: Any, provider: Provider) -> Iterator[Page]:
    """A member of a workspace with a bot."""
    client = signed_in(open_books("helpdesk"))
    name = ours.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    with sync_playwright() as playwright:
        program = shared_input.chromium()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url, locale="en-US")
        context.add_cookies([cookie])
        context.set_default_timeout(15_000)
        context.route("https://pay.example/**", answer(provider))
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        yield page
        browser.close()


def look(page: Page, name: str) -> None:
    """On a phone and on a wide screen: nothing sticks out, everybody can use it; pictures."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert violations(page) == []
        page.screenshot(path=SCREENS / f"{name}-{width}-light.png", full_page=True)


def order_funds(page: Page, amount: str = "150.50") -> None:
    page.goto("/wallets")
    page.get_by_role("link", name="helpdesk").click()
    page.get_by_role("link", name="Add funds").first.click()
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Order it").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_declined_then_unknown_then_paid(page: Page) -> None:
    order_funds(page, "50")
    expect(page.locator(".wrong")).to_have_text("Between $100.00 and $20,000.00 at once.")
    expect(page.get_by_label("Amount")).to_have_value("50")
    look(page, "add-funds-wrong")
    page.get_by_label("Amount").fill("150.50")
    press(page, "Order it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Credit for helpdesk")
    look(page, "order-new")
    press(page, "PayPal")
    page.wait_for_url("https://pay.example/**")
    page.get_by_role("link", name="Turn back").click()
    expect(page.get_by_text("The payment was declined, and nothing was taken.")).to_be_visible()
    look(page, "order-declined")
    page.get_by_label("Keep PayPal or the card").check()
    press(page, "Card")
    page.get_by_role("link", name="Wait").click()
    expect(page.get_by_text("We do not know yet whether you have paid.")).to_be_visible()
    look(page, "order-waiting")
    page.get_by_role("link", name="Open the payment page").click()
    page.get_by_role("link", name="Pay").click()
    expect(page.locator(".head .badge-word")).to_have_text("Paid")
    page.reload()
    expect(page.locator(".head .badge-word")).to_have_text("Paid")
    look(page, "order-paid")
    page.get_by_role("link", name="To the wallet").click()
    paid = page.locator(".tile", has_text="Paid credit").locator(".value")
    expect(paid).to_have_text("$150.50")


def test_by_wire_and_then_with_a_saved_card(page: Page) -> None:
    order_funds(page)
    page.get_by_label("Keep PayPal or the card").check()
    press(page, "Card")
    page.get_by_role("link", name="Pay").click()
    order_funds(page, "20000")
    press(page, "Wire transfer")
    expect(page.locator(".head .badge-word")).to_have_text("Pending payment clearance")
    look(page, "order-wire")
    page.get_by_role("button", name=re.compile("With Visa 4242")).click()
    expect(page.locator(".head .badge-word")).to_have_text("Paid")
    order_funds(page, "250")
    press(page, "Cancel the order")
    expect(page.locator(".head .badge-word")).to_have_text("Canceled")
    page.get_by_role("link", name="Orders & Invoices").first.click()
    costs = page.locator('td[data-label="Cost"]')
    expect(costs).to_have_text(["$250.00", "$20,000.00", "$150.50"])
    look(page, "orders-several")


def test_without_scripts(page: Page) -> None:
    """Also the way to the payment page and back."""
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False,
        base_url=_origin(page),
        storage_state=page.context.storage_state(),
    )
    context.route("https://pay.example/**", answer(urls.PROVIDER))
    plain = context.new_page()
    order_funds(plain)
    press(plain, "PayPal")
    plain.wait_for_url("https://pay.example/**")
    plain.get_by_role("link", name="Wait").click()
    plain.get_by_role("link", name="Look again").click()
    expect(plain.get_by_text("We do not know yet whether you have paid.")).to_be_visible()
    context.close()


def _origin(page: Page) -> str:
    page.goto("/orders")
    return page.url.removesuffix("/orders")
