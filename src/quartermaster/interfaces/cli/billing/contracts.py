"""`quartermaster contracts`: agree, price, show, preview and close."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.plans.contracts.agreements import NET_DAYS, Price
from quartermaster.core.pricing import wording
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Contract, Statement
from quartermaster.store.contracts.telling import ToldLine
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.plans.contracts import agree_price as pricing
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from quartermaster.usecases.plans.contracts.preview_statement import preview_statement
from quartermaster.usecases.plans.contracts.show_statement import show_statement
from quartermaster.usecases.ports import EventArchive

Day = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day, local [default: now]"),
]
PriceDay = Annotated[
    datetime | None,
    typer.Option(
        "--from", formats=["%Y-%m-%d"], help="First day, local [default: what is not closed yet]"
    ),
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Day after the last")
]
AnchorDay = Annotated[
    datetime | None,
    typer.Option(
        "--anchor", formats=["%Y-%m-%d"], help="Cycles are counted from it [default: first day]"
    ),
]
Months = Annotated[int, typer.Option(help="Of a cycle: 1, 3 or 12")]
Commitment = Annotated[
    Any,
    typer.Option(parser=choices.amount, metavar="AMOUNT", help="What a cycle comes to at least"),
]
NetDays = Annotated[int, typer.Option(help="Days to pay")]
Key = Annotated[
    str | None,
    typer.Option(callback=choices.not_empty, help="The same key again is the same agreement"),
]
What = Annotated[str, typer.Argument(help="A unit, or with --seats a product")]
Terms = Annotated[
    str, typer.Argument(help='A price as in a catalog, in JSON: \'{"model": "per_unit", …}\'')
]
Seats = Annotated[
    str | None, typer.Option("--seats", help="Price seats of a product: named or concurrent")
]
StatementId = Annotated[str | None, typer.Argument(metavar="[STATEMENT]", help="Its id")]


def register(app: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Contracts of enterprise workspaces.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="contracts")
    _agreeing(group, shell)
    _cycles(group, shell, archive)


def _agreeing(group: typer.Typer, shell: Shell) -> None:
    @group.command("agree")
    def agree(
        workspace: WorkspaceName = None,
        months: Months = 1,
        commitment: Commitment = "0",
        net_days: NetDays = NET_DAYS,
        start: Day = None,
        until: Until = None,
        anchor: AnchorDay = None,
        key: Key = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Agree a contract; usage takes no credit from then on. The one before ends."""
        where = choices.workspace(workspace)
        days = (one.date() if one else None for one in (start, until, anchor))
        named, name = _key(where, key)
        try:
            least = money.payable_minor(commitment, where.currency)
            wanted = Wanted(where, months, least, net_days, *days)
            made = agree_contract(wanted, named, shell.now(where))
        except Refusal as no:
            output.fail(no)
        output.answer(format, _contract(made) | {"key": name}, _zone(where))

    @group.command("price")
    def price(
        what: What,
        terms: Terms,
        workspace: WorkspaceName = None,
        seats: Seats = None,
        start: PriceDay = None,
        until: Until = None,
        key: Key = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Agree the price of a unit or seat; it counts before those agreed earlier."""
        where = choices.workspace(workspace)
        days = (one.date() if one else None for one in (start, until))
        wanted = pricing.Wanted(where, what, _terms(terms), seats, *days)
        named, name = _key(where, key)
        try:
            made = queries.price(pricing.agree_price(wanted, named, shell.now(where)))
        except Refusal as no:
            output.fail(no)
        output.answer(format, _price(made, where.currency) | {"key": name}, _zone(where))


def _cycles(group: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    @group.command("show")
    def show(
        statement: StatementId = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Contracts, their prices and statements; or one statement, line by line."""
        where = choices.workspace(workspace)
        if statement is None:
            _show_all(where, format)
            return
        try:
            found = show_statement(where, statement)
        except Refusal as no:
            output.fail(no)
        _show(_statement(found.statement), found.lines, format, where)

    @group.command("preview")
    def preview(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What the running cycle comes to so far."""
        where = choices.workspace(workspace)
        try:
            found = preview_statement(where, shell.now(where), archive)
        except Refusal as no:
            output.fail(no)
        cycle = found.statement.cycle
        total = money.shown_minor(found.statement.total_minor, where.currency)
        facts = {"from": cycle.start, "until": cycle.end, "due": found.statement.due_date}
        _show(facts | {"total": total}, found.lines, format, where)

    @group.command("close")
    def close(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Close all cycles that are over; the job does so an hour after their end."""
        where = choices.workspace(workspace)
        made = []
        for contract in queries.contracts_of(where.id):
            while statement := close_cycle(contract.id, shell.now(where), archive):
                made.append(statement)
        _list(made, format, _zone(where))


def _key(where: Workspace, key: str | None) -> tuple[uuid.UUID, str]:
    name = key or str(uuid.uuid4())
    return uuid.uuid5(uuid.NAMESPACE_OID, f"contract {where.public_id} {name}"), name


def _terms(text: str) -> dict[str, Any]:
    """Numbers as they are written."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{text!r} is no JSON object with a price model")
    return found


def _contract(one: Contract) -> dict[str, Any]:
    return {
        "contract": one.public_id,
        "months": one.months,
        "commitment": money.shown_minor(one.commitment_minor, one.currency),
        "net_days": one.net_days,
        "anchor": one.anchor_date,
        "from": one.start_at,
        "until": one.end_at,
    }


def _price(one: Price, currency: str) -> dict[str, Any]:
    words = wording.usage(one.price, money.symbol(currency))
    what = one.what if one.kind is None else f"{one.what}, {one.kind} seats"
    return {"what": what, "price": words, "from": one.start, "until": one.end}


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "statement": one.public_id,
        "number": one.number,
        "from": one.start_at,
        "until": one.end_at,
        "due": one.due_date,
        "total": money.shown_minor(one.total_minor, one.currency),
    }


def _line(one: ToldLine, currency: str) -> dict[str, Any]:
    line = one.line
    return {
        "what": line.what,
        "description": line.description,
        "quantity": line.quantity,
        "formula": line.formula,
        "amount": money.shown_minor(line.amount_minor, currency),
        "from": line.period.start,
        "until": line.period.end,
        "bots": {bot.name: quantity for bot, quantity in one.bots},
        "order": one.order,
        "corrects": one.corrects,
    }


def _show(
    facts: dict[str, Any], lines: Sequence[ToldLine], form: output.Format, where: Workspace
) -> None:
    rows = [_line(one, where.currency) for one in lines]
    if form is output.Format.JSON:
        output.print_json(facts | {"lines": rows})
        return
    output.answer(form, facts, _zone(where))
    names = ("description", "quantity", "formula", "amount")
    several = [tuple(str(row[name]) for name in names) for row in rows]
    titles = [name.title() for name in names]
    output.show(output.listing(titles, several, folded=(0, 2)))


def _show_all(where: Workspace, form: output.Format) -> None:
    found = [
        _contract(one)
        | {"prices": [_price(each, one.currency) for each in queries.agreed(one).prices]}
        | {"statements": [_statement(each) for each in queries.statements_of(one.id)]}
        for one in queries.contracts_of(where.id)
    ]
    if form is output.Format.JSON:
        output.print_json({"contracts": found})
        return
    if not found:
        typer.echo("There is no contract.")
    for one in found:
        prices, statements = one.pop("prices"), one.pop("statements")
        output.answer(form, one, _zone(where))
        _table(prices, _zone(where))
        _table(statements, _zone(where))


def _list(statements: Sequence[Statement], form: output.Format, zone: ZoneInfo) -> None:
    rows = [_statement(one) for one in statements]
    if form is output.Format.JSON:
        output.print_json({"statements": rows})
    elif not rows:
        typer.echo("No cycle is over.")
    _table(rows if form is output.Format.TABLE else [], zone)


def _zone(where: Workspace) -> ZoneInfo:
    return ZoneInfo(where.time_zone)


def _table(rows: Sequence[dict[str, Any]], zone: ZoneInfo) -> None:
    if rows:
        values = [tuple(output.words(one, zone) for one in row.values()) for row in rows]
        titles = [name.title() for name in rows[0]]
        output.show(output.listing(titles, values, folded=range(1, len(titles))))
