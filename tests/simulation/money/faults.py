"""Where the power goes: before any statement of the database, and on either side of whatever is
asked of the provider."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from unittest.mock import patch

from django.db import connection
from psycopg import Cursor

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import (
    Notice,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    ReportedPayment,
    SavedMethod,
)
from tests.fakes.provider import Provider

Answer = TypeVar("Answer")
SAFE = ("ROLLBACK", "SELECT PG_ADVISORY_UNLOCK")
"""What the database does by itself when a connection breaks."""


class Crash(BaseException):
    """The power is gone: nobody catches this."""


@dataclass
class Power:
    """`left` steps until it goes; None: it stays."""

    left: int | None = None

    def step(self) -> None:
        """Another one."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Crash

    @contextmanager
    def failing(self, after: int | None) -> Iterator[None]:
        """Goes after so many steps, unless what is done is done by then."""
        if after is None:
            yield
            return
        self.left = after
        names = ("execute", "executemany", "copy")
        try:
            with ExitStack() as patches:
                for name in names:
                    known = self._counted(getattr(Cursor, name))
                    patches.enter_context(patch.object(Cursor, name, known))
                yield
        finally:
            self.left = None

    def _counted(self, execute: Callable[..., Answer]) -> Callable[..., Answer]:
        """Of the driver: most statements are not Django's."""

        def counted(cursor: Cursor, statement: Any, *rest: Any, **named: Any) -> Answer:
            if not str(statement).lstrip().upper().startswith(SAFE):
                self.step()
            return execute(cursor, statement, *rest, **named)

        return counted


@dataclass
class Cable:
    """The cable to a provider, on which a call or its answer is cut off with the power. Nobody asks
    in the midst of a transaction: there are no savepoints but the `outer` ones."""

    provider: Provider
    power: Power
    clock: Callable[[], datetime]
    outer: int

    @property
    def name(self) -> str:
        """The provider's."""
        return self.provider.name

    @property
    def kinds(self) -> frozenset[MethodKind]:
        """The provider's."""
        return self.provider.kinds

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """As the provider."""
        return self._asked(lambda: self.provider.open(request, page))

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """As the provider."""
        return self._asked(lambda: self.provider.open_setup(key, workspace, page))

    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """As the provider."""
        return self._asked(lambda: self.provider.charge(request, method))

    def look_up(self, reference: str) -> PaymentAnswer:
        """As the provider."""
        return self._asked(lambda: self.provider.look_up(reference))

    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """As the provider."""
        return self._asked(lambda: self.provider.look_up_setup(reference))

    def cancel(self, reference: str) -> PaymentAnswer:
        """As the provider."""
        return self._asked(lambda: self.provider.cancel(reference))

    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """As the provider."""
        return self._asked(lambda: self.provider.refund(request))

    def forget(self, method: SavedMethod) -> None:
        """As the provider."""
        return self._asked(lambda: self.provider.forget(method))

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """As the provider."""
        return self._asked(lambda: self.provider.notice(headers, body, at))

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """As the provider."""
        return self._asked(lambda: self.provider.report(start, end))

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        assert len(connection.savepoint_ids) == self.outer, "asked in the midst of a transaction"
        self.power.step()
        self.provider.at = self.clock()
        answer = ask()
        self.power.step()
        return answer
