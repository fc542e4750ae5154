"""The order that a command is about."""

from typing import Annotated

import typer

from quartermaster.interfaces.cli import choices
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="Its id: ord_…")]


def find(workspace: str | None, order: str) -> Order:
    """The order of this id. NotFound."""
    return queries.get_of(choices.workspace(workspace).id, order)
