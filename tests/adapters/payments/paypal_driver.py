"""PayPal, as a stub on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from quartermaster.adapters.payments.paypal import Credentials, PayPal
from quartermaster.core import money
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Page, SavedMethod
from tests.adapters.payments.driver import ACCOUNT, Delivery, OnLoopback
from tests.fakes.paypal_stub import PayPalStub

CREDENTIALS = Credentials("stubbed-client", "stubbed-client-secret", "WEBHOOK1")
ENDS = {
    Decline.DECLINED: "INSTRUMENT_DECLINED",
    Decline.EXPIRED_CARD: "5400",
    Decline.INSUFFICIENT_FUNDS: "5120",
    Decline.NEEDS_BUYER: "PAYER_ACTION_REQUIRED",
}


class PayPalDriver(OnLoopback):
    """The stub's people. Long after a payment was made, PayPal's report has it."""

    kind = MethodKind.PAYPAL
    card = ACCOUNT
    declines = tuple(ENDS)
    currencies = ("USD", "JPY")
    loses = "POST /v2/"

    def __init__(self, stub: PayPalStub) -> None:
        super().__init__(stub.web)
        self.stub = stub
        self.at = stub.at
        self.gateway = PayPal(CREDENTIALS, stub.web.address, lambda: self.at + timedelta(days=1))

    def confirm(self, page: Page) -> None:
        self.stub.approve(page.reference)

    def fail(self, page: Page) -> None:
        self.stub.approve(page.reference, declined="INSTRUMENT_DECLINED")

    def turn_back(self, page: Page) -> None:
        """PayPal leaves the order as it is."""

    def decline_later(self, method: SavedMethod, why: Decline) -> None:
        self.stub.later[method.token] = ENDS[why]

    def hesitate(self) -> None:
        self.stub.next_status = "PENDING"

    def settle(self) -> None:
        self.stub.settle()

    def forget_keys(self) -> None:
        self.stub.kept.clear()

    def dispute(self, reference: str, amount_minor: int) -> None:
        self.stub.dispute(reference, money.exact_minor(amount_minor, "USD"))

    def deliveries(self, at: datetime) -> list[Delivery]:
        return [Delivery(*self.stub.signed(each, at)) for each in self.stub.events]

    def amount_told(self, reference: str) -> str:
        return str(self.stub.orders[reference]["purchase_units"][0]["amount"]["value"])


@contextmanager
def start() -> Iterator[PayPalDriver]:
    ids = (CREDENTIALS.client_id, CREDENTIALS.secret, CREDENTIALS.webhook_id)
    stub = PayPalStub(*ids, at=datetime(2026, 9, 1, 12, tzinfo=UTC))
    with stub.web.running():
        yield PayPalDriver(stub)
