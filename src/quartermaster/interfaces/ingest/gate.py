"""`GET /v1/bots/{bot}/gate` as an ASGI callable: one statement, and the rule of the core.

The use case `check_gates` says the same to the pages, by the same rule.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import resources
from typing import Any, Final, LiteralString, cast
from zoneinfo import ZoneInfo

import msgspec
import structlog

from quartermaster.core import periods
from quartermaster.core.catalog import reading, tariffs
from quartermaster.core.catalog.offers import Offer
from quartermaster.core.catalog.quotes import Anchor
from quartermaster.core.catalog.tariffs import Stretch, Tariff
from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance
from quartermaster.core.usage.units import Unit
from quartermaster.interfaces.ingest import answers
from quartermaster.interfaces.ingest.answers import Answer, Receive, Scope, Send
from quartermaster.interfaces.ingest.connection import Connection, DatabaseAway
from quartermaster.interfaces.ingest.problems import Problem

PATH: Final = re.compile(r"/v1/bots/([^/\0]+)/gate")
"""The address, unquoted. PostgreSQL has no text with NUL, so nothing has such a name."""
_FIND_STANDING: Final[LiteralString] = (
    resources.files(__package__).joinpath("sql", "find_standing.sql").read_text()
)
_log = structlog.get_logger("gate")


class Gate:
    """Says whether a bot may serve. `now` is the clock of all whose own does not stand."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        self._connection = Connection(database_url)
        self._now = now
        self._offers: dict[int, Offer] = {}  # versions never change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = answers.request_id(headers)
        try:
            answer = await self._answer(scope, headers)
        except Problem as no:
            _log.info("refused", request_id=request_id, status=no.status, code=no.code)
            answer = answers.refusal(no, request_id)
        except Exception:
            _log.exception("failed", request_id=request_id)
            words = "this is our fault; it is in our log under the request_id"
            answer = answers.refusal(Problem(500, "internal_error", words), request_id)
        await answers.respond(send, answer, request_id)

    async def close(self) -> None:
        """Lets go of the database."""
        await self._connection.close()

    async def _answer(self, scope: Scope, headers: Mapping[bytes, str]) -> Answer:
        if scope["method"] != "GET":
            words = f"{scope['method']} is not done here, only GET"
            raise Problem(405, "method_not_allowed", words, allow="GET")
        named = cast("re.Match[str]", PATH.fullmatch(scope["path"]))[1]
        bot, at, plans, *figures = await self._standing(answers.secret(headers), named)
        if bot is None:
            raise Problem(404, "not_found", f"no bot {named!r} in this workspace", "bot")
        balance = _balance(*figures)
        if plans:
            balance = self._planned(balance, plans, at)
        gate = status.gate(balance)
        fields = {name: getattr(gate, name) for name in gate.__dataclass_fields__}
        return Answer(200, msgspec.json.encode({"bot": bot, **fields}))

    def _planned(self, balance: Balance, plans: list[Any], at: datetime) -> Balance:
        """By the plan that prices the bot's sessions, and how many its month has had."""
        stretches = [self._stretch(one[:7]) for one in plans]
        tariff = Tariff(stretches)
        tally = tariff.tally(Unit.BILLING_SESSION, periods.to_micros(at))
        if tally is None:
            return balance
        counted = {
            (stretch.subscription, stretch.version, start): used
            for stretch, (*_, start, used) in zip(stretches, plans, strict=True)
        }
        offer = tariff.holding(tally).offer
        price = tariffs.price(offer, tally.unit, tally.is_trial, balance.as_it_goes)
        used = counted.get((tally.subscription, tally.version, tally.start), 0)
        return replace(balance, plan=price, used=used)

    def _stretch(self, plan: Sequence[Any]) -> Stretch:
        subscription, version, terms, day, zone, is_trial, start = plan
        if version not in self._offers:
            self._offers[version] = reading.stored_offer(msgspec.json.decode(terms))
        anchor = Anchor(date.fromisoformat(day), ZoneInfo(zone))
        offer = self._offers[version]
        return Stretch(subscription, version, offer, anchor, start, None, is_trial)

    async def _standing(self, secret: str, bot: str) -> tuple[Any, ...]:
        digest = hashlib.sha256(secret.encode()).digest()
        asked = {"digest": digest, "bot": bot, "at": self._now()}
        try:
            rows = await self._connection.rows(_FIND_STANDING, asked)
        except DatabaseAway as away:
            _log.error("database_away", cause=str(away))
            words = "the database does not answer; ask again"
            raise Problem(503, "database_away", words, retry_after=1) from away
        if not rows:
            words = (
                "send `Authorization: Bearer <API key>` with a key that is known and not revoked"
            )
            raise Problem(401, "unknown_key", words, "Authorization")
        return rows[0]


def _balance(
    is_contract: Any, is_free_first: Any, paid: Any, free: Any, spent_per_day: Any, price: Any
) -> Balance:
    return Balance(
        paid_micro=paid,
        free_micro=free,
        as_it_goes=price,
        spent_per_day_micro=spent_per_day,
        low_balance_micro=status.LOW_BALANCE_MICRO,
        is_contract=is_contract,
        is_free_first=is_free_first,
    )
