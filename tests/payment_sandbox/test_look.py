"""The pages in Chromium: people get through them without scripts, and nothing sticks out."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests import shared_input
from tests.fakes.sandbox import CONFIRMED, Sandbox

SCREENS = Path(os.environ.get("QUARTERMASTER_SCREENS", "build/screens"))
SHOP = "http://shop.example/return"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = shared_input.chromium()
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture(params=[390, 1440])
def page(shared: Sandbox, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Of somebody who pays; the pages have no scripts. The shop is answered for here."""
    viewport = {"width": request.param, "height": 900}
    with browser.new_context(base_url=shared.url, viewport=viewport) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.route(f"{SHOP}**", _shop)
        yield page


def test_a_card_is_paid_with_after_two_mistakes(shared: Sandbox, page: Page) -> None:
    checkout = shared.checkout(return_url=SHOP, description="Advanced plan", save=True)
    page.goto(checkout["url"])
    look(page, "pay-card")
    page.get_by_label("Card number").fill("4000 0000 0000 3221")
    page.get_by_label("Name on the card").fill("Ada Buyer")
    page.get_by_label("Expiry").fill("08 / 31")
    page.get_by_label("CVV").fill("123")
    page.get_by_role("button", name="Pay $60.00").click()
    assert page.get_by_text("This is not a card number").is_visible()
    assert page.get_by_label("Name on the card").input_value() == "Ada Buyer"
    look(page, "pay-card-wrong")
    page.get_by_label("Card number").fill(CONFIRMED)
    page.get_by_label("CVV").fill("123")
    page.get_by_role("button", name="Pay $60.00").click()
    look(page, "pay-password")
    message = page.get_by_role("complementary").inner_text()
    password = re.search(r"\d{6}", message)
    assert password
    page.get_by_label("One-time password").fill("12")
    page.get_by_role("button", name="Confirm").click()
    assert page.get_by_text("six digits").is_visible()
    page.get_by_label("One-time password").fill(password[0])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(f"{SHOP}?reference={checkout['id']}&status=succeeded")


def test_an_account_is_logged_into_and_approves(shared: Sandbox, page: Page) -> None:
    checkout = shared.checkout("paypal", return_url=SHOP)
    page.goto(checkout["url"])
    look(page, "pay-login")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("anything")
    page.get_by_role("button", name="Log in").click()
    look(page, "pay-approve")
    page.get_by_role("button", name="Pay $60.00").click()
    page.wait_for_url(f"{SHOP}?reference={checkout['id']}&status=succeeded")
    page.goto(checkout["url"])
    look(page, "pay-paid")


def test_a_wire_is_told_of_and_arrives_at_the_bank(shared: Sandbox, page: Page) -> None:
    wire = shared.checkout("wire", return_url=SHOP)
    page.goto(wire["url"])
    look(page, "pay-wire")
    page.get_by_role("link", name="the bank").click()
    look(page, "bank")
    row = page.locator("form").filter(has_text=wire["wire_reference"])
    row.get_by_role("button", name="Arrives in full").click()
    assert shared.payment(wire["id"])["state"] == "succeeded"


def test_operators_refund_what_was_paid(shared: Sandbox, page: Page) -> None:
    checkout = shared.checkout(return_url=SHOP)
    shared.buyer().pay(checkout["url"])
    for name, address in (("payments", "/"), ("faults", "/faults")):
        page.goto(address)
        look(page, name)
    page.goto(f"/payments/{checkout['id']}")
    look(page, "payment")
    page.get_by_label("Amount").fill("12.50")
    page.get_by_role("button", name="Refund").click()
    assert page.get_by_text("$12.50 refunded").is_visible()
    assert shared.payment(checkout["id"])["refunded_minor"] == 1_250


def look(page: Page, name: str) -> None:
    """A picture; nothing is wider than the screen, and axe finds nothing (WCAG 2.2 AA)."""
    folder = SCREENS / "payment-sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []


def _shop(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<title>Shop</title>")
