"""A payment provider in memory: a whole `Gateway` with the people who use it."""

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Decline,
    Notice,
    NoticeKind,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    ReportedPayment,
    SavedMethod,
    Unavailable,
)

SECRET = b"the provider's signing secret"
TOLERANCE = timedelta(minutes=5)
LOST = PaymentAnswer(Outcome.UNKNOWN, "the provider cannot be reached")


@dataclass
class Paid:
    """A payment or, without a request, a setup, as the provider has it."""

    reference: str
    kind: MethodKind
    at: datetime
    request: PaymentRequest | None = None
    saves_for: str | None = None
    outcome: Outcome = Outcome.UNKNOWN
    code: str = ""
    method: SavedMethod | None = None
    refunds: dict[str, int] = field(default_factory=dict)
    disputed_minor: int = 0
    lost_minor: int = 0
    ended_at: datetime | None = None

    def answer(self) -> PaymentAnswer:
        """What is told of it."""
        money = sum(self.refunds.values()), self.disputed_minor, self.lost_minor
        reason = self.code.replace("_", " ")
        return PaymentAnswer(self.outcome, reason, self.code, self.reference, self.method, *money)


@dataclass
class Provider:
    """`paid` by reference, in order. `at` is its clock. `is_out`: it cannot be reached.
    `loses_next`: what is asked next is done, but the answer does not arrive. `hesitates`: charges
    stay unknown until `settle`. `later`: what charges of a saved method, by its token, end in.
    `next`: what the next charges end in, before that."""

    name: str = "memory"
    kinds: frozenset[MethodKind] = frozenset({MethodKind.CARD, MethodKind.PAYPAL})
    at: datetime = datetime(2026, 9, 1, tzinfo=UTC)
    is_out: bool = False
    loses_next: bool = False
    hesitates: bool = False
    later: dict[str, Decline] = field(default_factory=dict)
    next: list[Decline] = field(default_factory=list)
    paid: dict[str, Paid] = field(default_factory=dict)
    saved: dict[str, SavedMethod] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.RLock, repr=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    # What people do.

    def pay(self, reference: str) -> None:
        """On an open page, with whatever is asked for."""
        paid = self.paid[reference]
        if paid.outcome is not Outcome.UNKNOWN:
            raise LookupError(f"the page of {reference} is closed")
        if paid.saves_for is not None:
            paid.method = self._save(paid.kind, paid.saves_for)
        self._end(paid, Outcome.SUCCEEDED)

    def turn_back(self, reference: str, why: Decline = Decline.NOT_CONFIRMED) -> None:
        """From an open page, which is closed then."""
        self._end(self.paid[reference], Outcome.DECLINED, why)

    def settle(self) -> None:
        """What was not decided on charging succeeds."""
        for each in self.paid.values():
            if each.saves_for is None and each.outcome is Outcome.UNKNOWN:
                self._end(each, Outcome.SUCCEEDED)

    def dispute(self, reference: str, amount_minor: int) -> None:
        """The buyer calls so much back."""
        self.paid[reference].disputed_minor += amount_minor
        self._tell(NoticeKind.DISPUTE, reference)

    def lose(self, reference: str) -> None:
        """The buyer's bank keeps it, which is told as of any payment."""
        self.paid[reference].lost_minor = self.paid[reference].disputed_minor
        self._tell(NoticeKind.PAYMENT, reference)

    def win(self, reference: str) -> None:
        """The buyer's bank lets go of it, which is told as of any payment."""
        self.paid[reference].disputed_minor = 0
        self._tell(NoticeKind.PAYMENT, reference)

    def sent(self, notice: Notice, at: datetime) -> tuple[dict[str, str], bytes]:
        """A notice as it is delivered at this instant."""
        told = {"id": notice.id, "kind": notice.kind, "reference": notice.reference}
        body = json.dumps(told).encode()
        stamp = at.isoformat()
        return {"time": stamp, "signature": _signature(stamp, body)}, body

    # The gateway.

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """A page that stays open until it is paid, left or canceled."""
        self._reach()
        saves_for = page.payer if page.is_saved else None
        made = self._once(request.key, Paid("", page.kind, self.at, request, saves_for))
        return Page(made.reference, f"https://pay.example/{made.reference}")

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """The same, for a setup."""
        self._reach()
        made = self._once(key, Paid("", page.kind, self.at, saves_for=page.payer))
        return Page(made.reference, f"https://pay.example/{made.reference}")

    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """As it was told to."""
        if self.is_out:
            return LOST
        with self._lock:
            is_new = request.key not in self._keys
            paid = self._once(request.key, Paid("", method.kind, self.at, request))
        if is_new and not self.hesitates:
            why = self.next.pop(0) if self.next else self.later.get(method.token)
            why = why if method.token in self.saved else Decline.DECLINED
            self._end(paid, Outcome.DECLINED if why else Outcome.SUCCEEDED, why)
        return self._answered(paid.answer())

    def look_up(self, reference: str) -> PaymentAnswer:
        """What it has."""
        return LOST if self.is_out else self._answered(self.paid[reference].answer())

    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """The same."""
        return self.look_up(reference)

    def cancel(self, reference: str) -> PaymentAnswer:
        """Closes what is open."""
        if self.is_out:
            return LOST
        paid = self.paid[reference]
        if paid.outcome is Outcome.UNKNOWN and not self.hesitates:
            self._end(paid, Outcome.DECLINED, Decline.CANCELED)
        return self._answered(paid.answer())

    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """Not more than is left."""
        if self.is_out:
            return LOST
        paid = self.paid[request.reference]
        whole = paid.request.amount_minor if paid.request else 0
        left = whole - sum(paid.refunds.values()) if paid.outcome is Outcome.SUCCEEDED else 0
        if request.key not in paid.refunds:
            if request.amount_minor > left:
                return PaymentAnswer(Outcome.DECLINED, "more than is left", Decline.DECLINED)
            paid.refunds[request.key] = request.amount_minor
            self._tell(NoticeKind.REFUND, paid.reference)
        answer = PaymentAnswer(Outcome.SUCCEEDED, reference=f"re_{request.key}")
        return self._answered(answer)

    def forget(self, method: SavedMethod) -> None:
        """If it is there."""
        self._reach()
        self.saved.pop(method.token, None)

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """Signed lately."""
        stamp = headers.get("time", "")
        if not hmac.compare_digest(headers.get("signature", ""), _signature(stamp, body)):
            raise BadNotice
        if abs(at - datetime.fromisoformat(stamp)) > TOLERANCE:
            raise BadNotice
        told = json.loads(body)
        return Notice(told["id"], NoticeKind(told["kind"]), told["reference"])

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """All payments."""
        self._reach()
        for paid in self.paid.values():
            if paid.request and start <= paid.at < end:
                amount = paid.request.amount_minor, paid.request.currency
                back = sum(paid.refunds.values())
                key = paid.request.key
                yield ReportedPayment(paid.reference, key, paid.outcome, *amount, back, paid.at)

    def _reach(self) -> None:
        if self.is_out:
            raise Unavailable

    def _answered(self, answer: PaymentAnswer) -> PaymentAnswer:
        is_lost, self.loses_next = self.loses_next, False
        return LOST if is_lost else answer

    def _once(self, key: str, new: Paid) -> Paid:
        with self._lock:
            if key not in self._keys:
                reference = f"mem_{next(self._numbers)}"
                self.paid[reference] = replace(new, reference=reference)
                self._keys[key] = reference
        return self.paid[self._keys[key]]

    def _save(self, kind: MethodKind, payer: str) -> SavedMethod:
        payer = payer or f"payer_{next(self._numbers)}"
        token = f"saved_{next(self._numbers)}"
        if kind is MethodKind.CARD:
            card = ("Visa 4242", "visa", "4242", date(2028, 2, 29))
            self.saved[token] = SavedMethod(kind, token, payer, *card)
        else:
            self.saved[token] = SavedMethod(kind, token, payer, "buyer@example.com")
        return self.saved[token]

    def _end(self, paid: Paid, outcome: Outcome, why: Decline | None = None) -> None:
        paid.outcome, paid.code, paid.ended_at = outcome, why or "", self.at
        kind = NoticeKind.PAYMENT if paid.request else NoticeKind.SETUP
        self._tell(kind, paid.reference)

    def _tell(self, kind: NoticeKind, reference: str) -> None:
        self.told.append(Notice(f"note_{next(self._numbers)}", kind, reference))


def _signature(stamp: str, body: bytes) -> str:
    return hmac.new(SECRET, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
