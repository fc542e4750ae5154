"""A workspace's contract, and the statements of its cycles."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from ninja import NinjaAPI, Path, Schema
from ninja.decorators import decorate_view

from quartermaster.core import money
from quartermaster.core.plans.contracts.agreements import Price
from quartermaster.core.plans.contracts.statements import Line
from quartermaster.interfaces.api.plans.catalog import ModelOut, priced
from quartermaster.interfaces.api.questions import Name, Shell
from quartermaster.interfaces.api.schemas import PROBLEMS, REVALIDATED, UNCHANGED
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Statement
from quartermaster.store.contracts.telling import ToldLine
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.plans.contracts.preview_statement import Preview, preview_statement
from quartermaster.usecases.plans.contracts.show_statement import show_statement

_SESSIONS: Final = ("billing_session", "voice_session")
_MOST_DAYS: Final = 365
_TICK: Final = timedelta(microseconds=1)


class AgreedPriceOut(Schema):
    """What a unit or, with a `kind`, a seat of a product costs from `start` until `end` (null:
    open), beyond what is included of a cycle. Of several the last one counts."""

    what: str
    kind: Literal["named", "concurrent"] | None
    included: int
    price: ModelOut
    start: datetime
    end: datetime | None


class BilledBotOut(Schema):
    """How much of a line is a bot's. `sessions` is the address of those that it counts, where they
    are sessions of at most 365 days."""

    bot: str
    bot_name: str
    quantity: int
    sessions: str | None


class StatementLineOut(Schema):
    """`of` is the unit or product that is priced. `order` is that of a fee; `corrects` names the
    statement that an adjustment corrects."""

    what: Literal["usage", "seats", "overage", "fee", "true_up", "adjustment"]
    of: str | None
    description: str
    quantity: int
    formula: str
    amount: str
    start: datetime
    end: datetime
    bots: list[BilledBotOut]
    order: str | None
    corrects: str | None


class SoFarOut(Schema):
    """The statement that the running cycle would have if nothing more were used."""

    start: datetime
    end: datetime
    due_date: date
    total: str
    lines: list[StatementLineOut]


class ContractOut(Schema):
    """What holds from `start` until `end` (null: open). Cycles are counted from `anchor_date`."""

    id: str
    months: int
    anchor_date: date
    currency: str
    commitment: str
    net_days: int
    start: datetime
    end: datetime | None
    prices: list[AgreedPriceOut]
    so_far: SoFarOut


class StatementOut(Schema):
    """What a cycle came to. `commitment` is what it comes to at least, without adjustments."""

    id: str
    contract: str
    number: int
    start: datetime
    end: datetime
    due_date: date
    currency: str
    commitment: str
    total: str
    closed_at: datetime


class StatementsOut(Schema):
    """The latest first."""

    statements: list[StatementOut]


class ToldStatementOut(StatementOut):
    """A statement with its lines."""

    lines: list[StatementLineOut]


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""

    @api.get(
        "/contract",
        response={200: ContractOut, **REVALIDATED},
        summary="The contract, and its running cycle",
    )
    @decorate_view(*UNCHANGED)
    def contract(request: Any) -> dict[str, Any]:
        """What was agreed, and what the running cycle comes to so far."""
        return _contract(
            preview_statement(request.auth, shell.now(request.auth), shell.archive), request.auth
        )

    @api.get("/statements", response={200: StatementsOut, **PROBLEMS}, summary="Statements")
    def statements(request: Any) -> dict[str, Any]:
        """What closed cycles came to, of all contracts there have been; the latest first."""
        found = queries.statements_of_workspace(request.auth.id)
        return {"statements": [_statement(one) for one in found]}

    @api.get(
        "/statements/{statement}",
        response={200: ToldStatementOut, **PROBLEMS},
        summary="A statement, line by line",
    )
    def statement(request: Any, statement: Annotated[Name, Path()]) -> dict[str, Any]:
        """Each line with how it came about and what it is made of."""
        found = show_statement(request.auth, statement)
        return _statement(found.statement) | {"lines": _lines(found.lines, request.auth)}


def _contract(found: Preview, workspace: Workspace) -> dict[str, Any]:
    one, so_far = found.contract, found.statement
    return {
        "id": one.public_id,
        "months": one.months,
        "anchor_date": one.anchor_date,
        "currency": one.currency,
        "commitment": _amount(one.commitment_minor, one.currency),
        "net_days": one.net_days,
        "start": one.start_at,
        "end": one.end_at,
        "prices": [_price(each, one.currency) for each in found.prices],
        "so_far": {
            "start": so_far.cycle.start,
            "end": so_far.cycle.end,
            "due_date": so_far.due_date,
            "total": _amount(so_far.total_minor, one.currency),
            "lines": _lines(found.lines, workspace),
        },
    }


def _price(one: Price, currency: str) -> dict[str, Any]:
    return {
        "what": one.what,
        "kind": one.kind,
        "included": one.price.included,
        "price": priced(one.price.model, money.symbol(currency)),
        "start": one.start,
        "end": one.end,
    }


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "contract": one.contract.public_id,
        "number": one.number,
        "start": one.start_at,
        "end": one.end_at,
        "due_date": one.due_date,
        "currency": one.currency,
        "commitment": _amount(one.commitment_minor, one.currency),
        "total": _amount(one.total_minor, one.currency),
        "closed_at": one.closed_at,
    }


def _lines(several: list[ToldLine], workspace: Workspace) -> list[dict[str, Any]]:
    return [
        {
            "what": one.line.what,
            "of": one.line.of,
            "description": one.line.description,
            "quantity": one.line.quantity,
            "formula": one.line.formula,
            "amount": _amount(one.line.amount_minor, workspace.currency),
            "start": one.line.period.start,
            "end": one.line.period.end,
            "bots": billed(one, ZoneInfo(workspace.time_zone)),
            "order": one.order,
            "corrects": one.corrects,
        }
        for one in several
    ]


def billed(one: ToldLine, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Whose the units of a line are."""
    return [
        {
            "bot": bot.public_id,
            "bot_name": bot.name,
            "quantity": quantity,
            "sessions": _sessions(one.line, bot, zone),
        }
        for bot, quantity in one.bots
    ]


def _sessions(line: Line, bot: Bot, zone: ZoneInfo) -> str | None:
    """Where the sessions of a line are listed, by local days."""
    period = line.period
    first, last = (at.astimezone(zone).date() for at in (period.start, period.end - _TICK))
    if line.of not in _SESSIONS or (last - first).days >= _MOST_DAYS:
        return None
    asked = {"bot": bot.public_id, "unit": line.of, "from": first, "to": last}
    return f"/v1/sessions?{urlencode(asked)}"


def _amount(amount_minor: int, currency: str) -> str:
    return money.exact_minor(amount_minor, currency)
