"""`quartermaster methods`: saved ways to pay."""

from datetime import datetime
from typing import Annotated, Any

import typer

from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.methods.replace_method import Exchange, replace_method
from quartermaster.usecases.ports.gateways import Gateways

MethodId = Annotated[str, typer.Argument(metavar="METHOD", help="Its id: pm_…")]
_TITLES = ("Method", "Kind", "Known as", "With", "Expires", "Expired", "Default")


def register(app: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Saved ways to pay.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="methods")

    @group.command("list")
    def list_(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The default first."""
        where = choices.workspace(workspace)
        found = [_method(one, shell.now(where)) for one in queries.methods_of(where.id)]
        if format is output.Format.JSON:
            output.print_json({"methods": found})
        elif found:
            output.show(output.listing(_TITLES, map(_row, found), folded=(2,)))
        else:
            typer.echo("No way to pay is saved.")

    @group.command("default")
    def default(
        method: MethodId,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """It is the one that is charged while nobody is there."""
        where = choices.workspace(workspace)
        with output.refusals():
            chosen = choose_default(where, method)
        output.answer(format, _method(chosen, shell.now(where)))

    @group.command("replace")
    def replace(
        method: MethodId,
        by: Annotated[str, typer.Argument(metavar="BY", help="The one that takes its place")],
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Another takes its place, as the default too, and it is removed. Twice is once."""
        where = choices.workspace(workspace)
        with output.refusals():
            exchange = Exchange(where, method, by)
            new = replace_method(gateways, exchange, lambda: shell.now(where))
        output.answer(format, _method(new, shell.now(where)))

    @group.command("remove")
    def remove(
        method: MethodId,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """It is charged no more, and its provider forgets it."""
        where = choices.workspace(workspace)
        with output.refusals():
            removed = remove_method(gateways, where, method, lambda: shell.now(where))
        output.answer(format, _method(removed, shell.now(where)))


def _method(one: PaymentMethod, at: datetime) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "kind": one.kind,
        "label": one.label,
        "provider": one.provider,
        "expires_date": one.expires_date,
        "is_expired": queries.is_expired(one, at),
        "is_default": one.is_default,
    }


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    said = [one[name] for name in ("id", "kind", "label", "provider")]
    marks = ["yes" if one[name] else "" for name in ("is_expired", "is_default")]
    return (*said, str(one["expires_date"] or ""), *marks)
