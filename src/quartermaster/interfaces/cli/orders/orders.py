"""`quartermaster orders`: what was ordered, and what the operator knows of its payment."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import OPERATOR, Format, Shell, WorkspaceName
from quartermaster.interfaces.cli.orders import acting, paying, showing
from quartermaster.interfaces.cli.orders.choosing import OrderId, find
from quartermaster.store.orders import queries, telling
from quartermaster.store.orders.models import Order
from quartermaster.store.people import queries as people
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.settling.fulfil_order import fulfil_order
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer
from quartermaster.usecases.reports.explain_order import explain_order

_TITLES = ("Order", "Ordered", "Bot", "What", "State", "Total")


def register(app: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What was ordered.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="orders")
    _read(group)
    _tell(group, shell, gateways)
    paying.register(group, shell, gateways)
    words = "Nothing is to come of an order; a page that is open for it is withdrawn."
    act: acting.Act = lambda one, at: cancel_order(gateways, one.id, at, OPERATOR)  # noqa: E731
    acting.add(group, shell, "cancel", words, act)


def _read(group: typer.Typer) -> None:
    @group.command("list")
    def list_(
        workspace: WorkspaceName = None,
        bot: Annotated[str | None, typer.Option(help="This bot's only")] = None,
        limit: Annotated[int, typer.Option(min=1, help="How many at most")] = 100,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The latest first; totals are with tax."""
        where = choices.workspace(workspace)
        with output.refusals():
            only = people.get_bot(where, bot).id if bot else None
        found = queries.of_workspace(where.id, only, limit=limit)
        if format is output.Format.JSON:
            sums = queries.sums_of([one.id for one in found])
            output.print_json({"orders": [telling.order(one, sums[one.id]) for one in found]})
        elif found:
            output.show(output.listing(_TITLES, map(_row, found), folded=(2, 3, 4)))
        else:
            typer.echo("Nothing was ordered.")

    @group.command("show")
    def show(
        order: OrderId,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Its lines, how their amounts came about, the attempts to pay it, what went back, and who
        did what."""
        with output.refusals():
            found = find(workspace, order)
        showing.answer_order(format, explain_order(found))


def _tell(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    words = "The money is there: what was ordered comes. A page that is open is closed."
    paid = _reporting(gateways, PaymentAnswer(Outcome.SUCCEEDED))
    acting.add(group, shell, "paid", f"{words} Twice is once.", paid)

    words = "Give what was paid for and could not be given then. Twice is once."
    acting.add(
        group, shell, "fulfil", words, lambda one, now: fulfil_order(one.id, OPERATOR, now())
    )

    @group.command("declined")
    def declined(
        order: OrderId,
        reason: Annotated[str, typer.Option(help="In words, for whoever ordered")] = "",
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The attempt that waits has failed; another may follow. Twice is once."""
        answer = PaymentAnswer(Outcome.DECLINED, reason)
        acting.do(shell, workspace, order, _reporting(gateways, answer), format)


def _reporting(gateways: Gateways, answer: PaymentAnswer) -> acting.Act:
    return lambda one, now: report_payment(gateways, one.id, answer, now, OPERATOR)


def _row(one: Order) -> tuple[str, ...]:
    total = money.shown_minor(one.due_minor, one.currency)
    ordered = one.ordered_at.astimezone(ZoneInfo(one.bot.workspace.time_zone))
    what, state = f"{one.kind} {one.title}", one.state.replace("_", " ")
    return (one.public_id, f"{ordered:%Y-%m-%d}", one.bot.name, what, state, total)
