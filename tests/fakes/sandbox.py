"""The payment sandbox as a process, and somebody who pays on its pages."""

import html
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from payment_sandbox import keys
from payment_sandbox.store import database

SHOP = "http://shop.example/return?order=ord_7"
GOOD, CONFIRMED = "4242424242424242", "4000000000003220"
EXPIRES = date(2031, 8, 31)
START_SECONDS = 30.0


@dataclass
class Sandbox:
    """One that runs; `log` is what it has written to its output."""

    url: str
    folder: Path
    keys: keys.Keys
    client: httpx.Client
    log: Path

    def ask(
        self, method: str, path: str, body: Any = None, key: str = "", **query: Any
    ) -> httpx.Response:
        """As a program of the merchant's asks; what makes something has a key anyway."""
        headers = {"Authorization": f"Bearer {self.keys.secret}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        return self.client.request(method, path, json=body, headers=headers, params=query)

    def told(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer's body; the request was not refused."""
        response = self.ask(method, path, body, **more)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def checkout(self, kind: str = "card", **more: Any) -> Any:
        """A payment that waits for its buyer."""
        plain = {"kind": kind, "amount_minor": 6_000, "currency": "USD", "return_url": SHOP}
        return self.told("POST", "/v1/checkouts", plain | more)

    def payment(self, key: str) -> Any:
        """As it stands."""
        return self.told("GET", f"/v1/payments/{key}")

    def charge(self, method: str, amount_minor: int = 6_000, key: str = "") -> Any:
        """A saved method pays."""
        asked = {"method": method, "amount_minor": amount_minor, "currency": "USD"}
        return self.told("POST", "/v1/charges", asked, key=key)

    def empty(self) -> None:
        """As on its first day, but for its keys."""
        with closing(sqlite3.connect(self.folder / database.FILE, timeout=30)) as db, db:
            for (table,) in db.execute("select name from sqlite_master where type = 'table'"):
                db.execute(f"delete from {table}")

    def buyer(self) -> "Buyer":
        """Somebody with a browser of their own."""
        return Buyer(httpx.Client(base_url=self.url, timeout=30))

    def saved_card(self, number: str = GOOD) -> Any:
        """A method that was saved without paying."""
        setup = self.told("POST", "/v1/setups", {"kind": "card", "return_url": SHOP})
        self.buyer().pay(setup["url"], number)
        return self.told("GET", f"/v1/setups/{setup['id']}")["method"]


@dataclass
class Buyer:
    """Reads pages and sends their forms. `page` is the last that came."""

    browser: httpx.Client
    page: httpx.Response = field(init=False)
    address: str = ""

    def visit(self, address: str) -> str:
        """A page's text."""
        self.page, self.address = self.browser.get(address), address
        return self.page.text

    def send(self, act: str, /, **fields: str) -> httpx.Response:
        """The form of the page that goes to `act`; follows to pages of the same site."""
        [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page.text))
        asked = {"csrfmiddlewaretoken": token, **fields}
        self.page = self.browser.post(f"{self.address}{act}", data=asked)
        if self.page.has_redirect_location and self.page.headers["location"].startswith("/"):
            self.visit(self.page.headers["location"])
        return self.page

    def card(self, number: str, **more: str) -> httpx.Response:
        """Fills in the card's form."""
        plain = {"number": number, "holder": "Ada Buyer", "expiry": f"{EXPIRES:%m/%y}"}
        return self.send("/card", **{**plain, "cvv": "123", **more})

    def approve(self, email: str) -> httpx.Response:
        """Logs in to an account and says yes."""
        self.send("/login", email=email, password="x")
        return self.send("/approve")

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to fill in or to say."""
        return "<form" in self.page.text

    def password(self) -> str:
        """The one in the bank's message."""
        found = re.search(r"<strong>(\d{6})</strong>", self.page.text)
        assert found, self.page.text
        return found[1]

    def pay(self, address: str, number: str = GOOD) -> dict[str, str]:
        """All of it by card; what the shop is told in the end."""
        self.visit(address)
        cvv = "1234" if number.startswith("37") else "123"
        if self.card(number, cvv=cvv).status_code == httpx.codes.OK:
            self.send("/confirm", password=self.password())
        return self.hint()

    def hint(self) -> dict[str, str]:
        """What stands in the address that the buyer was sent back to."""
        assert self.page.status_code == httpx.codes.SEE_OTHER, html.unescape(self.page.text)
        query: Mapping[str, list[str]] = parse_qs(urlsplit(self.page.headers["location"]).query)
        return {name: values[0] for name, values in query.items()}


@contextmanager
def running(folder: Path, *options: str, port: int = 0) -> Iterator[Sandbox]:
    """From its health until SIGTERM."""
    port = port or free_port()
    log = folder.with_suffix(".log")
    command = [sys.executable, "-m", "payment_sandbox", "--port", str(port)]
    with log.open("ab") as output:
        program = subprocess.Popen(
            [*command, "--folder", str(folder), *options],
            stdout=output,
            stderr=output,
            env=dict(os.environ),
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, program, log)
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Sandbox(url, folder, keys.read(folder), client, log)
    finally:
        program.terminate()
        program.wait(20)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _wait(url: str, program: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(int(START_SECONDS / 0.05)):
        assert program.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/health").json() == {"status": "ok"}:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())
