"""Every page at every size and in both colours: nothing sticks out, and everybody can use it."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import SCREENS, Site

PAGES = {
    "overview": "/",
    "usage": "/usage",
    "usage-by-bot": "/usage?by=bot&metric=charged_micro",
    "sessions": "/sessions",
    "wallets": "/wallets",
    "orders": "/orders",
    "plans": "/plans",
    "plans-with-seats": "/plans?product=contact_center_ai",
    "seats": "/seats",
    "events": "/events",
    "keys": "/keys",
    "estimate": "/estimate",
}
SIZES = (390, 768, 1440, 1920)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module", params=["light", "dark"])
def visit(request: pytest.FixtureRequest, site: Site) -> Iterator[tuple[str, Page]]:
    """A page that has signed in, in each of the colours."""
    context = site.visitor(theme=request.param)
    yield request.param, site.sign_in(context)
    context.close()


def opened(page: Page) -> dict[str, str]:
    """All pages, with a session, a charge and a wallet that are there."""
    page.goto("/sessions?range=30d&unit=billing_session")
    found = {}
    for name in ("sessions/ses_", "explain/chg_"):
        link = page.locator(f'a[href^="/{name}"]').first.get_attribute("href")
        assert link
        found[name.split("/")[0].removesuffix("s")] = link
    page.goto("/wallets")
    wallet = page.locator('tbody a[href^="/wallets/"]').first.get_attribute("href")
    assert wallet
    page.goto(f"{wallet}/funds")
    page.get_by_label("Amount").fill("150")
    page.get_by_role("button", name="Order it").click()
    page.get_by_role("button", name="Wire transfer").click()
    page.get_by_text("Pending payment clearance").wait_for()
    order = page.url.replace("http://", "").partition("/")[2]
    return {
        **PAGES,
        **found,
        "wallet": wallet,
        "add-funds": f"{wallet}/funds",
        "order": f"/{order}",
    }


def test_nothing_sticks_out_and_all_can_use_it(visit: tuple[str, Page]) -> None:
    theme, page = visit
    wrong = []
    for name, address in opened(page).items():
        for width in SIZES:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            page.wait_for_function("document.fonts.ready")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{name} at {width}: wider than the screen")
            if width in (390, 1440):
                wrong += [f"{name} at {width}: {words}" for words in violations(page)]
                SCREENS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=SCREENS / f"{name}-{width}-{theme}.png")
    assert not wrong, "\n".join(wrong)


def violations(page: Page) -> list[str]:
    """What somebody could not use."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{one['id']}: {one['help']}: {re.sub(chr(10), ' ', one['nodes'][0]['html'])[:160]}"
        for one in found.response["violations"]
    ]
