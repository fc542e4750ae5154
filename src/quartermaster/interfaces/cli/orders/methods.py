"""`quartermaster methods`: saved ways to pay."""

from typing import Annotated, Any

import typer

from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.ports.gateways import Gateways

MethodId = Annotated[str, typer.Argument(metavar="METHOD", help="Its id: pm_…")]
_TITLES = ("Method", "Kind", "Known as", "With", "Expires", "Default")


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
        found = queries.methods_of(choices.workspace(workspace).id)
        if format is output.Format.JSON:
            output.print_json({"methods": [_method(one) for one in found]})
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
        with output.refusals():
            chosen = choose_default(choices.workspace(workspace), method)
        output.answer(format, _method(chosen))

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
        output.answer(format, _method(removed))


def _method(one: PaymentMethod) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "kind": one.kind,
        "label": one.label,
        "provider": one.provider,
        "expires_date": one.expires_date,
        "is_default": one.is_default,
    }


def _row(one: PaymentMethod) -> tuple[str, ...]:
    expires = str(one.expires_date or "")
    is_default = "yes" if one.is_default else ""
    return (one.public_id, one.kind, one.label, one.provider, expires, is_default)
