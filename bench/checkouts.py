"""Many buyers at once: orders, payment pages and notices, through the payment sandbox."""

import quartermaster.conf.ready  # noqa: F401  # isort: skip

import os
import ssl
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from tests.fakes import sandbox
from tests.fakes.sandbox import SHOP, Buyer, Sandbox

from bench import installation, workspace
from bench.figures import Figure, percentile

BUYERS, LATEST_SECONDS, LOOK_SECONDS = 200, 120.0, 2.0
_TLS: Final = ssl.create_default_context()
"""Made once: it takes longer than a request."""
_FUNDS: Final = {"amount": "100.00"}
_VISIT: Final = {"method": "card", "return_url": SHOP}


def run() -> list[Figure]:
    """Each buyer orders credit for a bot and pays by card, all at the same time; then the same
    pages are opened and paid at the sandbox alone."""
    workspace.migrate()
    _, _, bots, key = workspace.make(BUYERS)
    with _sandbox() as provider, installation.serving() as port:
        hook = f"http://127.0.0.1:{port}/v1/notices/sandbox"
        provider.told("PUT", "/v1/webhook", {"url": hook})
        url, headers = f"http://127.0.0.1:{port}/v1", {"Authorization": f"Bearer {key}"}
        shops = [_browser(url, headers) for _ in bots]
        took, seconds = _at_once(lambda number: _buy(shops[number], provider, bots[number]))
        right = sum(_is_given_once(shops[0], bot) for bot in bots)
        provider.told("PUT", "/v1/webhook", {"url": ""})
        _, alone = _at_once(lambda number: _pay_alone(provider))
    note = f"{BUYERS} at once, {seconds:.1f} s; the slowest buyer {percentile(took, 100):.1f} s"
    return [
        Figure("checkouts", BUYERS / seconds, "/s", limit=BUYERS / alone, note=note),
        Figure("checkouts given exactly once", right, "", BUYERS, note=f"of {BUYERS}"),
    ]


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    """What is started afterwards is paid there."""
    with (
        tempfile.TemporaryDirectory(prefix="quartermaster-bench-") as folder,
        sandbox.running(Path(folder) / "sandbox") as provider,
    ):
        os.environ |= {
            "QUARTERMASTER_PAYMENTS": "sandbox",
            "PAYMENT_SANDBOX_URL": provider.url,
            "PAYMENT_SANDBOX_SECRET": provider.keys.secret,
            "PAYMENT_SANDBOX_WEBHOOK_SECRET": provider.keys.webhook_secret,
        }
        try:
            yield provider
        finally:
            del os.environ["QUARTERMASTER_PAYMENTS"]


def _browser(url: str, headers: dict[str, str] | None = None) -> httpx.Client:
    return httpx.Client(base_url=url, headers=headers, timeout=LATEST_SECONDS, verify=_TLS)


def _at_once(act: Callable[[int], None]) -> tuple[list[float], float]:
    """How long each buyer took, and all of them."""

    def timed(number: int) -> float:
        begun = time.perf_counter()
        act(number)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(BUYERS) as pool:
        took = list(pool.map(timed, range(BUYERS)))
    return took, time.perf_counter() - begun


def _buy(shop: httpx.Client, provider: Sandbox, bot: str) -> None:
    """From the order until it is fulfilled, which a notice brings about."""
    order = _posted(shop, f"/bots/{bot}/funds", _FUNDS)["id"]
    page = _posted(shop, f"/orders/{order}/checkout", _VISIT)["url"]
    Buyer(_browser(provider.url)).pay(page)
    end = time.monotonic() + LATEST_SECONDS
    while shop.get(f"/orders/{order}").json()["state"] != "fulfilled":
        if time.monotonic() > end:
            return  # it is not counted among those that are right
        time.sleep(LOOK_SECONDS)


def _posted(shop: httpx.Client, path: str, asked: dict[str, Any]) -> dict[str, str]:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    told: dict[str, str] = shop.post(path, json=asked, headers=headers).raise_for_status().json()
    return told


def _is_given_once(shop: httpx.Client, bot: str) -> bool:
    """One order, fulfilled by one step, one payment that succeeded, and its credit once."""
    [one] = shop.get("/orders", params={"bot": bot}).json()["orders"]
    order = shop.get(f"/orders/{one['id']}").json()
    outcomes = [each["outcome"] for each in order["payments"]]
    steps = [each["event"] for each in order["steps"]]
    wallet = shop.get(f"/bots/{bot}/wallet").json()
    given = (order["state"], outcomes, steps.count("fulfilled"), wallet["paid"])
    return given == ("fulfilled", ["succeeded"], 1, "100.00")


def _pay_alone(provider: Sandbox) -> None:
    asked = {"kind": "card", "amount_minor": 10_000, "currency": "USD", "return_url": SHOP}
    with _browser(provider.url, {"Authorization": f"Bearer {provider.keys.secret}"}) as shop:
        page = _posted(shop, "/v1/checkouts", asked)["url"]
    Buyer(_browser(provider.url)).pay(page)
