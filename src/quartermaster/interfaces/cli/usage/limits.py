"""`quartermaster limits`: what bots may use, and how much they do."""

from enum import StrEnum
from typing import Annotated

import typer

from quartermaster.core.errors import Refusal
from quartermaster.core.plans.entitlements import Entitlements
from quartermaster.core.usage import events
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.people import queries as people
from quartermaster.usecases.entitlements.show_entitlements import show_entitlements
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit
from quartermaster.usecases.ports import EventArchive


class AnyProduct(StrEnum):
    """All that there are."""

    AUTOMATION_AI, SEARCH_AI, CONTACT_CENTER_AI, AGENT_AI = events.PRODUCTS


BotName = Annotated[str, typer.Argument(metavar="BOT", help="Name or id")]
Which = Annotated[AnyProduct, typer.Option(help="Whose limit")]


def register(app: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Limits and features of plans.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="limits")

    @group.command("show")
    def show(
        bot: BotName,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What a bot may use of each product, and what is left of it."""
        where = choices.workspace(workspace)
        try:
            found = show_entitlements(people.get_bot(where, bot), shell.now(where), archive)
        except Refusal as no:
            output.fail(no)
        rows = [row for one in found for row in _rows(one)]
        titles = ("Product", "What", "Allowed", "Used", "Left")
        if format is output.Format.JSON:
            names = [title.lower() for title in titles]
            output.print_json([dict(zip(names, row, strict=True)) for row in rows])
        elif rows:
            output.show(output.listing(titles, rows, folded=(1,)))
        else:
            typer.echo("Nothing is sold, and the bot has bought nothing.")

    @group.command("tell")
    def tell(
        bot: BotName,
        name: Annotated[str, typer.Argument(help="Such as faqs")],
        used: Annotated[int, typer.Argument(min=0, help="How much is in use")],
        product: Which,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Tell how much of a limit a bot uses, as its platform does."""
        where = choices.workspace(workspace)
        try:
            told = Told(name, used)
            limit = tell_limit(people.get_bot(where, bot), product.value, told, shell.now(where))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"limit": limit.limit, "used": limit.used, "left": limit.left})


_UNLIMITED = "no limit"


def _rows(one: Entitlements) -> list[tuple[str, str, str, str, str]]:
    """A row for each limit, feature and add-on, and for seats."""
    several = [(limit.name, limit.limit, limit.used, limit.left) for limit in one.limits]
    if one.seats is not None:
        several.append(("seats", one.seats.bought, one.seats.used, one.seats.left))
    counted = [
        (one.product, name, _shown(allowed), f"{used:,}", _shown(left))
        for name, allowed, used, left in several
    ]
    given = [
        (one.product, each.name, "yes" if each.is_given else "no", "", "")
        for each in (*one.features, *one.add_ons)
    ]
    return [*counted, *given]


def _shown(number: int | None) -> str:
    return _UNLIMITED if number is None else f"{number:,}"
