"""Someone who takes payments: says what it was told to, and keeps its word for each key."""

from dataclasses import dataclass, field

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import PaymentAnswer, PaymentRequest


class Unreachable(Exception):
    """No answer."""


@dataclass
class FakeGateway:
    """Accepts unless `next` says otherwise: outcomes, or None for no answer at all, after which the
    payment has succeeded all the same. `asked` are the requests in their order, `taken` what was
    paid, by key."""

    next: list[Outcome | None] = field(default_factory=list)
    asked: list[PaymentRequest] = field(default_factory=list)
    told: dict[str, PaymentAnswer] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        """The same answer to the same key, unless it was unknown."""
        self.asked.append(request)
        if request.key not in self.told:
            outcome = self.next.pop(0) if self.next else Outcome.SUCCEEDED
            if outcome is Outcome.UNKNOWN:
                return PaymentAnswer(outcome)
            self._keep(request, outcome or Outcome.SUCCEEDED)
            if outcome is None:
                raise Unreachable
        return self.told[request.key]

    def _keep(self, request: PaymentRequest, outcome: Outcome) -> None:
        reason = "insufficient funds" if outcome is Outcome.DECLINED else ""
        self.told[request.key] = PaymentAnswer(outcome, reason)
        if outcome is Outcome.SUCCEEDED:
            self.taken[request.key] = request.amount_minor
