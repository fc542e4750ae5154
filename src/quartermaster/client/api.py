"""The API as methods."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar
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
from quartermaster.client.entitlements import (
    Entitlement,
    Entitlements,
    LimitUse,
    SeatCheck,
    SeatHeld,
)
from quartermaster.client.plans import Catalog, Comparison
from quartermaster.client.suggestions import Suggestion
from quartermaster.client.transport import Patience, Transport

_Page = TypeVar("_Page", SessionPage, TransferPage)
_One = TypeVar("_One")
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
