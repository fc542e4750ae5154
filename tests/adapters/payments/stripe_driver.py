"""Stripe, as a stub on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from quartermaster.adapters.payments import Stripe
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Page, SavedMethod
from tests.adapters.payments.driver import VISA, Delivery, OnLoopback, PageClosed
from tests.fakes.loopback import No
from tests.fakes.stripe_stub import StripeStub

KEY = "sk_test_51StubbedSecretKey"
SIGNING = "whsec_StubbedSigningSecret"
CODES = {
    Decline.DECLINED: "generic_decline",
    Decline.EXPIRED_CARD: "expired_card",
    Decline.INSUFFICIENT_FUNDS: "insufficient_funds",
    Decline.NEEDS_BUYER: "authentication_required",
    Decline.NOT_CONFIRMED: "payment_intent_authentication_failure",
    Decline.PROCESSING_ERROR: "processing_error",
}


class StripeDriver(OnLoopback):
    """The stub's people."""

    kind = MethodKind.CARD
    card = VISA
    declines = tuple(CODES)
    currencies = ("USD", "JPY", "KWD")
    loses = "POST /v1/"

    def __init__(self, stub: StripeStub) -> None:
        super().__init__(stub.web)
        self.stub = stub
        self.at = datetime.fromtimestamp(stub.at, UTC)
        self.gateway = Stripe(KEY, SIGNING, stub.web.address)

    def confirm(self, page: Page) -> None:
        try:
            self.stub.pay(page.reference)
        except No:
            raise PageClosed from None

    def fail(self, page: Page) -> None:
        self.stub.decline(page.reference)

    def turn_back(self, page: Page) -> None:
        """Stripe keeps the page open, and is told nothing."""

    def decline_later(self, method: SavedMethod, why: Decline) -> None:
        self.stub.later[method.token] = CODES[why]

    def hesitate(self) -> None:
        self.stub.next_status = "processing"

    def settle(self) -> None:
        self.stub.settle()

    def forget_keys(self) -> None:
        self.stub.kept.clear()

    def dispute(self, reference: str, amount_minor: int) -> None:
        self.stub.dispute(self._intent(reference), amount_minor)

    def deliveries(self, at: datetime) -> list[Delivery]:
        stamp = int(at.timestamp())
        return [Delivery(*self.stub.signed(each, stamp)) for each in self.stub.events]

    def amount_told(self, reference: str) -> str:
        return str(self.stub.things[self._intent(reference)]["amount"])

    def _intent(self, reference: str) -> str:
        return str(self.stub.things[reference].get("payment_intent") or reference)


@contextmanager
def start() -> Iterator[StripeDriver]:
    stub = StripeStub(KEY, SIGNING, at=1_790_000_000)
    with stub.web.running():
        yield StripeDriver(stub)
