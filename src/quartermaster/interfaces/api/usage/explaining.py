"""What a session or an amount is made of; never the text of messages."""

from datetime import datetime
from typing import Any

from ninja import NinjaAPI, Schema

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name as IdName
from quartermaster.interfaces.api import credits
from quartermaster.interfaces.api.credits import LotOut, TransferOut
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import PROBLEMS, ProblemOut
from quartermaster.store.metering.lookups import Recut, SessionFacts, TouchedSession
from quartermaster.store.wallets.lookups import ChargeFacts, Draw, PricedCharge
from quartermaster.usecases.proof.explain_amount import (
    ExplainedAmount,
    ExplainedMonth,
    explain_amount,
)
from quartermaster.usecases.proof.explain_session import Explanation, explain_session


class ConversationOut(Schema):
    """The conversation. All but `id` is null where late events gave it another start, which happens
    to withdrawn sessions; `id` is null where events name none."""

    id: str | None
    start_at: datetime | None
    end_at: datetime | None
    anchor_at: datetime | None
    messages: int | None


class MessageOut(Schema):
    """A message, or a control, which has no sender."""

    at: datetime
    type: str
    sender: str | None
    channel: str | None


class PriceOut(Schema):
    """A version of a price, per unit."""

    id: str
    amount: str
    from_at: datetime


class PlanMonthOut(Schema):
    """A plan's price for the units of a month (or of a trial) together: the version that holds, and
    how many units there had been before this charge."""

    version: str
    title: str
    price: str
    month_from_at: datetime
    is_trial: bool
    position: int


class DrawOut(Schema):
    """Credit that a transfer moved: `source` is paid, free or debt; below zero it was given
    back."""

    transfer: str
    source: str
    lot: str | None
    amount: str


class ChargeOut(Schema):
    """A charge, or (below zero) what takes one back; of no units, what others of a plan's month
    cost more or less since. Priced by a price version, or else by a plan."""

    id: str
    quantity: int
    amount: str
    currency: str
    at: datetime
    formula: str
    price: PriceOut | None
    plan: PlanMonthOut | None
    draws: list[DrawOut]


class TouchedOut(Schema):
    """A session that a correction made, or else took back."""

    id: str
    start_at: datetime
    unit: str
    is_new: bool


class RecutOut(Schema):
    """Late events had sessions from `from_at` on worked out again: `sessions` were made or taken
    back. `before` and `after` count all, billing and voice, from the start of the conversation on,
    with later ones of the same end user and channel; those that stayed as they were are counted and
    not listed."""

    at: datetime
    from_at: datetime
    before: int
    after: int
    sessions: list[TouchedOut]


class ExplainedSessionOut(Schema):
    """A session and what it is made of. It begins and ends with its block, and the instant at which
    that ends is part of it. `withdrawn_at` is null while it stands."""

    id: str
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    start_at: datetime
    end_at: datetime
    made_at: datetime | None
    withdrawn_at: datetime | None
    conversation: ConversationOut
    messages: list[MessageOut]
    charges: list[ChargeOut]
    recuts: list[RecutOut]


class ChargedForOut(Schema):
    """A charge and what it is for; `session` is null for units of a quarter of an hour."""

    session: str | None
    bot: str
    bot_name: str
    unit: str
    slot_at: datetime
    charge: ChargeOut


class SeatChargeOut(Schema):
    """What was drawn for a month of seats or, below zero, given back, when it came to so many."""

    seats: int
    amount: str
    at: datetime


class SeatMonthOut(Schema):
    """A plan's month with seats beyond those that were bought: the most there were at once, or that
    were held, with who was there when it was first so many. `is_late`: log-ins came since, and it
    will be counted again."""

    id: str
    bot: str
    bot_name: str
    product: str
    from_at: datetime
    to_at: datetime
    kind: str
    bought: int | None
    seats: int
    price: str
    first_at: datetime | None
    agents: list[str]
    formula: str
    amount: str
    is_late: bool
    settled_at: datetime
    charges: list[SeatChargeOut]


class ExplainedAmountOut(Schema):
    """An amount and what it comes from: `formula` says it in words. `deliveries` are when the units
    of a charge without session came, archived or not: those of its unit in its quarter of an hour,
    the first thousand."""

    id: str
    amount: str
    currency: str
    at: datetime
    formula: str
    transfer: TransferOut | None
    charge: ChargedForOut | None
    session: ExplainedSessionOut | None
    deliveries: list[datetime]
    lots: list[LotOut]
    seat_month: SeatMonthOut | None


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    problems = PROBLEMS | {410: ProblemOut}

    @api.get(
        "/sessions/{session}",
        response={200: ExplainedSessionOut, **problems},
        summary="One session",
    )
    def explained_session(request: Any, session: str) -> dict[str, Any]:
        """What a session (`ses_12`) is made of: conversation, messages, charges, corrections."""
        _, number = public_ids.read(session, IdName.SESSION, field="session")
        found = explain_session(number, shell.archive, request.auth.public_id)
        return _session(found, request.auth.currency)

    @api.get("/explain/{id}", response={200: ExplainedAmountOut, **problems}, summary="Explain")
    def explain(request: Any, id: str) -> dict[str, Any]:  # noqa: A002
        """How the amount of a charge (`chg_7`), a transfer (`trf_9`) or a month of seats beyond
        those that were bought (`smo_3`) came about."""
        found = explain_amount(request.auth.id, id, shell.archive)
        return _amount(found, request.auth.currency)


def _session(found: Explanation, currency: str) -> dict[str, Any]:
    one = found.session
    return {
        "id": public_ids.of(IdName.SESSION, one.id),
        "bot": one.bot,
        "bot_name": one.bot_name,
        "channel": one.channel,
        "user": one.user,
        "unit": one.unit,
        "start_at": one.start_at,
        "end_at": found.end_at,
        "made_at": one.made_at,
        "withdrawn_at": one.withdrawn_at,
        "conversation": _conversation(one),
        "messages": found.messages,
        "charges": [_charge(charge, currency) for charge in found.charges],
        "recuts": [_recut(recut) for recut in found.recuts],
    }


def _conversation(one: SessionFacts) -> dict[str, Any]:
    return {
        "id": one.conversation,
        "start_at": one.conversation_start_at,
        "end_at": one.conversation_end_at,
        "anchor_at": one.anchor_at,
        "messages": one.messages,
    }


def _charge(one: PricedCharge, currency: str) -> dict[str, Any]:
    price, plan = one.price, one.plan
    return {
        "id": public_ids.of(IdName.CHARGE, one.id),
        "quantity": one.quantity,
        "amount": money.exact_micro(one.amount_micro),
        "currency": currency,
        "at": one.at,
        "formula": one.formula,
        "price": price
        and {
            "id": public_ids.of(IdName.PRICE, price.id),
            "amount": money.exact(price.amount),
            "from_at": price.from_at,
        },
        "plan": plan
        and {
            "version": f"{plan.key}@{plan.number}",
            "title": plan.title,
            "price": one.plan_price,
            "month_from_at": plan.start_at,
            "is_trial": plan.is_trial,
            "position": plan.position,
        },
        "draws": [_draw(draw) for draw in one.draws],
    }


def _draw(one: Draw) -> dict[str, Any]:
    return {
        "transfer": public_ids.of(IdName.TRANSFER, one.transfer),
        "source": one.source,
        "lot": public_ids.of(IdName.LOT, one.lot) if one.lot else None,
        "amount": money.exact_micro(one.amount_micro),
    }


def _recut(one: Recut) -> dict[str, Any]:
    return {
        "at": one.at,
        "from_at": one.from_at,
        "before": one.before,
        "after": one.after,
        "sessions": [_touched(touched) for touched in one.sessions],
    }


def _touched(one: TouchedSession) -> dict[str, Any]:
    return {
        "id": public_ids.of(IdName.SESSION, one.id),
        "start_at": one.start_at,
        "unit": one.unit,
        "is_new": one.is_new,
    }


def _amount(found: ExplainedAmount, currency: str) -> dict[str, Any]:
    moved = found.transfer
    return {
        "id": found.id,
        "amount": money.exact_micro(found.amount_micro),
        "currency": currency,
        "at": found.at,
        "formula": found.formula,
        "transfer": credits.transfer(moved, currency) if moved else None,
        "charge": _charged_for(found.charge, currency) if found.charge else None,
        "session": _session(found.session, currency) if found.session else None,
        "deliveries": found.deliveries,
        "lots": [credits.lot(one) for one in found.lots.values()],
        "seat_month": _seat_month(found.seat_month) if found.seat_month else None,
    }


def _seat_month(one: ExplainedMonth) -> dict[str, Any]:
    alike = ("id", "bot", "bot_name", "product", "kind", "bought", "seats", "first_at", "agents")
    return {name: getattr(one, name) for name in (*alike, "formula", "is_late", "settled_at")} | {
        "from_at": one.start_at,
        "to_at": one.end_at,
        "price": money.exact(one.price),
        "amount": money.exact_micro(one.amount_micro),
        "charges": [
            {"seats": each.seats, "amount": money.exact_micro(each.amount_micro), "at": each.at}
            for each in one.charges
        ],
    }


def _charged_for(one: ChargeFacts, currency: str) -> dict[str, Any]:
    return {
        "session": public_ids.of(IdName.SESSION, one.session) if one.session else None,
        "bot": one.bot,
        "bot_name": one.bot_name,
        "unit": one.unit,
        "slot_at": one.slot_at,
        "charge": _charge(one.charge, currency),
    }
