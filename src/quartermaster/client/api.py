"""The API as methods."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import msgspec

from quartermaster.client.answers import (
    ExplainedAmount,
    ExplainedSession,
    FreeCredits,
    Gate,
    Seats,
    Sent,
    Session,
    SessionPage,
    Transfer,
    TransferPage,
    Usage,
    Wallet,
)
from quartermaster.client.clocks import Clock, Moved
from quartermaster.client.contracts import Contract, Statement, Statements
from quartermaster.client.entitlements import (
    Entitlement,
    Entitlements,
    LimitUse,
    SeatCheck,
    SeatHeld,
)
from quartermaster.client.invoices import Invoice, InvoicePage, Profile, ShownInvoice
from quartermaster.client.orders import (
    ExplainedOrder,
    Order,
    OrderPage,
    Quote,
    Subscription,
    Subscriptions,
)
from quartermaster.client.paying import Checkout, Method, Methods, Setup
from quartermaster.client.plans import Catalog, Comparison
from quartermaster.client.recharges import Recharge, RechargePreview
from quartermaster.client.suggestions import Suggestion
from quartermaster.client.transport import Patience, Transport

_Page = TypeVar("_Page", SessionPage, TransferPage, OrderPage, InvoicePage)
_One = TypeVar("_One")
_METHODS: Final = "/v1/payment-methods"
Event = Mapping[str, Any]
"""As docs/reference/events.md has it; `time` may be an aware datetime."""


class Client:
    """Asks a server with a workspace's key. What a method is given beside its own arguments are the
    parameters of the address (docs/reference/api.md), where `from_` stands for `from`. Every method
    raises ApiProblem where the API says no, and httpx.TransportError where it cannot be reached."""

    def __init__(self, base_url: str, api_key: str, patience: Patience | None = None) -> None:
        self._transport = Transport(base_url, api_key, patience or Patience())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def send(self, event: Event) -> Sent:
        """Sends one event; one that is not accepted raises ApiProblem."""
        return self._transport.send(Sent, "/v1/events", msgspec.json.encode(event))

    def send_all(self, events: Iterable[Event], at_once: int = 1_000) -> Iterator[Sent]:
        """Sends events, some with each request; those that are not accepted are told."""
        batch: list[Event] = []
        for event in events:
            batch.append(event)
            if len(batch) == at_once:
                yield self._send_batch(batch)
                batch = []
        if batch:
            yield self._send_batch(batch)

    def _send_batch(self, batch: list[Event]) -> Sent:
        return self._transport.send(Sent, "/v1/events", msgspec.json.encode(batch))

    def gate(self, bot: str) -> Gate:
        """Whether a bot may begin a conversation."""
        return self._transport.read(Gate, f"{_bot(bot)}/gate", {})

    def entitlements(self, bot: str) -> Entitlements:
        """What a bot may use of every product, and what is left of it."""
        return self._transport.read(Entitlements, f"{_bot(bot)}/entitlements", {})

    def entitlement(self, bot: str, product: str, name: str) -> Entitlement:
        """One limit, feature or add-on of a product."""
        path = f"{_bot(bot)}/entitlements/{quote(name, safe='')}"
        return self._transport.read(Entitlement, path, {"product": product})

    def tell_limit(self, bot: str, product: str, name: str, used: int) -> LimitUse:
        """How much of a limit is in use now."""
        path = f"{_bot(bot)}/limits/{quote(name, safe='')}"
        body = msgspec.json.encode({"used": used})
        return self._transport.send(LimitUse, path, body, "PUT", product=product)

    def check_seat(self, bot: str, product: str, agent: str) -> SeatCheck:
        """Whether an agent may log in; a yes is kept for a minute."""
        body = msgspec.json.encode({"product": product, "agent": agent})
        return self._transport.send(SeatCheck, f"{_bot(bot)}/seats/check", body)

    def assign_seat(self, bot: str, product: str, agent: str) -> SeatHeld:
        """Gives an agent a named seat; twice is once."""
        return self._transport.send(SeatHeld, _seat(bot, product, agent), b"", "PUT")

    def release_seat(self, bot: str, product: str, agent: str) -> SeatHeld:
        """Takes an agent's named seat back; twice is once."""
        return self._transport.send(SeatHeld, _seat(bot, product, agent), b"", "DELETE")

    def catalog(self) -> Catalog:
        """All that is sold; ApiProblem `no_catalog` where nothing is."""
        return self._transport.read(Catalog, "/v1/catalog", {})

    def compare_plans(self, product: str) -> Comparison:
        """The plans of a product side by side."""
        path = f"/v1/catalog/{quote(product, safe='')}/comparison"
        return self._transport.read(Comparison, path, {})

    def clock(self) -> Clock:
        """What time it is for the workspace."""
        return self._transport.read(Clock, "/v1/clock", {})

    def move_clock(self, to: datetime) -> Moved:
        """Moves the clock of a test workspace on; to the same instant again does nothing."""
        return self._transport.send(Moved, "/v1/clock", msgspec.json.encode({"to": to}))

    def usage(self, **asked: Any) -> Usage:
        """Units, agents and credit of a time."""
        return self._transport.read(Usage, "/v1/usage", asked)

    def seats(self, **asked: Any) -> Seats:
        """How many seats a product needed."""
        return self._transport.read(Seats, "/v1/seats", asked)

    def session_page(self, **asked: Any) -> SessionPage:
        """A page of sessions, the latest first."""
        return self._transport.read(SessionPage, "/v1/sessions", asked)

    def sessions(self, **asked: Any) -> Iterator[Session]:
        """All of them, page by page as they are taken."""
        return _all(self.session_page, lambda page: page.sessions, asked)

    def export_sessions(self, **asked: Any) -> Iterator[Session]:
        """All of them by one request, line by line: for many, and in little memory."""
        decoder = msgspec.json.Decoder(Session)
        with self._transport.lines("/v1/sessions", asked) as lines:
            for line in lines:
                yield decoder.decode(line)

    def session(self, session: str) -> ExplainedSession:
        """What a session (`ses_12`) is made of."""
        path = f"/v1/sessions/{quote(session, safe='')}"
        return self._transport.read(ExplainedSession, path, {})

    def explain(self, name: str) -> ExplainedAmount:
        """How the amount of a charge (`chg_7`) or transfer (`trf_9`) came about."""
        path = f"/v1/explain/{quote(name, safe='')}"
        return self._transport.read(ExplainedAmount, path, {})

    def wallet(self, bot: str) -> Wallet:
        """What a bot can draw on."""
        return self._transport.read(Wallet, f"{_bot(bot)}/wallet", {})

    def suggestion(self, bot: str, **asked: Any) -> Suggestion:
        """What a bot's last ninety days would have come to under every plan."""
        return self._transport.read(Suggestion, f"{_bot(bot)}/suggestion", asked)

    def subscriptions(self, bot: str) -> list[Subscription]:
        """What a bot has, and what it had."""
        path = f"{_bot(bot)}/subscriptions"
        return self._transport.read(Subscriptions, path, {}).subscriptions

    def preview_order(self, bot: str, offer: str, **terms: Any) -> Quote:
        """What an order would cost now; terms are `cadence` and `seats`."""
        path = f"{_bot(bot)}/subscriptions/preview"
        return self._transport.post(Quote, path, {"offer": offer, **terms})

    def place_order(
        self, bot: str, offer: str, key: str | None = None, **terms: Any
    ) -> ExplainedOrder:
        """Subscribes a bot, or changes what it has, once it is paid. The same key again is the same
        order; without one it is a new order."""
        path, body = f"{_bot(bot)}/orders", {"offer": offer, **terms}
        return self._transport.post(ExplainedOrder, path, body, key or str(uuid.uuid4()))

    def start_trial(self, bot: str, offer: str) -> Subscription:
        """Tries a plan for nothing."""
        return self._transport.act(Subscription, f"{_bot(bot)}/trials", {"offer": offer})

    def cancel_subscription(self, bot: str, place: str) -> Subscription:
        """Ends what a bot has in a place with its cycle."""
        path = f"{_bot(bot)}/subscriptions/{quote(place, safe='')}/cancel"
        return self._transport.post(Subscription, path, {})

    def keep_subscription(self, bot: str, place: str) -> Subscription:
        """Takes back what was to end or change with the cycle."""
        path = f"{_bot(bot)}/subscriptions/{quote(place, safe='')}/keep"
        return self._transport.act(Subscription, path, {})

    def order_page(self, **asked: Any) -> OrderPage:
        """A page of orders, the latest first."""
        return self._transport.read(OrderPage, "/v1/orders", asked)

    def orders(self, **asked: Any) -> Iterator[Order]:
        """All of them, page by page as they are taken."""
        return _all(self.order_page, lambda page: page.orders, asked)

    def order(self, order: str) -> ExplainedOrder:
        """An order with its lines and payments."""
        return self._transport.read(ExplainedOrder, _order(order), {})

    def add_funds(
        self, bot: str, amount: Decimal | int, key: str | None = None, *, is_draft: bool = False
    ) -> ExplainedOrder:
        """Orders credit for a bot's wallet. The same key again is the same order."""
        body = {"amount": str(amount), "is_draft": is_draft}
        path = f"{_bot(bot)}/funds"
        return self._transport.post(ExplainedOrder, path, body, key or str(uuid.uuid4()))

    def submit_order(self, order: str) -> ExplainedOrder:
        """A draft is to be paid from now on; twice is once."""
        return self._transport.post(ExplainedOrder, _order(order, "submit"), {})

    def check_out(
        self, order: str, method: str, return_url: str, *, is_saved: bool = False
    ) -> Checkout:
        """The page on which the buyer pays by `card` or `paypal`, and which then sends them to
        `return_url`; asked again, the same page."""
        body = {"method": method, "return_url": return_url, "is_saved": is_saved}
        return self._transport.post(Checkout, _order(order, "checkout"), body)

    def pay_by_wire(self, order: str) -> ExplainedOrder:
        """The order waits for a wire; twice is once. A page that is open for it is closed."""
        return self._transport.post(ExplainedOrder, _order(order, "wire"), {})

    def pay_order(self, order: str, method: str | None = None) -> ExplainedOrder:
        """Has an order paid with a saved way (`pm_…`), by default the workspace's. A page that is
        open gives way to it; if it was paid by then, that is the order's payment. An attempt that
        was declined is followed by another each time."""
        body = {"method": method} if method else {}
        return self._transport.act(ExplainedOrder, _order(order, "pay"), body)

    def cancel_order(self, order: str) -> ExplainedOrder:
        """Nothing comes of an order. A page that is open for it is closed."""
        return self._transport.act(ExplainedOrder, _order(order, "cancel"), {})

    def payment_methods(self) -> list[Method]:
        """The saved ways to pay, the default first."""
        return self._transport.read(Methods, _METHODS, {}).methods

    def save_method(self, method: str, return_url: str, key: str | None = None) -> Setup:
        """The page on which the buyer saves a `card` or `paypal`; nothing is paid."""
        body = {"method": method, "return_url": return_url}
        return self._transport.post(Setup, f"{_METHODS}/setups", body, key or str(uuid.uuid4()))

    def saved_method(self, setup: str) -> Setup:
        """What came of saving it (`set_…`)."""
        return self._transport.read(Setup, f"{_METHODS}/setups/{quote(setup, safe='')}", {})

    def choose_method(self, method: str) -> Method:
        """It is the one that is charged while nobody is there."""
        return self._transport.post(Method, f"{_METHODS}/{quote(method, safe='')}/default", {})

    def replace_method(self, method: str, by: str) -> Method:
        """Another that is saved takes its place, as the default too; it is charged no more."""
        path = f"{_METHODS}/{quote(method, safe='')}/replace"
        return self._transport.act(Method, path, {"by": by})

    def remove_method(self, method: str) -> Method:
        """It is charged no more."""
        path = f"{_METHODS}/{quote(method, safe='')}"
        return self._transport.act(Method, path, {}, "DELETE")

    def invoice_page(self, **asked: Any) -> InvoicePage:
        """A page of invoices and credit notes, the latest first."""
        return self._transport.read(InvoicePage, "/v1/invoices", asked)

    def invoices(self, **asked: Any) -> Iterator[Invoice]:
        """All of them, page by page as they are taken."""
        return _all(self.invoice_page, lambda page: page.invoices, asked)

    def invoice(self, invoice: str) -> ShownInvoice:
        """One of them by its id or number (`QM-000123`), line by line."""
        return self._transport.read(ShownInvoice, _invoice(invoice), {})

    def print_invoice(self, invoice: str, media_type: str = "application/pdf") -> bytes:
        """The same as a document: PDF, `text/html` or `application/xml`."""
        return self._transport.file(_invoice(invoice), media_type)

    def billing_profile(self) -> Profile:
        """Whom invoices are made out to."""
        return self._transport.read(Profile, "/v1/billing-profile", {})

    def set_billing_profile(self, profile: Profile) -> Profile:
        """The same for invoices from now on; as it will stand on them."""
        body = msgspec.json.encode(profile)
        return self._transport.send(Profile, "/v1/billing-profile", body, "PUT")

    def auto_recharge(self, bot: str) -> Recharge:
        """What auto-recharge is set to, charged last, and would do now."""
        return self._transport.read(Recharge, _recharge(bot), {})

    def set_auto_recharge(self, bot: str, **terms: Any) -> Recharge:
        """Switches it on; terms are `amount`, `threshold`, `method` and caps. The same again
        changes nothing."""
        return self._transport.send(Recharge, _recharge(bot), msgspec.json.encode(terms), "PUT")

    def switch_off_auto_recharge(self, bot: str) -> Recharge:
        """Nothing more is charged; twice is once."""
        return self._transport.send(Recharge, _recharge(bot), b"", "DELETE")

    def preview_auto_recharge(self, bot: str, **terms: Any) -> RechargePreview:
        """What it would have charged in the last ninety days on these terms."""
        return self._transport.read(RechargePreview, f"{_recharge(bot)}/preview", terms)

    def contract(self) -> Contract:
        """What was agreed, and the running cycle; ApiProblem `not_found` where nothing was."""
        return self._transport.read(Contract, "/v1/contract", {})

    def statements(self) -> list[Statement]:
        """What closed cycles came to, the latest first."""
        return self._transport.read(Statements, "/v1/statements", {}).statements

    def statement(self, statement: str) -> Statement:
        """One of them (`stm_…`) with its lines."""
        path = f"/v1/statements/{quote(statement, safe='')}"
        return self._transport.read(Statement, path, {})

    def free_credits(self) -> FreeCredits:
        """What the workspace's pool holds."""
        return self._transport.read(FreeCredits, "/v1/free-credits", {})

    def transfer_page(self, **asked: Any) -> TransferPage:
        """A page of transfers, the latest first."""
        return self._transport.read(TransferPage, "/v1/transfers", asked)

    def transfers(self, **asked: Any) -> Iterator[Transfer]:
        """All of them, page by page as they are taken."""
        return _all(self.transfer_page, lambda page: page.transfers, asked)


def _bot(name: str) -> str:
    return f"/v1/bots/{quote(name, safe='')}"


def _order(order: str, act: str = "") -> str:
    return f"/v1/orders/{quote(order, safe='')}" + (f"/{act}" if act else "")


def _invoice(name: str) -> str:
    return f"/v1/invoices/{quote(name, safe='')}"


def _recharge(bot: str) -> str:
    return f"{_bot(bot)}/auto-recharge"


def _seat(bot: str, product: str, agent: str) -> str:
    return f"{_bot(bot)}/seats/{quote(product, safe='')}/{quote(agent, safe='')}"


def _all(
    ask: Callable[..., _Page], held: Callable[[_Page], list[_One]], asked: Mapping[str, Any]
) -> Iterator[_One]:
    page = ask(**asked)
    yield from held(page)
    while page.next_cursor is not None:
        page = ask(**{**asked, "cursor": page.next_cursor})
        yield from held(page)
