"""Credit: wallets, the free pool, and the transfers that moved it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import NinjaAPI, Query, Schema
from ninja.decorators import decorate_view
from pydantic import Field, WithJsonSchema

from quartermaster.core import money
from quartermaster.core.formats import cursors, public_ids
from quartermaster.core.formats.public_ids import Name as IdName
from quartermaster.core.ledger.transfers import Fact
from quartermaster.interfaces.api import questions
from quartermaster.interfaces.api.questions import Name, Paged, Shell
from quartermaster.interfaces.api.schemas import PROBLEMS, REVALIDATED, UNCHANGED
from quartermaster.store.ledger import queries as ledger
from quartermaster.store.ledger.queries import PostedTransfer, WhichTransfers
from quartermaster.store.people import queries as people
from quartermaster.store.wallets.lookups import LotFacts
from quartermaster.usecases.reports.show_free_credits import show_free_credits
from quartermaster.usecases.reports.show_wallet import HeldCredit, show_wallet


class TransfersAsked(Paged):
    """Which transfers."""

    bot: Name | None = Field(None, description="Name or public id.")
    fact: Annotated[Fact, WithJsonSchema({"enum": [*Fact], "type": "string"})] | None = Field(
        None, description="Why credit moved."
    )


class LotOut(Schema):
    """Credit that came at once, and what became of it: `granted` is what remains and what was used,
    lapsed, or settled debt. `bot` is null for free credit."""

    id: str
    source: str
    bot: str | None
    granted: str
    remaining: str
    used: str
    lapsed: str
    settled: str
    expires_at: datetime | None
    granted_at: datetime


class WalletOut(Schema):
    """`free` is left in the workspace's pool, which all bots share; below zero, `paid` is debt.
    `sessions_left` is null where credit is no limit, `days_left` where nothing was spent."""

    bot: str
    bot_name: str
    currency: str
    paid: str
    free: str
    status: Literal["sufficient", "low", "using_free", "inactive"]
    may_serve: bool
    reason: str
    pays_from: Literal["paid", "free"] | None
    sessions_left: int | None
    days_left: str | None
    session_price: str
    spent_per_day: str
    lots: list[LotOut]


class FreeCreditsOut(Schema):
    """`left` counts what has not expired; `expires_at` is when the next of it does."""

    currency: str
    left: str
    expires_at: datetime | None
    lots: list[LotOut]


class TransferOut(Schema):
    """`amount` moved from the account `debit` to the account `credit`; `bot` is whose credit or
    usage it was."""

    id: str
    fact: str
    debit: str
    credit: str
    bot: str | None
    bot_name: str | None
    amount: str
    currency: str
    lot: str | None
    charge: str | None
    at: datetime


class TransfersOut(Schema):
    """The latest first; `next_cursor` asks for the page after this one."""

    transfers: list[TransferOut]
    next_cursor: str | None


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""

    @api.get("/bots/{bot}/wallet", response={200: WalletOut, **REVALIDATED}, summary="Wallet")
    @decorate_view(*UNCHANGED)
    def wallet(request: Any, bot: str) -> dict[str, Any]:
        """What a bot can draw on, where its paid credit came from, and how long all will last."""
        found = people.get_bot(request.auth, bot)
        return _wallet(show_wallet(found, shell.now(request.auth)), request.auth.currency)

    @api.get("/free-credits", response={200: FreeCreditsOut, **REVALIDATED}, summary="Free credits")
    @decorate_view(*UNCHANGED)
    def free_credits(request: Any) -> dict[str, Any]:
        """What the workspace's pool holds, and until when."""
        found = show_free_credits(request.auth.id, shell.now(request.auth))
        return {
            "currency": request.auth.currency,
            "left": money.exact_micro(found.left_micro),
            "expires_at": found.expires_at,
            "lots": [lot(one) for one in found.lots],
        }

    @api.get("/transfers", response={200: TransfersOut, **PROBLEMS}, summary="Transfers")
    def transfers(request: Any, asked: Query[TransfersAsked]) -> dict[str, Any]:
        """The workspace's transfers, the latest first."""
        bot = questions.find_bot(request.auth, asked.bot)
        which = WhichTransfers(request.auth.id, bot.id if bot else None, asked.fact)
        found = ledger.transfers(which, shell.now(request.auth), asked.place(), asked.limit + 1)
        last = found[asked.limit - 1] if len(found) > asked.limit else None
        return {
            "transfers": [transfer(one, request.auth.currency) for one in found[: asked.limit]],
            "next_cursor": cursors.written(last.at, last.id) if last else None,
        }


def lot(one: LotFacts) -> dict[str, Any]:
    """A lot as `LotOut` has it."""
    return {
        "id": public_ids.of(IdName.LOT, one.id),
        "source": one.source,
        "bot": one.bot,
        "granted": money.exact_micro(one.granted_micro),
        "remaining": money.exact_micro(one.remaining_micro),
        "used": money.exact_micro(one.used_micro),
        "lapsed": money.exact_micro(one.lapsed_micro),
        "settled": money.exact_micro(one.settled_micro),
        "expires_at": one.expires_at,
        "granted_at": one.granted_at,
    }


def transfer(one: PostedTransfer, currency: str) -> dict[str, Any]:
    """A transfer as `TransferOut` has it."""
    return {
        "id": public_ids.of(IdName.TRANSFER, one.id),
        "fact": one.fact,
        "debit": one.debit,
        "credit": one.credit,
        "bot": one.bot,
        "bot_name": one.bot_name,
        "amount": money.exact_micro(one.amount_micro),
        "currency": currency,
        "lot": public_ids.of(IdName.LOT, one.lot) if one.lot else None,
        "charge": public_ids.of(IdName.CHARGE, one.charge) if one.charge else None,
        "at": one.at,
    }


def _wallet(found: HeldCredit, currency: str) -> dict[str, Any]:
    gate, balance = found.gate, found.balance
    return {
        "bot": found.bot.public_id,
        "bot_name": found.bot.name,
        "currency": currency,
        "paid": money.exact_micro(balance.paid_micro),
        "free": money.exact_micro(balance.free_micro),
        "status": gate.status,
        "may_serve": gate.may_serve,
        "reason": gate.reason,
        "pays_from": gate.pays_from,
        "sessions_left": gate.sessions_left,
        "days_left": None if gate.days_left is None else str(gate.days_left),
        "session_price": money.exact(balance.session_price),
        "spent_per_day": money.exact_micro(balance.spent_per_day_micro),
        "lots": [lot(one) for one in found.lots],
    }
