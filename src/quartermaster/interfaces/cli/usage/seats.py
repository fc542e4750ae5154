"""`quartermaster seats`: how many were needed, who may log in, and who holds one."""

from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.formats import public_ids
from quartermaster.core.usage import products
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, From, Shell, To, WorkspaceName
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import SeatMonth
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.check_seat import check_seat
from quartermaster.usecases.entitlements.count_overage import MonthOverage, count_overage
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.proof.explain_amount import ExplainedMonth, explain_amount
from quartermaster.usecases.usage.count_seats import SeatCount, count_seats


class Product(StrEnum):
    """The products that agents work in."""

    CONTACT_CENTER_AI = products.WITH_AGENTS[0]
    AGENT_AI = products.WITH_AGENTS[1]


Which = Annotated[Product, typer.Option(help="Where the agents work")]
Tolerance = Annotated[
    int, typer.Option(min=0, max=44_640, help="Minutes above a level that are forgiven")
]
Agent = Annotated[str, typer.Argument(help="As events name the agent")]
BotName = Annotated[str, typer.Option("--bot", help="Name or id")]
ANYWHERE = Product.CONTACT_CENTER_AI


def register(app: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Agent seats.", invoke_without_command=True)
    app.add_typer(group, name="seats")
    _counting(group, shell, archive)
    _assigning(group, shell)
    _asking(group, shell, archive)
    _billed(group, archive)


def _counting(group: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    @group.callback()
    def seats(
        context: typer.Context,
        workspace: WorkspaceName = None,
        product: Which = ANYWHERE,
        start: From = None,
        end: To = None,
        tolerance: Tolerance = 0,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Agent seats: the busiest moment and who was on; by default this month so far."""
        if context.invoked_subcommand is not None:
            return
        where = choices.workspace(workspace)
        period = choices.period(start, end, ZoneInfo(where.time_zone), shell.now(where))
        forgiven = timedelta(minutes=tolerance)
        found = count_seats(where.id, product.value, period, forgiven, archive)
        if format is output.Format.JSON:
            output.print_json(asdict(found))
        else:
            _show_seats(found, ZoneInfo(where.time_zone))


def _assigning(group: typer.Typer, shell: Shell) -> None:
    @group.command("assign")
    def assign(
        agent: Agent,
        bot: BotName,
        product: Which = ANYWHERE,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Give an agent a named seat. Twice is once."""
        try:
            found = _bot(workspace, bot)
            made = assign_seat(found, product.value, agent, shell.now(found.workspace))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"agent": agent, "product": product.value, "since": made.start_at})

    @group.command("release")
    def release(
        agent: Agent,
        bot: BotName,
        product: Which = ANYWHERE,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Take an agent's named seat back; it counts to the end of the plan's month."""
        try:
            found = _bot(workspace, bot)
            release_seat(found, product.value, agent, shell.now(found.workspace))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"released": agent, "product": product.value})

    @group.command("list")
    def listed(
        bot: BotName,
        product: Which = ANYWHERE,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Who holds a named seat now."""
        found = subscriptions.assigned(_bot(workspace, bot).id, product.value)
        rows = [(one.agent, f"{one.start_at:%Y-%m-%d %H:%M} UTC") for one in found]
        if format is output.Format.JSON:
            output.print_json([{"agent": one.agent, "since": one.start_at} for one in found])
        elif rows:
            output.show(output.listing(("Agent", "Since"), rows))
        else:
            typer.echo("Nobody holds a named seat.")


def _asking(group: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    @group.command("check")
    def check(
        agent: Agent,
        bot: BotName,
        product: Which = ANYWHERE,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """May an agent log in? A yes is kept for a minute."""
        try:
            where = _bot(workspace, bot)
            at = shell.now(where.workspace)
            answer = check_seat(where, product.value, agent, at, archive)
        except Refusal as no:
            output.fail(no)
        said = {"may_log_in": answer.may_log_in, "reason": answer.reason}
        counted = {"seats": answer.seats.bought, "used": answer.seats.used}
        policy = {"left": answer.seats.left, "policy": answer.seats.policy.value}
        output.answer(format, said | counted | policy)

    @group.command("overage")
    def overage(
        bot: BotName,
        product: Which = ANYWHERE,
        tolerance: Tolerance = 0,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Seats beyond those bought, in the plan's present month so far."""
        forgiven = timedelta(minutes=tolerance)
        where = _bot(workspace, bot)
        at = shell.now(where.workspace)
        found = count_overage(where, product.value, at, forgiven, archive)
        output.answer(format, _overage(found, where))


def _billed(group: typer.Typer, archive: EventArchive) -> None:
    @group.command("months")
    def months(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Months whose overage was settled by credit, the latest first."""
        found = overages.of_workspace(choices.workspace(workspace).id)
        rows = [_row(one) for one in found]
        if format is output.Format.JSON:
            output.print_json([dict(zip(_TITLES, row, strict=True)) for row in rows])
        elif rows:
            output.show(output.listing([title.title() for title in _TITLES], rows))
        else:
            typer.echo("No month was settled.")

    @group.command("month")
    def month(
        name: Annotated[str, typer.Argument(help="Its id, such as smo_3")],
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """One such month: the peak, who was there, and what was charged."""
        try:
            found = explain_amount(choices.workspace(workspace).id, name, archive).seat_month
        except Refusal as no:
            output.fail(no)
        if found is not None:
            output.answer(format, _month(found))


_TITLES = ("month", "bot", "product", "from", "to", "kind", "seats", "amount")


def _row(one: SeatMonth) -> tuple[str, ...]:
    name = public_ids.of(public_ids.Name.SEAT_MONTH, one.id)
    bot = one.subscription.bot
    times = (f"{one.start_at:%Y-%m-%d %H:%M}Z", f"{one.end_at:%Y-%m-%d %H:%M}Z")
    amount = money.exact_micro(one.amount_micro)
    return (name, bot.name, one.subscription.place, *times, one.kind, f"{one.seats}", amount)


def _month(one: ExplainedMonth) -> dict[str, object]:
    return {
        "month": one.id,
        "bot": one.bot_name,
        "product": one.product,
        "from": one.start_at,
        "to": one.end_at,
        "kind": one.kind,
        "bought": one.bought,
        "seats": one.seats,
        "first_at": one.first_at,
        "agents": ", ".join(one.agents),
        "formula": one.formula,
        "amount": money.exact_micro(one.amount_micro),
        "charges": ", ".join(money.exact_micro(each.amount_micro) for each in one.charges),
    }


def _overage(found: MonthOverage, bot: Bot) -> dict[str, object]:
    currency = bot.workspace.currency
    return {
        "from": found.month.start,
        "to": found.month.end,
        "seats": found.overage.seats,
        "formula": found.overage.formula(money.symbol(currency)),
        "amount": money.exact_minor(found.overage.amount_minor(currency), currency),
        "policy": found.seats.policy.value,
    }


def _bot(workspace: str | None, name: str) -> Bot:
    where = choices.workspace(workspace)
    try:
        return people.get_bot(where, name)
    except Refusal as no:
        output.fail(no)


def _show_seats(found: SeatCount, zone: ZoneInfo) -> None:
    facts = [("Concurrent seats", f"{found.concurrent:,}"), ("Named seats", f"{found.named:,}")]
    if found.peak_start is not None and found.peak_end is not None:
        begun, ended = found.peak_start.astimezone(zone), found.peak_end.astimezone(zone)
        day = "" if begun.date() == ended.date() else f"{ended:%Y-%m-%d} "
        until = f"{day}{ended:%H:%M:%S}"
        facts.append(("Peak", f"{found.peak:,}"))
        facts.append(("First at", f"{begun:%Y-%m-%d %H:%M:%S} to {until}"))
        facts.append(("On then", ", ".join(found.agents)))
    output.show(output.facts(facts))
