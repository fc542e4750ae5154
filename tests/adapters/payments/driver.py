"""What the suite needs beside a gateway: a buyer who acts, and a provider that misbehaves."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import Decline, Gateway, Page, SavedMethod


@dataclass(frozen=True)
class Delivery:
    """A notice on its way."""

    headers: dict[str, str]
    body: bytes


class PageClosed(Exception):
    """The provider has closed the page."""


class Driver(Protocol):
    """One for each gateway. `declines`: what charges of a saved method can be made to end in.
    `currencies`: which it takes. `at`: what the provider's clock says."""

    gateway: Gateway
    kind: MethodKind
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
