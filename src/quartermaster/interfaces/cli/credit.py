"""`quartermaster credits`: give credit."""

import uuid
from datetime import timedelta
from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.formats import public_ids
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.people import queries as people
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.people.create_workspace import DEFAULT_FREE_DAYS

Amount = Annotated[
    Any,
    typer.Argument(parser=choices.amount_micro, metavar="AMOUNT", help="Such as 250 or 99.50"),
]
BotName = Annotated[
    str | None,
    typer.Option(
        "--bot", callback=choices.not_empty, help="Paid credit for this bot; else free credit"
    ),
]
Days = Annotated[
    int | None,
    typer.Option(
        min=0, max=36500, help="Days until it lapses; 0: never [default: free 90, paid never]"
    ),
]
Key = Annotated[
    str | None,
    typer.Option(callback=choices.not_empty, help="The same key again is the same grant"),
]


def register(app: typer.Typer, shell: Shell) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Give credit.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="credits")

    @group.command("grant")
    def grant(
        amount: Amount,
        workspace: WorkspaceName = None,
        bot: BotName = None,
        expires_days: Days = None,
        key: Key = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Free credit for a workspace, or paid credit for one of its bots."""
        where = choices.workspace(workspace)
        name = key or str(uuid.uuid4())
        named = public_ids.keyed(where.public_id, name)
        made = wallets.find_lot(named)
        # A repeat lapses when the first one does.
        at = made.granted_at if made else shell.now(where)
        days = expires_days if expires_days is not None else 0 if bot else DEFAULT_FREE_DAYS
        expires_at = at + timedelta(days=days) if days else None
        try:
            wallet = people.get_bot(where, bot).id if bot else None
            lot = grant_credits(Grant(where.id, amount, named, wallet, expires_at), at)
        except Refusal as no:
            output.fail(no)
        amount_shown = money.shown(lot.granted_micro, money.symbol(where.currency))
        granted = {"granted": amount_shown, "lot": lot.id, "key": name}
        output.answer(format, granted)
