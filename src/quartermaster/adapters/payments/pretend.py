"""Payments of a demo: nobody pays anything."""

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import PaymentAnswer, PaymentRequest


class Pretend:
    """Says that all was paid. For demos only."""

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        """Succeeded, however often it is asked."""
        return PaymentAnswer(Outcome.SUCCEEDED)
