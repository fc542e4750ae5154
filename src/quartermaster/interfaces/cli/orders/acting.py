"""Commands that do something to an order, and answer with what it is then."""

from collections.abc import Callable
from datetime import datetime

import typer

from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.interfaces.cli.orders import showing
from quartermaster.interfaces.cli.orders.choosing import OrderId, find
from quartermaster.store.orders.models import Order
from quartermaster.usecases.reports.explain_order import explain_order

Act = Callable[[Order, Callable[[], datetime]], Order]
"""By the clock of the order's workspace."""


def add(group: typer.Typer, shell: Shell, name: str, words: str, act: Act) -> None:
    """A command that needs to know nothing but which order; `words` are its help."""

    @group.command(name, help=words)
    def command(
        order: OrderId,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        do(shell, workspace, order, act, format)


def do(shell: Shell, workspace: str | None, order: str, act: Act, form: output.Format) -> None:
    """For commands that ask for more."""
    with output.refusals():
        found = find(workspace, order)
        done = act(found, lambda: shell.now(found.bot.workspace))
    showing.answer_order(form, explain_order(done))
