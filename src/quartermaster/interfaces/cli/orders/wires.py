"""`quartermaster wires`: what has come by bank, and what it is for."""

from pathlib import Path
from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.wires import queries
from quartermaster.store.orders.wires.models import Outlet
from quartermaster.store.people import queries as people
from quartermaster.usecases.orders.wires.import_bank_statement import (
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.orders.wires.list_bank_entries import Listed, list_bank_entries
from quartermaster.usecases.orders.wires.match_bank_entry import match_bank_entry
from quartermaster.usecases.orders.wires.settle_bank_entry import Wanted, settle_bank_entry
from quartermaster.usecases.ports.bank_statements import StatementReader
from quartermaster.usecases.ports.gateways import Gateways

EntryId = Annotated[str, typer.Argument(metavar="ENTRY", help="Its id: bne_…")]
By = Annotated[str, typer.Option(callback=choices.not_empty, help="Who does it")]
_TITLES = ("Entry\nOrder", "From\nText", "Booked\nAmount", "Is\nWaits for")


def register(app: typer.Typer, shell: Shell, gateways: Gateways, read: StatementReader) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What has come by bank.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="wires")
    _bring(group, shell, gateways, read)
    _match(group, shell, gateways)
    _settle(group, shell)


def _bring(group: typer.Typer, shell: Shell, gateways: Gateways, read: StatementReader) -> None:
    @group.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
        by: By = "operator",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Read a bank statement (CAMT.053, MT940); what is exact pays its order. Twice is once."""
        with output.refusals():
            sent = SentFile(file.name, file.read_bytes(), by)
            made = import_bank_statement(gateways, read, sent, shell.now)
        paid = [one.public_id for one in made.paid]
        counts = {"entries": made.entries, "added": made.added}
        output.answer(format, {"new_file": made.is_new, **counts, "paid": paid})

    @group.command("list")
    def list_(
        everything: Annotated[bool, typer.Option("--all", help="Also what is done")] = False,
        limit: Annotated[int, typer.Option(min=1, help="How many at most")] = 100,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What is not done with, the latest first: what each seems to be, and waits for."""
        found = [_facts(one) for one in list_bank_entries(not everything, limit=limit)]
        if format is output.Format.JSON:
            output.print_json({"entries": found})
        elif not found:
            typer.echo("There is no such entry." if everything else "No entry waits.")
        else:
            output.show(output.listing(_TITLES, map(_row, found), folded=(1,)))


def _match(group: typer.Typer, shell: Shell, gateways: Gateways) -> None:
    @group.command("match")
    def match(
        entry: EntryId,
        order: Annotated[str, typer.Argument(metavar="ORDER", help="Its id: ord_…")],
        workspace: WorkspaceName = None,
        by: By = "operator",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """An entry is for this order, which is paid once enough has come."""
        with output.refusals():
            where = choices.workspace(workspace)
            found = orders.get_of(where.id, order)
            row = queries.get_of(entry)
            match_bank_entry(gateways, row.id, found.id, by, lambda: shell.now(where))
        output.answer(format, _facts(_listed(entry)))


def _settle(group: typer.Typer, shell: Shell) -> None:
    @group.command("settle")
    def settle(
        entry: EntryId,
        outlet: Annotated[Outlet, typer.Argument(help="What becomes of what no order needed")],
        workspace: WorkspaceName = None,
        bot: Annotated[
            str | None, typer.Option(help="Credit for it, if no order says whose")
        ] = None,
        by: By = "operator",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Credit for the bot, with an invoice and less tax; or back to the payer, which your bank
        does; or, again, another entry is of this very money."""
        with output.refusals():
            row = queries.get_of(entry)
            where = row.order.workspace if row.order else choices.workspace(workspace)
            wanted = Wanted(outlet, by, people.get_bot(where, bot) if bot else None)
            settle_bank_entry(row.id, wanted, shell.now(where))
        output.answer(format, _facts(_listed(entry)))


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    """Of a listing, two names under each other in each cell: so it has room on any terminal."""
    what = told["is"] or told["state"]
    return (
        f"{told['entry']}\n{told['order']}",
        f"{told['payer']}\n{' '.join(told['text'].split())}",
        f"{told['booked']}\n{told['shown']}",
        f"{what}\n{told['waits_for']}",
    )


def _listed(entry: str) -> Listed:
    row = queries.get_of(entry)
    unused, missing = queries.unused_minor([row]), queries.missing_minor([row])
    return Listed.of(row, (unused[row.id], missing.get(row.id, 0)))


def _facts(one: Listed) -> dict[str, Any]:
    row, match = one.entry, one.match
    named = row.order.public_id if row.order else match.order if match else None
    return {
        "entry": row.public_id,
        "booked": row.booked_date.isoformat(),
        "payer": row.payer_name or row.payer_iban,
        "text": row.text,
        "state": row.state,
        "amount": money.exact_minor(row.amount_minor, row.currency),
        "currency": row.currency,
        "shown": money.shown_minor(row.amount_minor, row.currency),
        "is": match.verdict if match else row.outlet,
        "completes": bool(match and match.completes),
        "missing": money.exact_minor(one.missing_minor, row.currency),
        "undecided": money.exact_minor(one.unused_minor, row.currency),
        "order": named or "",
        "waits_for": one.awaits,
    }
