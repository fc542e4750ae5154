"""An installation that is paid at a sandbox, and customers of it."""

import io
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pypdf

from quartermaster.adapters import catalog_file
from tests.acceptance.installation import Installation, Up, on_the_tests_server, until
from tests.fakes import sandbox
from tests.fakes.sandbox import GOOD, SHOP, Sandbox

EXAMPLE = Path(catalog_file.__file__).with_name("catalog.yaml")
BOT = "helpdesk"
OPEN = ("draft", "awaiting_payment", "pending_clearance", "paid")


SELLER = (
    *("name=Parley Ltd", "address=1 High Street", "city=Dublin", "postcode=D01 X2P2"),
    *("country=IE", "vat_id=IE6388047V", "email=billing@parley.example", "prefix=PA"),
)


@dataclass
class Customer:
    """A workspace with a bot, seen through its key. Its clock stands, and is moved by hand."""

    market: "Market"
    name: str
    client: httpx.Client
    sent: int = 0

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        """What has to have a key has one anyway."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.client.request(method, f"/v1{path}", json=body, headers=headers)

    def told(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """The answer's body; it was not refused."""
        response = self.ask(method, path, body, key)
        assert response.is_success, response.text
        return response.json()

    def get(self, path: str) -> Any:
        """What is there."""
        return self.told("GET", path)

    def invoice(self, name: str) -> Any:
        """By its id or number; its lines add up."""
        found = self.get(f"/invoices/{name}")
        for what in ("amount", "tax"):
            whole = found["net" if what == "amount" else what]
            assert sum(Decimal(one[what]) for one in found["lines"]) == Decimal(whole)
        return found

    def document(self, name: str, media_type: str) -> httpx.Response:
        """An invoice as a file; it may be refused."""
        return self.client.get(f"/v1/invoices/{name}", headers={"Accept": media_type})

    def printed(self, name: str) -> tuple[bytes, str]:
        """The PDF of an invoice, and what it says, with single spaces."""
        made = self.document(name, "application/pdf")
        assert (made.status_code, made.headers["Content-Type"]) == (200, "application/pdf")
        pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
        return made.content, " ".join(" ".join(one.extract_text() for one in pages).split())

    def now(self) -> datetime:
        """Where its clock stands."""
        return datetime.fromisoformat(self.get("/clock")["at"])

    def advance(self, span: str) -> list[str]:
        """What happened while its clock was moved on."""
        moved = self.told("POST", "/clock", {"by": span})
        return [one["what"] for one in moved["happened"]]

    def wallet(self) -> Any:
        """The bot's credit."""
        return self.get(f"/bots/{BOT}/wallet")

    def fund(self, amount: str = "100.00") -> str:
        """An order of credit, by its id."""
        return str(self.told("POST", f"/bots/{BOT}/funds", {"amount": amount})["id"])

    def buy(self, offer: str, **more: Any) -> str:
        """An order of something in the catalog."""
        return str(self.told("POST", f"/bots/{BOT}/orders", {"offer": offer, **more})["id"])

    def state(self, order: str) -> str:
        """Of an order."""
        return str(self.get(f"/orders/{order}")["state"])

    def page(self, order: str, kind: str = "card", *, is_saved: bool = False) -> str:
        """Where the order is paid."""
        visit = {"method": kind, "return_url": SHOP, "is_saved": is_saved}
        return str(self.told("POST", f"/orders/{order}/checkout", visit)["url"])

    def pay_by_card(self, order: str, number: str = GOOD, *, is_saved: bool = False) -> None:
        """Fulfilled as soon as the sandbox has told us: the buyer need not come back."""
        page = self.page(order, is_saved=is_saved)
        assert self.market.sandbox.buyer().pay(page, number)["status"] == "succeeded"
        self.fulfilled(order)

    def fulfilled(self, order: str) -> None:
        """Waits for it."""
        until(lambda: self.state(order) == "fulfilled", why=f"{order} is not fulfilled")

    def save_card(self, number: str) -> str:
        """A card that is kept from now on, by its id."""
        setup = self._setup("card")
        self.market.sandbox.buyer().pay(setup["url"], number)
        return self._saved(setup["id"])

    def save_paypal(self, email: str = "ada@example.com") -> str:
        """A PayPal account that is kept from now on, by its id."""
        setup = self._setup("paypal")
        buyer = self.market.sandbox.buyer()
        buyer.visit(setup["url"])
        buyer.send("/login", email=email, password="anything")
        buyer.send("/approve")
        return self._saved(setup["id"])

    def _setup(self, kind: str) -> Any:
        asked = {"method": kind, "return_url": SHOP}
        return self.told("POST", "/payment-methods/setups", asked)

    def _saved(self, setup: str) -> str:
        found = until(lambda: self.get(f"/payment-methods/setups/{setup}")["method"])
        return str(found["id"])

    def talk(self, count: int, at: datetime) -> None:
        """So many people say something to the bot, each in a session of their own."""
        events = [
            {"type": "message", "user": f"user {self.sent + number}", "sender": "user"}
            for number in range(count)
        ]
        self.send(events, at)

    def send(self, events: list[dict[str, str]], at: datetime) -> None:
        """Returns when they are metered."""
        named = []
        for one in events:
            self.sent += 1
            named.append({"id": f"e{self.sent}", "bot": BOT, "time": at.isoformat()} | one)
        for start in range(0, len(named), 250):
            told = self.told("POST", "/events", named[start : start + 250])
            assert told["rejected_count"] == 0, told
        self.market.up.metered()

    def finish(self) -> None:
        """Nothing is in flight, and the books hold."""
        for one in self.get("/orders")["orders"]:
            assert one["state"] not in OPEN, one
            payments = self.get(f"/orders/{one['id']}")["payments"]
            assert all(each["outcome"] for each in payments), payments
            assert sum(each["outcome"] == "succeeded" for each in payments) <= 1, payments
        self.market.installation.prove()


@dataclass
class Market:
    """An installation that sells by the example catalog, and the sandbox that it is paid at."""

    installation: Installation
    sandbox: Sandbox
    up: Up

    @property
    def url(self) -> str:
        """Where the installation is."""
        return f"http://127.0.0.1:{self.up.port}"

    @contextmanager
    def customer(self, name: str) -> Iterator[Customer]:
        """A test workspace without free credit, whose clock stands. It ends in good order."""
        run = self.installation.json
        run("workspace", "create", name, "--test", "--free-credits", 0)
        run("bot", "create", BOT, "-w", name)
        headers = {"Authorization": f"Bearer {run('key', 'create', '-w', name)['secret']}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=30) as client:
            made = Customer(self, name, client)
            made.told("POST", "/clock", {})
            yield made
            made.finish()

    @contextmanager
    def going_wrong(self, **faults: Any) -> Iterator[None]:
        """What the sandbox does to its notices meanwhile."""
        self.sandbox.told("PUT", "/v1/faults", faults)
        try:
            yield
        finally:
            self.sandbox.told("PUT", "/v1/faults", {})

    def heard(self) -> None:
        """Returns when the sandbox has no notice left to send."""

        def is_quiet() -> bool:
            sent = self.sandbox.told("GET", "/v1/deliveries")["deliveries"]
            return all(one["state"] != "waiting" for one in sent)

        until(is_quiet, why="notices are not taken")

    def listen(self) -> None:
        """The sandbox tells the installation, and is not patient."""
        hook = {"url": f"{self.url}/v1/notices/sandbox", "first_retry_seconds": 0.5}
        self.sandbox.told("PUT", "/v1/webhook", hook)


@contextmanager
def opened() -> Iterator[Market]:
    """From an empty database to an installation that sells."""
    with (
        tempfile.TemporaryDirectory(prefix="quartermaster-journeys-") as named,
        sandbox.running(Path(named) / "sandbox") as provider,
        on_the_tests_server(
            Path(named) / "home",
            QUARTERMASTER_PAYMENTS="sandbox",
            PAYMENT_SANDBOX_URL=provider.url,
            PAYMENT_SANDBOX_SECRET=provider.keys.secret,
            PAYMENT_SANDBOX_WEBHOOK_SECRET=provider.keys.webhook_secret,
        ) as bare,
    ):
        ours = replace(bare, log=str(Path(named) / "up.log"))
        assert ours.run("migrate").returncode == 0
        assert ours.run("catalog", "publish", EXAMPLE).returncode == 0
        assert ours.run("seller", "set", *SELLER).returncode == 0
        with ours.up() as up:
            market = Market(ours, provider, up)
            market.listen()
            yield market
