"""`quartermaster subscriptions`: what bots have, and what they order."""

import uuid
from dataclasses import asdict
from typing import Annotated

import typer

from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.formats import public_ids
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.interfaces.cli.orders import showing as orders
from quartermaster.interfaces.cli.plans import showing
from quartermaster.store.orders import telling
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.orders.settling.settle_due import settle_due
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.reports.explain_order import explain_order
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.subscriptions.preview_change import Wish, preview_change
from quartermaster.usecases.subscriptions.start_trial import start_trial

BotName = Annotated[str, typer.Argument(metavar="BOT", help="Its name or id")]
Offer = Annotated[str, typer.Argument(metavar="OFFER", help="Such as plan/automation_ai/essential")]
Place = Annotated[
    str, typer.Argument(metavar="PLACE", help="A product, an add-on's name, or support")
]
How = Annotated[Cadence, typer.Option(help="How often the fee is due")]
Seats = Annotated[
    int | None, typer.Option(min=0, max=1_000_000, help="In all [default: those included]")
]
Key = Annotated[
    str | None,
    typer.Option(callback=choices.not_empty, help="The same key again is the same order"),
]
_TITLES = ("Bot", "Place", "Has", "State", "Cycle ends", "Then")
_FOLDED = (0, 1, 2, 5)


def register(app: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What bots have bought.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="subscriptions")
    _change(group, shell)
    _act(group, shell)

    @group.command("list")
    def list_(
        workspace: WorkspaceName = None,
        bot: Annotated[str | None, typer.Option(help="This bot's only")] = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What there is, and what there was."""
        where = choices.workspace(workspace)
        with output.refusals():
            only = people.get_bot(where, bot).id if bot else None
        found = queries.of_workspace(where.id, only)
        support = {"support": queries.support_of(only, shell.now(where))} if only else {}
        if format is output.Format.JSON:
            several = [telling.subscription(one) for one in found]
            output.print_json({"subscriptions": several, **support})
        else:
            if found:
                output.show(output.listing(_TITLES, map(showing.subscription_row, found), _FOLDED))
            else:
                typer.echo("There is no subscription.")
            if only:
                typer.echo(f"Support: {support['support'] or 'none'}")

    @group.command("settle")
    def settle(
        workspace: Annotated[
            str | None, typer.Option("--workspace", "-w", help="This workspace's only")
        ] = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Renew, have paid or end whatever is due now, as the job does every five minutes."""
        only = choices.workspace(workspace) if workspace else None
        settled = list(settle_due(gateways, lambda: shell.now(only), only.id if only else None))
        if format is output.Format.JSON:
            output.print_json({"settled": [asdict(one) for one in settled]})
        elif settled:
            rows = [(one.name, one.state or f"failed: {one.failure!r}") for one in settled]
            output.show(output.listing(("What", "State"), rows))
        else:
            typer.echo("Nothing is due.")


def _change(group: typer.Typer, shell: Shell) -> None:
    @group.command("preview")
    def preview(
        bot: BotName,
        offer: Offer,
        cadence: How = Cadence.MONTHLY,
        seats: Seats = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What an order would cost now, line by line, and when it would come."""
        with output.refusals():
            wish = Wish(_bot(workspace, bot), offer, cadence, seats)
            found = preview_change(wish, shell.now(wish.bot.workspace))
        showing.answer_quote(format, found, wish.bot.workspace.currency)

    @group.command("order")
    def order(
        bot: BotName,
        offer: Offer,
        cadence: How = Cadence.MONTHLY,
        seats: Seats = None,
        key: Key = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Subscribe a bot, or change what it has. Nothing is there before it is paid."""
        with output.refusals():
            wish = Wish(_bot(workspace, bot), offer, cadence, seats)
            named = public_ids.keyed(wish.bot.workspace.public_id, key or str(uuid.uuid4()))
            made = order_change(wish, named, shell.now(wish.bot.workspace))
        orders.answer_order(format, explain_order(made))

    @group.command("trial")
    def trial(
        bot: BotName,
        offer: Offer,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Try a plan for nothing."""
        with output.refusals():
            named = _bot(workspace, bot)
            begun = start_trial(named, offer, shell.now(named.workspace))
        _answer(format, begun)


def _act(group: typer.Typer, shell: Shell) -> None:
    @group.command("cancel")
    def cancel(
        bot: BotName,
        place: Place,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """End a subscription with its cycle; a trial, or what is past due, at once."""
        with output.refusals():
            named = _bot(workspace, bot)
            found = cancel_subscription(named, place, shell.now(named.workspace))
        _answer(format, found)

    @group.command("keep")
    def keep(
        bot: BotName,
        place: Place,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Take back what was to end or change with the cycle."""
        with output.refusals():
            named = _bot(workspace, bot)
            found = keep_subscription(named, place, shell.now(named.workspace))
        _answer(format, found)


def _bot(workspace: str | None, name: str) -> Bot:
    return people.get_bot(choices.workspace(workspace), name)


def _answer(form: output.Format, found: Subscription) -> None:
    if form is output.Format.JSON:
        output.print_json(telling.subscription(found))
    else:
        output.show(output.listing(_TITLES, [showing.subscription_row(found)], _FOLDED))
