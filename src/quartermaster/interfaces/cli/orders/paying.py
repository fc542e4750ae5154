"""`quartermaster orders`: adding funds, and having orders paid."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

import typer

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import OPERATOR, Format, Shell, WorkspaceName
from quartermaster.interfaces.cli.orders import acting, showing
from quartermaster.interfaces.cli.orders.choosing import OrderId, find
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import queries, telling
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.open_page import Visit, open_page
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.submit_order import submit_order
from quartermaster.usecases.orders.refunds.refund_payment import (
    Back,
    NothingToRefund,
    refund_payment,
)
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.reports.explain_order import explain_order

Amount = Annotated[
    Any, typer.Argument(parser=choices.amount, metavar="AMOUNT", help="Such as 250 or 99.50")
]
Key = Annotated[
    str | None,
    typer.Option(callback=choices.not_empty, help="The same key again is done once"),
]
_WENT_BACK: Final = (
    "Only note it: it has gone back by other ways, as a lost dispute or at the provider's own page"
)
Back_ = Annotated[
    str,
    typer.Option("--return-url", help="Where the buyer goes afterwards"),
]


def register(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    _order(group, shell)
    _send(group, shell, gateways)
    _give_back(group, shell, gateways)

    @group.command("pay")
    def pay(
        order: OrderId,
        method: Annotated[
            str | None, typer.Option(help="A saved one, pm_… [default: the workspace's]")
        ] = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Have an order paid by whoever takes payments here."""

        def collect(one: Order, now: Callable[[], datetime]) -> Order:
            saved = billing.get_of(one.workspace_id, method) if method else None
            return collect_payment(gateways, one, now, saved)

        acting.do(shell, workspace, order, collect, format)


def _order(group: typer.Typer, shell: Shell) -> None:
    @group.command("funds")
    def funds(
        bot: Annotated[str, typer.Argument(metavar="BOT", help="Its name or id")],
        amount: Amount,
        draft: Annotated[bool, typer.Option(help="To be submitted later")] = False,
        key: Key = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Order credit for a bot's wallet; it comes when the order is paid."""
        where = choices.workspace(workspace)
        named = public_ids.keyed(where.public_id, key or str(uuid.uuid4()))
        with output.refusals():
            found = people.get_bot(where, bot)
            amount_minor = money.payable_minor(amount, where.currency)
            wanted = Funds(found, amount_minor, OPERATOR, draft)
            made = add_funds(wanted, named, shell.now(where))
        showing.answer_order(format, explain_order(made))

    words = "A draft is to be paid from now on. Twice is once."
    acting.add(
        group, shell, "submit", words, lambda one, now: submit_order(one.id, now(), OPERATOR)
    )


def _send(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    @group.command("checkout")
    def checkout(
        order: OrderId,
        back: Back_,
        method: Annotated[MethodKind, typer.Option(help="card or paypal")] = MethodKind.PAYPAL,
        save: Annotated[bool, typer.Option(help="Keep it, to be charged later")] = False,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Print the address of the page on which the buyer pays."""
        with output.refusals():
            found = find(workspace, order)
            visit = Visit(method, back, save)
            now = lambda: shell.now(found.bot.workspace)  # noqa: E731
            payment = open_page(gateways, found, visit, now)
        page = {"order": order, "payment": payment.public_id, "url": payment.url}
        if format is output.Format.JSON:
            output.print_json(page)
        else:
            typer.echo(payment.url)

    words = "The order waits for a wire, for thirty days. Twice is once."
    wait: acting.Act = lambda one, now: choose_wire(gateways, one.id, now, OPERATOR)  # noqa: E731
    acting.add(group, shell, "wire", words, wait)


def _give_back(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    @group.command("refund")
    def refund(
        order: OrderId,
        amount: Amount,
        reason: Annotated[str, typer.Option(help="In words, for whoever ordered")] = "",
        went_back: Annotated[bool, typer.Option("--went-back", help=_WENT_BACK)] = False,
        key: Key = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Give back what was paid for an order, or part of it, with tax. Unspent credit that was
        bought with it goes at once. It ends with status 1 where the provider declines."""
        with output.refusals():
            back = replace(_back(workspace, order, amount, reason), is_outside=went_back)
            where = back.payment.order.workspace
            named = public_ids.keyed(where.public_id, key or str(uuid.uuid4()))
            made = refund_payment(gateways, back, named, lambda: shell.now(where))
        _answer_refund(made, back.payment, where, format)


def _answer_refund(made: Refund, payment: Payment, where: Workspace, form: output.Format) -> None:
    if form is output.Format.JSON:
        output.print_json(telling.refund(made, payment.order.currency))
    else:
        showing.show_refunds([made], where)
    if made.outcome == Outcome.DECLINED:
        output.complain(
            f"{payment.provider} declined it: nothing went back, and nothing changed. What has gone"
            " back by other ways is noted with --went-back."
        )
        raise typer.Exit(1)


def _back(workspace: str | None, order: str, amount: Decimal, reason: str) -> Back:
    found = find(workspace, order)
    payment = queries.find_paid(found.id)
    if payment is None:
        raise NothingToRefund(field="order")
    return Back(payment, money.payable_minor(amount, found.currency), reason, OPERATOR)
