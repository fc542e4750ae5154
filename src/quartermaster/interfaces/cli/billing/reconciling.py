"""`quartermaster payments reconcile`: a provider's books beside ours."""

from datetime import UTC
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.lifecycles.reconciliation import Booked, Difference
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.billing import disputes
from quartermaster.interfaces.cli.choices import Format, From, Shell, To
from quartermaster.usecases.orders.payments.reconcile_payments import reconcile_payments
from quartermaster.usecases.ports.gateways import Gateway, Gateways

_TITLES = ("What", "Payment", "Provider's", "Ours", "Theirs")


def register(app: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Payments and those who take them.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="payments")
    disputes.add(group)

    @group.command("reconcile")
    def reconcile(
        provider: Annotated[str, typer.Argument(help="Such as stripe")],
        start: From = None,
        end: To = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What a provider's books and ours do not agree on; days are those of UTC."""
        gateway = _gateway(gateways, provider)
        now = shell.now(None)
        period = choices.period(start, end, ZoneInfo("UTC"), now)
        with output.refusals(), output.waiting(f"Asking {provider}"):
            found = reconcile_payments(gateway, period, now)
        told = [_told(one) for one in found]
        if format is output.Format.JSON:
            days = {"from": period.start.astimezone(UTC), "to": period.end.astimezone(UTC)}
            output.print_json({"provider": provider, **days, "differences": told})
        elif found:
            output.show(output.listing(_TITLES, map(_row, found), folded=(3, 4)))
        else:
            typer.echo("The books agree.")
        raise typer.Exit(1 if found else 0)


def _gateway(gateways: Gateways, name: str) -> Gateway:
    if name not in gateways.names:
        known = ", ".join(gateways.names) or "nobody"
        raise typer.BadParameter(f"{name!r} takes no payments here; who does: {known}")
    return gateways.names[name]


def _told(one: Difference) -> dict[str, Any]:
    return {"fault": one.fault, "ours": _booked(one.ours), "theirs": _booked(one.theirs)}


def _booked(one: Booked | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "payment": one.key or None,
        "reference": one.reference or None,
        "outcome": one.outcome,
        "amount": money.exact_minor(one.amount_minor, one.currency),
        "refunded": money.exact_minor(one.refunded_minor, one.currency),
        "currency": one.currency,
    }


def _row(one: Difference) -> tuple[str, ...]:
    some = one.ours or one.theirs
    assert some is not None, "one of the two has it"
    sides = (_words(side) for side in (one.ours, one.theirs))
    return one.fault.replace("_", " "), some.key, some.reference, *sides


def _words(one: Booked | None) -> str:
    if one is None:
        return "-"
    back = money.shown_minor(one.refunded_minor, one.currency)
    words = f"{one.outcome}, {money.shown_minor(one.amount_minor, one.currency)}"
    return f"{words}, {back} back" if one.refunded_minor else words
