"""What becomes of an outside that fails, or says no: the same for every provider."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, ParamSpec

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    AmountNotTaken,
    Decline,
    PageRefused,
    PaymentAnswer,
    Unavailable,
)

P = ParamSpec("P")
_AMOUNTS: Final = frozenset(
    (
        *("amount_too_small", "amount_too_large"),
        *("MAX_VALUE_EXCEEDED", "CURRENCY_NOT_SUPPORTED"),
    )
)
"""Words of providers for an amount that they do not take: their limits change, so they are asked.
"""


class Outage(Exception):
    """Nobody answered, or said anything that tells what was done. `status` is that of HTTP, 0:
    there was none. Its words never are the provider's: they might repeat a key."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class Refused(Exception):
    """The provider said no, and did nothing. `code` is its own word for why."""

    def __init__(
        self, words: str, code: str = "", decline: Decline = Decline.DECLINED, reference: str = ""
    ) -> None:
        super().__init__(words)
        self.code = code
        self.decline = decline
        self.reference = reference


def paying(ask: Callable[P, PaymentAnswer]) -> Callable[P, PaymentAnswer]:
    """For what moves money: after an outage nothing is known, a refusal is a decline."""

    @functools.wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> PaymentAnswer:
        try:
            return ask(*args, **kwargs)
        except Outage as no:
            return PaymentAnswer(Outcome.UNKNOWN, str(no))
        except Refused as no:
            return PaymentAnswer(Outcome.DECLINED, str(no), no.decline, no.reference)
        except AmountNotTaken as no:
            return PaymentAnswer(Outcome.DECLINED, str(no), Decline.DECLINED)

    return asked


@contextmanager
def reading() -> Iterator[None]:
    """For what is only read: an outage or a refusal is Unavailable."""
    try:
        yield
    except Outage as no:
        raise Unavailable(f"The payment provider cannot be reached: {no}") from None
    except Refused as no:
        raise Unavailable(f"The payment provider refused: {no}") from None


@contextmanager
def opening() -> Iterator[None]:
    """For pages: an outage is Unavailable, a refusal PageRefused, or AmountNotTaken where that is
    why."""
    with reading():
        try:
            yield
        except Refused as no:
            if no.code in _AMOUNTS:
                words = "The payment provider does not take this amount"
                raise AmountNotTaken(f"{words}: {no}") from None
            raise PageRefused(f"The payment provider opens no page for this: {no}") from None


def canceled(reference: str) -> PaymentAnswer:
    """The answer to a payment that nobody can pay any more."""
    return PaymentAnswer(Outcome.DECLINED, "it was canceled", Decline.CANCELED, reference)
