"""The provider in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Page, SavedMethod
from tests.adapters.payments.driver import VISA, Delivery, PageClosed
from tests.fakes.provider import Provider


class MemoryDriver:
    """Its people."""

    kind = MethodKind.CARD
    card = VISA
    declines = tuple(Decline)
    currencies = ("USD", "JPY", "KWD")

    def __init__(self) -> None:
        self.gateway = Provider()
        self.at = self.gateway.at

    def confirm(self, page: Page) -> None:
        try:
            self.gateway.pay(page.reference)
        except LookupError:
            raise PageClosed from None

    def fail(self, page: Page) -> None:
        self.gateway.turn_back(page.reference, Decline.DECLINED)

    def turn_back(self, page: Page) -> None:
        self.gateway.turn_back(page.reference)

    def decline_later(self, method: SavedMethod, why: Decline) -> None:
        self.gateway.later[method.token] = why

    def hesitate(self) -> None:
        self.gateway.hesitates = True

    def settle(self) -> None:
        self.gateway.hesitates = False
        self.gateway.settle()

    def lose_answer(self) -> None:
        self.gateway.loses_next = True

    @contextmanager
    def outage(self) -> Iterator[None]:
        self.gateway.is_out = True
        yield
        self.gateway.is_out = False

    def forget_keys(self) -> None:
        """It never does."""

    def dispute(self, reference: str, amount_minor: int) -> None:
        self.gateway.dispute(reference, amount_minor)

    def deliveries(self, at: datetime) -> list[Delivery]:
        return [Delivery(*self.gateway.sent(each, at)) for each in self.gateway.told]

    def amount_told(self, reference: str) -> str:
        request = self.gateway.paid[reference].request
        return str(request.amount_minor) if request else ""


@contextmanager
def start() -> Iterator[MemoryDriver]:
    yield MemoryDriver()
