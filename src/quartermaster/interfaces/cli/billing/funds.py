"""`quartermaster funds-limits`: how much credit is sold at once."""

from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.core.lifecycles.funds import FundsLimits
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell
from quartermaster.store.billing import queries
from quartermaster.usecases.orders.placing.set_funds_limits import set_funds_limits

Currency = Annotated[str, typer.Option(parser=str.upper, help="Such as JPY", metavar="CODE")]
Sum = Annotated[Any, typer.Option(parser=choices.amount, metavar="AMOUNT", show_default=False)]


def register(app: typer.Typer, shell: Shell) -> None:
    """Adds the commands."""
    group = typer.Typer(help="How much credit is sold at once.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="funds-limits")

    @group.command("set")
    def set_(
        least: Sum = None,
        most: Sum = None,
        currency: Currency = "USD",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """For what is ordered from now on. What is left out stays as it is."""
        there = queries.funds_limits(currency)
        with output.refusals():
            limits = FundsLimits(
                there.least_minor if least is None else money.payable_minor(least, currency),
                there.most_minor if most is None else money.payable_minor(most, currency),
            )
            made = set_funds_limits(currency, limits, shell.now(None))
        output.answer(format, _told(currency, made))

    @group.command("show")
    def show(
        currency: Currency = "USD",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Of one currency."""
        output.answer(format, _told(currency, queries.funds_limits(currency)))


def _told(currency: str, limits: FundsLimits) -> dict[str, Any]:
    return {
        "currency": currency,
        "least": money.exact_minor(limits.least_minor, currency),
        "most": money.exact_minor(limits.most_minor, currency),
    }
