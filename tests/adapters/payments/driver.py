"""What the suite needs beside a gateway: a buyer who acts, and a provider that misbehaves."""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Gateway, Page, SavedMethod
from tests.fakes.loopback import Loopback

VISA: Final = ("4242", date(2028, 2, 29))
ACCOUNT: Final = ("", None)


@dataclass(frozen=True)
class Delivery:
    """A notice on its way."""

    headers: dict[str, str]
    body: bytes


class PageClosed(Exception):
    """The provider has closed the page."""


class Driver(Protocol):
    """One for each gateway. `card`: the last four digits and the last day of the card with which
    the buyer pays. `declines`: what charges of a saved method can be made to end in. `currencies`:
    which it takes. `at`: what the provider's clock says."""

    gateway: Gateway
    kind: MethodKind
    card: tuple[str, date | None]
    declines: Collection[Decline]
    currencies: Collection[str]
    at: datetime

    def confirm(self, page: Page) -> None:
        """The buyer pays, or saves, with everything that is asked for. PageClosed."""

    def fail(self, page: Page) -> None:
        """The buyer tries, is declined, and goes away."""

    def turn_back(self, page: Page) -> None:
        """The buyer goes back to the shop without paying."""

    def decline_later(self, method: SavedMethod, why: Decline) -> None:
        """All later charges of it."""

    def hesitate(self) -> None:
        """The next charge is not decided at once."""

    def settle(self) -> None:
        """What was not decided succeeds."""

    def lose_answer(self) -> None:
        """The next thing asked of the provider is done, but its answer gets lost."""

    def outage(self) -> AbstractContextManager[None]:
        """Nothing is answered, or nothing that makes sense."""

    def forget_keys(self) -> None:
        """As much time passes as the provider remembers keys for."""

    def dispute(self, reference: str, amount_minor: int) -> None:
        """The buyer has a payment in dollars called back."""

    def deliveries(self, at: datetime) -> list[Delivery]:
        """Everything that the provider has to tell, from the beginning, sent at this instant."""

    def amount_told(self, reference: str) -> str:
        """The amount of a payment as the provider writes it."""


class OnLoopback:
    """A provider behind a server that can be unwell. `loses`: what of its answers gets lost."""

    loses = ""

    def __init__(self, web: Loopback) -> None:
        self.web = web

    def lose_answer(self) -> None:
        """The next."""
        self.web.loses_next = self.loses

    @contextmanager
    def outage(self) -> Iterator[None]:
        """It answers 503."""
        self.web.is_out = True
        yield
        self.web.is_out = False
