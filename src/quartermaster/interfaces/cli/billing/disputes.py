"""`quartermaster payments disputes`: what buyers' banks have called back."""

from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.choices import Format
from quartermaster.store.orders import queries, telling
from quartermaster.store.orders.models import Payment, Refund

_TITLES = ("Payment", "Order", "Workspace", "With", "Since", "Called back", "Noted", "State")


def add(group: typer.Typer) -> None:
    """The command."""

    @group.command("disputes")
    def disputes(
        limit: Annotated[int, typer.Option(min=1, help="How many at most")] = 100,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Payments that were called back, of all workspaces, the latest first. Lost: the money is
        gone, and `orders refund --went-back` notes it."""
        found = queries.disputed(limit)
        refunds = queries.refunds_of_each([one.id for one in found])
        if format is output.Format.JSON:
            output.print_json({"disputes": [telling.dispute(one, refunds) for one in found]})
        elif found:
            output.show(output.listing(_TITLES, [_row(one, refunds) for one in found], (2, 3)))
        else:
            typer.echo("No payment is called back.")


def _row(one: Payment, refunds: list[Refund]) -> tuple[str, ...]:
    told: dict[str, Any] = telling.dispute(one, refunds)
    since = f"{one.disputed_at:%Y-%m-%d}" if one.disputed_at else ""
    called = money.shown_minor(one.disputed_minor, one.order.currency)
    noted = money.shown_minor(telling.outside_minor(one, refunds), one.order.currency)
    where, state = one.order.workspace.name, str(told["state"])
    return (one.public_id, told["order"], where, one.provider, since, called, noted, state)
