"""`quartermaster notices`: what somebody is to be told."""

from typing import Annotated, Any

import typer

from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, WorkspaceName
from quartermaster.store.notices import queries
from quartermaster.store.notices.models import Notice

_TITLES = ("Notice", "At", "Key", "To", "Bot", "Says", "Sent")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What somebody is to be told.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="notices")

    @group.command("list")
    def list_(
        workspace: WorkspaceName = None,
        key: Annotated[str | None, typer.Option(help="Those about this, as order.invoice")] = None,
        limit: Annotated[int, typer.Option(min=1, help="How many at most")] = 100,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The latest first."""
        found = queries.of_workspace(choices.workspace(workspace).id, key, limit)
        if format is output.Format.JSON:
            output.print_json({"notices": [_notice(one) for one in found]})
        elif found:
            output.show(output.listing(_TITLES, map(_row, found), folded=(3, 4, 5)))
        else:
            typer.echo("Nobody is to be told anything.")


def _notice(one: Notice) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "key": one.key,
        "cause": one.cause,
        "bot": one.bot and one.bot.public_id,
        "to": one.to,
        "email": one.email or None,
        "fields": dict(one.fields),
        "links": [{"label": label, "page": page, "of": of} for label, page, of in one.links],
        "at": one.at,
        "sent_at": one.sent_at,
    }


def _row(one: Notice) -> tuple[str, ...]:
    says = "; ".join(f"{label}: {value}" for label, value in one.fields)
    bot = "" if one.bot is None else one.bot.name
    sent = f"{one.sent_at:%Y-%m-%d %H:%M}" if one.sent_at else "waits"
    at = f"{one.at:%Y-%m-%d %H:%M}"
    return (one.public_id, at, one.key, one.email or one.to, bot, says, sent)
