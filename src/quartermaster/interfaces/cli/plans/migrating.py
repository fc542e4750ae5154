"""`quartermaster catalog migrate`: everybody to the version that is sold."""

from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.choices import Format, Shell
from quartermaster.usecases.plans._migrating import Move
from quartermaster.usecases.plans.migrate_version import migrate_version
from quartermaster.usecases.plans.preview_migration import preview_migration

Key = Annotated[str, typer.Argument(help="Such as plan/automation_ai/essential")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing")]


def register(group: typer.Typer, shell: Shell) -> None:
    """Adds the command."""

    @group.command("migrate")
    def migrate(
        key: Key,
        is_dry: Dry = False,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Move subscriptions to the version that is sold, each from the end of its cycle."""
        try:
            moves = preview_migration(key) if is_dry else migrate_version(key, shell.now)
        except Refusal as no:
            output.fail(no)
        if format is output.Format.JSON:
            output.print_json({"moves": [_plain(one) for one in moves]})
            return
        titles = ("Bot", "From", "To", "A cycle costs", "Then", "On", "")
        if moves:
            output.show(output.listing(titles, [_row(one) for one in moves], (3, 4)))
        said = "would be moved" if is_dry else "are moved at the end of their cycles"
        typer.echo(f"{sum(not one.obstacle for one in moves)} {said}.")


def _row(one: Move) -> tuple[str, ...]:
    currency = one.subscription.bot.workspace.currency
    return (
        one.subscription.bot.name,
        f"version {one.subscription.version.number}",
        "the one that is sold",
        money.shown_minor(one.fee_minor, currency),
        money.shown_minor(one.new_fee_minor, currency),
        f"{one.at:%Y-%m-%d %H:%MZ}",
        one.obstacle,
    )


def _plain(one: Move) -> dict[str, Any]:
    currency = one.subscription.bot.workspace.currency
    return {
        "subscription": one.subscription.public_id,
        "bot": one.subscription.bot.public_id,
        "version": one.subscription.version.number,
        "fee": money.exact_minor(one.fee_minor, currency),
        "new_fee": money.exact_minor(one.new_fee_minor, currency),
        "at": one.at,
        "obstacle": one.obstacle or None,
    }
