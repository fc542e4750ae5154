"""The payment sandbox: a real process, reached by way of a relay that can fail."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from quartermaster.adapters.payments import Sandbox
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Page, SavedMethod
from tests.adapters.payments.driver import ACCOUNT, Delivery, OnLoopback, PageClosed
from tests.fakes import receiver, sandbox
from tests.fakes.loopback import Asked, Loopback
from tests.fakes.receiver import Receiver

DECLINED = "4000000000000002"
PASSED_ON = ("authorization", "idempotency-key")
DECLINES = (
    Decline.DECLINED,
    Decline.EXPIRED_CARD,
    Decline.INSUFFICIENT_FUNDS,
    Decline.NEEDS_BUYER,
    Decline.PROCESSING_ERROR,
)


class SandboxDriver(OnLoopback):
    """People on its pages, and an operator. `saved` names the methods that were saved."""

    declines = DECLINES
    currencies = ("USD", "JPY", "KWD")
    loses = "POST /v1/"

    def __init__(
        self, relay: Loopback, kind: MethodKind, provider: sandbox.Sandbox, heard: Receiver
    ) -> None:
        super().__init__(relay)
        self.kind = kind
        self.card = ("4242", sandbox.EXPIRES) if kind is MethodKind.CARD else ACCOUNT
        self.at = datetime.now(UTC)
        self.provider = provider
        self.heard = heard
        self.saved: list[str] = []
        keys = provider.keys
        self.gateway = Sandbox(relay.address, keys.secret, keys.webhook_secret)

    def confirm(self, page: Page) -> None:
        self._pay(page, sandbox.GOOD, "ada")
        noun = "setups" if page.reference.startswith("set_") else "payments"
        if method := self.provider.told("GET", f"/v1/{noun}/{page.reference}")["method"]:
            self.saved.append(method["id"])

    def fail(self, page: Page) -> None:
        self._pay(page, DECLINED, "declined")

    def turn_back(self, page: Page) -> None:
        buyer = self.provider.buyer()
        buyer.visit(page.url)
        buyer.send("/back")

    def decline_later(self, method: SavedMethod, why: Decline) -> None:
        self.provider.told("PUT", f"/v1/methods/{method.token}", {"later": why})

    def hesitate(self) -> None:
        for method in self.saved:
            self.provider.told("PUT", f"/v1/methods/{method}", {"later": "unknown"})

    def settle(self) -> None:
        for each in self.provider.told("GET", "/v1/payments")["payments"]:
            path = f"/v1/payments/{each['id']}/release"
            self.provider.told("POST", path, {"outcome": "succeeded"})

    def forget_keys(self) -> None:
        """It never does."""

    def dispute(self, reference: str, amount_minor: int) -> None:
        path = f"/v1/payments/{reference}/disputes"
        self.provider.told("POST", path, {"amount_minor": amount_minor})

    def deliveries(self, at: datetime) -> list[Delivery]:
        """As they came; or as they would have come at another time."""
        self.heard.wait(len(self.provider.told("GET", "/v1/deliveries")["deliveries"]))
        came = [Delivery(*each) for each in self.heard.got]
        return came if at == self.at else [self._signed(each, at) for each in came]

    def amount_told(self, reference: str) -> str:
        return str(self.provider.payment(reference)["amount_minor"])

    def _pay(self, page: Page, number: str, account: str) -> None:
        buyer = self.provider.buyer()
        buyer.visit(page.url)
        if not buyer.is_asked:
            raise PageClosed
        if self.kind is MethodKind.CARD:
            buyer.card(number)
        else:
            buyer.approve(f"{account}@example.com")

    def _signed(self, delivery: Delivery, at: datetime) -> Delivery:
        key = delivery.headers["webhook-id"]
        signed = Webhook(self.provider.keys.webhook_secret).sign(key, at, delivery.body.decode())
        stamp = str(int(at.timestamp()))
        headers = {"webhook-id": key, "webhook-timestamp": stamp, "webhook-signature": signed}
        return Delivery(headers, delivery.body)


@contextmanager
def start(kind: MethodKind, provider: sandbox.Sandbox) -> Iterator[SandboxDriver]:
    """With nothing in it from before."""
    provider.empty()
    with receiver.listening() as heard:
        provider.told("PUT", "/v1/webhook", {"url": heard.url})
        relay = _relay(provider)
        with relay.running():
            yield SandboxDriver(relay, kind, provider, heard)


def _relay(provider: sandbox.Sandbox) -> Loopback:
    """Passes on whatever is asked, several things at once."""

    def passed_on(asked: Asked) -> tuple[int, Any]:
        answer = provider.client.request(
            asked.method,
            asked.path,
            params=asked.query,
            headers={name: asked.headers[name] for name in PASSED_ON if name in asked.headers},
            content=asked.body,
        )
        return answer.status_code, answer.json() if answer.content else None

    steps = {(method, ".*"): passed_on for method in ("GET", "POST", "DELETE")}
    return Loopback(steps, lock=nullcontext())
