"""Payments that reach the operator by ways of their own, such as a bank."""

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import PaymentAnswer, PaymentRequest


class ByHand:
    """Knows of no payment: each waits until the operator says what came of it."""

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        """Unknown, however often it is asked."""
        return PaymentAnswer(Outcome.UNKNOWN)
