"""`quartermaster recharge`: wallets that are kept from running dry."""

from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.lifecycles.recharge import DAILY_COUNT, Cap, Settings
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.orders import telling
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.credits.preview_recharge import preview_recharge
from quartermaster.usecases.orders.recharge.set_recharge import Wanted, set_recharge
from quartermaster.usecases.orders.recharge.show_recharge import show_recharge
from quartermaster.usecases.orders.recharge.switch_off_recharge import switch_off_recharge
from quartermaster.usecases.ports.gateways import Gateways

_BY = "operator"
_MONEY: dict[str, Any] = {"parser": choices.amount, "metavar": "AMOUNT"}
Amount = Annotated[Any, typer.Argument(help="Such as 100", **_MONEY)]
BotName = Annotated[str, typer.Option("--bot", callback=choices.not_empty)]
Below = Annotated[Any, typer.Option(help="The credit to be maintained", **_MONEY)]
MethodId = Annotated[str | None, typer.Option(help="Its id: pm_… [default: the workspace's]")]
Count = Annotated[int, typer.Option(min=0, help="How many charges at most; 0: no such cap")]
Most = Annotated[Any, typer.Option(help="How much money at most, tax included", **_MONEY)]


def register(app: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Auto-recharge of bots' wallets.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="recharge")
    _set(group, shell, gateways)
    _preview(group, shell)

    @group.command("show")
    def show(
        bot: BotName,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What it is set to, what it charged last, and what it would do now."""
        with output.refusals():
            found = people.get_bot(choices.workspace(workspace), bot)
        _answer(format, shell, gateways, found)

    @group.command("off")
    def off(
        bot: BotName,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Nothing more is charged. Twice is once."""
        with output.refusals():
            found = people.get_bot(choices.workspace(workspace), bot)
            switch_off_recharge(found, shell.now(found.workspace), _BY)
        _answer(format, shell, gateways, found)


def _set(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    @group.command("set")
    def set_(
        amount: Amount,
        bot: BotName,
        below: Below,
        method: MethodId = None,
        per_day: Count = DAILY_COUNT,
        per_day_amount: Most = None,
        per_month: Count = 0,
        per_month_amount: Most = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Charge whole AMOUNTs, and their tax, when the paid credit is under a threshold."""
        where = choices.workspace(workspace)
        with output.refusals():
            found = people.get_bot(where, bot)
            sums = _sums(amount, below, where.currency)
            day = Cap(per_day or None, _minor(per_day_amount, where.currency, "day_amount"))
            month = Cap(per_month or None, _minor(per_month_amount, where.currency, "month_amount"))
            wanted = Wanted(found, *sums, _BY, method, day, month)
            set_recharge(gateways, wanted, shell.now(where))
        _answer(format, shell, gateways, found)


def _preview(group: typer.Typer, shell: Shell) -> None:
    @group.command("preview")
    def preview(
        amount: Amount,
        bot: BotName,
        below: Below,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What it would have charged in the last 90 days, three times a day at most; due is with
        today's tax."""
        where = choices.workspace(workspace)
        currency, zone = where.currency, ZoneInfo(where.time_zone)
        with output.refusals():
            settings = Settings(*_sums(amount, below, currency), currency, zone, None)
            found = preview_recharge(people.get_bot(where, bot), settings, shell.now(where))
        is_json = format is output.Format.JSON
        shown = telling.recharges(found.charges, currency) if is_json else len(found.charges)
        sums = {"total": found.total_minor, "due": found.due_minor}
        told = {name: money.shown_minor(amount, currency) for name, amount in sums.items()}
        output.answer(format, {"charges": shown} | told)


def _answer(form: output.Format, shell: Shell, gateways: Gateways, bot: Bot) -> None:
    found = show_recharge(gateways, bot, shell.now(bot.workspace))
    told = telling.recharge(bot, found.changes, found.attempts)
    now: dict[str, Any] = {"next_at": found.next_at, "why_not": found.why_not}
    now["next_amount"] = telling.amount(found.next_minor, bot.workspace.currency)
    now["next_due"] = telling.amount(found.next_due_minor, bot.workspace.currency)
    if form is output.Format.JSON:
        output.print_json(told | now)
        return
    facts = {"is_on": told["is_on"], **(told["terms"] or {}), **now}
    zone = ZoneInfo(bot.workspace.time_zone)
    output.answer(form, facts, zone)
    rows = [[output.words(one[name], zone) for name in _ATTEMPT] for one in told["attempts"]]
    if rows:
        output.show(output.listing(("Begun", "Order", "Amount", "Outcome", "Code"), rows))


_ATTEMPT = ("begun_at", "order", "amount", "outcome", "code")


def _sums(amount: Decimal, below: Decimal, currency: str) -> tuple[int, int]:
    threshold = money.payable_minor(below, currency, "threshold")
    return money.payable_minor(amount, currency), threshold


def _minor(amount: Decimal | None, currency: str, field: str) -> int | None:
    return None if amount is None else money.payable_minor(amount, currency, field)
