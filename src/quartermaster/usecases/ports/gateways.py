"""What use cases ask of those who take payments. Adapters implement `Gateway`.

A gateway is asked outside of transactions, and may be asked again: everything that moves money or
opens a page carries a key, and the same key is the same payment. Money is in minor units. What a
provider calls a payment is its `reference`. An outage or a broken connection is no exception: the
outcome is unknown, and asked for again later. `Unavailable` is raised only where there is nothing
to be unknown about: no page could be opened, nothing could be read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from quartermaster.core import errors
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.bank_statements import StatementReader


class Unavailable(errors.Refusal):
    """The payment provider cannot be reached: try again in a moment."""

    code: ClassVar[str] = "provider_unavailable"
    kind: ClassVar[errors.Kind] = "limited"


class PageRefused(errors.Refusal):
    """The payment provider opens no page for this: pay in another way."""

    code: ClassVar[str] = "page_refused"
    kind: ClassVar[errors.Kind] = "refused"


class AmountNotTaken(PageRefused):
    """The payment provider does not take this amount in this currency."""

    code: ClassVar[str] = "amount_not_taken"


class BadNotice(errors.Refusal):
    """This was not signed by the payment provider, or is too old."""

    code: ClassVar[str] = "bad_signature"
    kind: ClassVar[errors.Kind] = "refused"


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A way to pay that the provider keeps. `token` is its name for it, `payer` its name for whose
    it is ("": it needs none). `label` is what people know it by: the e-mail of a PayPal account, or
    the brand and the last four digits of a card. `expires_date` is a card's last day."""

    kind: MethodKind
    token: str
    payer: str = ""
    label: str = ""
    brand: str = ""
    last_four: str = ""
    expires_date: date | None = None


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What is to be paid for an order. The same `key` is the same payment, however often it is
    asked for; `order` and `workspace` are public ids, told to the provider for its reports."""

    key: str
    order: str
    workspace: str
    amount_minor: int
    currency: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What came of a payment, as far as the provider knows. Unknown: it goes on, or nobody has paid
    yet. `code` is a `Decline` where it was declined, `reason` says it in words. `method` is the
    way to pay that it saved, if it was asked to. The rest is what has become of the money since:
    of what the buyer's bank called back, `lost_minor` is decided against us."""

    outcome: Outcome
    reason: str = ""
    code: str = ""
    reference: str = ""
    method: SavedMethod | None = None
    refunded_minor: int = 0
    disputed_minor: int = 0
    lost_minor: int = 0


class Decline(StrEnum):
    """Why a payment was declined, in words that do not depend on the provider."""

    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    NOT_CONFIRMED = "not_confirmed"  # the one-time password was wrong, or the buyer turned back
    NEEDS_BUYER = "needs_buyer"  # the bank wants the card holder to be there
    PROCESSING_ERROR = "processing_error"
    NO_METHOD = "no_method"
    NOT_TAKEN = "method_not_taken"  # what is saved is with a provider that is switched off
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the provider, and the payment or setup that it is for."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How a page is to be opened. When the buyer has paid, or turned back, the page sends them to
    `return_url`. Saved: the way to pay is kept, to be charged later; for `payer`, if the provider
    already knows them."""

    kind: MethodKind
    return_url: str
    is_saved: bool = False
    payer: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """So much of a payment goes back. The same `key` is the same refund."""

    key: str
    reference: str
    amount_minor: int
    currency: str
    reason: str = ""


class NoticeKind(StrEnum):
    """What a notice is about. It never carries the truth: whoever gets it looks the payment up."""

    PAYMENT = "payment"
    SETUP = "setup"
    REFUND = "refund"
    DISPUTE = "dispute"
    WIRE = "wire"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened at the provider; `id` is the same when it is told again. `reference` names
    the payment or setup, for refunds and disputes too."""

    id: str
    kind: NoticeKind
    reference: str


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """A payment as the provider's books have it."""

    reference: str
    key: str
    outcome: Outcome
    amount_minor: int
    currency: str
    refunded_minor: int
    at: datetime


class Gateway(Protocol):
    """Who takes payments of some kinds."""

    name: str
    kinds: frozenset[MethodKind]

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """A page on which the buyer pays. The same key opens the same page. Unavailable;
        PageRefused, also as AmountNotTaken: there is none, and will be none."""

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """A page on which a way to pay is saved and nothing is paid. Unavailable, PageRefused."""

    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """Has the amount paid while nobody is there, or says what came of the payment with this key
        before. AmountNotTaken is a decline here."""

    def look_up(self, reference: str) -> PaymentAnswer:
        """What has come of a payment. One that only waits to be taken is taken."""

    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """What has come of a setup; succeeded, it has its method."""

    def cancel(self, reference: str) -> PaymentAnswer:
        """Nobody can pay it from now on: declined, as canceled. Succeeded where that comes too
        late."""

    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """Gives money back, or says what came of the refund with this key before; `reference` is
        that of the refund."""

    def forget(self, method: SavedMethod) -> None:
        """The provider keeps it no longer. It may be gone already. Unavailable."""

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """Reads what the provider sent, header names in lower case. BadNotice; Unavailable where
        the provider has to be asked: it will send the notice again."""

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """The provider's books: payments begun in [start, end). Unavailable."""


@dataclass(frozen=True, slots=True)
class Gateways:
    """Who takes which kind of payment here. `otherwise` is asked for what has no saved method: one
    that needs none (payments by hand, or pretended ones); None: such a payment is declined. `bank`
    is asked for its statement when it tells of a wire; without one, statements come as files."""

    several: tuple[Gateway, ...] = ()
    otherwise: "PlainGateway | None" = None
    bank: "Bank | None" = None
    names: Mapping[str, Gateway] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {one.name: one for one in self.several})

    def of(self, kind: MethodKind) -> Gateway | None:
        """The first that takes this kind."""
        return next((one for one in self.several if kind in one.kinds), None)


class PlainGateway(Protocol):
    """Who takes payments without a page and without a saved method."""

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        """As for a gateway."""


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that can be asked. `statement` gets the file of the days from first to last, both
    included (Unavailable), and `read` reads it."""

    statement: Callable[[date, date], bytes]
    read: StatementReader
