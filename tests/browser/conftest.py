"""Chromium in front of an installation with the demo's month."""

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import shared_input
from tests.acceptance.installation import on_the_tests_server

SCREENS = Path(os.environ.get("QUARTERMASTER_SCREENS", "build/screens"))
"""Where pictures go; `make screens` renews those of the documentation."""


@dataclass(frozen=True)
class Site:
    """A running console and how to get in."""

    address: str
    email: str
    password: str
    browser: Browser

    def visitor(self, width: int = 1440, theme: str = "light", **options: Any) -> BrowserContext:
        """A browser of its own, nobody signed in."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            locale="en-US",
            **options,
        )
        context.set_default_timeout(15_000)
        return context

    def sign_in(self, context: BrowserContext) -> Page:
        """A page that has signed in; whatever goes wrong in it fails the test."""
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", _no_errors)
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(self.email)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        return page


def _no_errors(message: Any) -> None:
    if message.type == "error" and "status of 4" not in message.text:
        pytest.fail(f"the browser says: {message.text}")


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """With the demo's month, on a database of the tests' server."""
    program = shared_input.chromium()
    with (
        tempfile.TemporaryDirectory(prefix="quartermaster-browser-") as folder,
        on_the_tests_server(Path(folder) / "home") as installation,
        installation.up("--demo") as up,
        sync_playwright() as playwright,
    ):
        [login] = [line for line in up.lines if line.startswith("Demo login")]
        found = re.search(r"(\S+) / (\S+)$", login)
        assert found
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield Site(f"http://127.0.0.1:{up.port}", found[1], found[2], browser)
        browser.close()


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    """Signed in, on a wide screen."""
    context = site.visitor()
    yield site.sign_in(context)
    context.close()
