"""`quartermaster catalog`: check, compare, publish and show what is sold."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from quartermaster.core import money
from quartermaster.core.catalog import comparing, writing
from quartermaster.core.catalog.changes import Change
from quartermaster.core.catalog.comparing import Comparison, Value
from quartermaster.core.catalog.offers import PRODUCT_TITLES, Cadence, Catalog, Kind, Offer
from quartermaster.core.catalog.reading import BadCatalog
from quartermaster.core.errors import Refusal
from quartermaster.core.pricing import wording
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.choices import Format, Shell
from quartermaster.interfaces.cli.plans import migrating
from quartermaster.usecases.plans.preview_catalog import preview_catalog
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.plans.show_catalog import Sold, show_catalog

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, readable=True, help="A catalog in YAML"),
]
_MARKS: Final = {"new": "+", "changed": "~", "withdrawn": "-"}
_NOTE: Final = "This is the example catalog: replace it before anybody buys."


@dataclass(frozen=True, slots=True)
class Files:
    """How catalogs are read and written."""

    read: Callable[[Path], Catalog]
    write: Callable[[Catalog], str]


def register(app: typer.Typer, shell: Shell, files: Files) -> None:
    """Adds the commands."""
    group = typer.Typer(help="What is sold: plans, add-ons, support.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="catalog")
    _of_files(group, shell, files)
    migrating.register(group, shell)

    @group.command("export")
    def export() -> None:
        """Print what is sold now as a file, to be changed and published."""
        typer.echo(files.write(_sold().catalog), nl=False)

    @group.command("show")
    def show(format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """What is sold now."""
        sold = _sold()
        if format is output.Format.JSON:
            output.print_json(_json(sold))
        else:
            _show(sold)


def _of_files(group: typer.Typer, shell: Shell, files: Files) -> None:
    @group.command("check")
    def check(file: File) -> None:
        """Read a file, and say all that is wrong with it, line by line."""
        found = _read(files, file)
        typer.echo(f"{file.name} is a catalog: {_counted(found)}.")

    @group.command("diff")
    def diff(file: File, format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """What publishing a file would change."""
        found = preview_catalog(_read(files, file))
        if format is output.Format.JSON:
            output.print_json({"changes": [asdict(one) for one in found]})
        else:
            typer.echo(_told(found) or "Nothing would change.")

    @group.command("publish")
    def publish(file: File, format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """Make a file what is sold. Whoever has bought keeps what they bought."""
        done = publish_catalog(_read(files, file), shell.now(None))
        number = done.publication.number
        if format is output.Format.JSON:
            changes = [asdict(one) for one in done.changes]
            output.print_json({"publication": number, "changes": changes})
        elif not done.changes:
            typer.echo(f"Nothing changes: publication {number} stands.")
        else:
            typer.echo(f"{_told(done.changes)}\nPublication {number} is what is sold now.")


def _read(files: Files, file: Path) -> Catalog:
    """The catalog in a file; all faults on stderr and exit code 2."""
    try:
        return files.read(file)
    except BadCatalog as no:
        _refuse(no)


def _refuse(no: BadCatalog) -> NoReturn:
    for fault in no.faults:
        typer.echo(str(fault), err=True)
    count = len(no.faults)
    output.complain(f"{count} {'fault' if count == 1 else 'faults'} ({no.code})")
    raise typer.Exit(2)


def _sold() -> Sold:
    try:
        return show_catalog()
    except Refusal as no:
        output.fail(no)


def _counted(catalog: Catalog) -> str:
    words = {Kind.PLAN: "plan", Kind.ADD_ON: "add-on", Kind.SUPPORT: "support plan"}
    counts = {kind: sum(one.kind is kind for one in catalog.offers) for kind in Kind}
    return ", ".join(
        f"{counts[kind]} {word}{'' if counts[kind] == 1 else 's'}" for kind, word in words.items()
    )


def _told(changes: Sequence[Change]) -> str:
    """A line for each offer, and one for each value of those that change."""
    lines = []
    for one in changes:
        lines.append(f"{_MARKS[one.what]} {one.key} ({one.what})")
        for value in one.differences if one.what == "changed" else ():
            lines.append(f"    {value.field}: {value.before or '-'} → {value.after or '-'}")
    return "\n".join(lines)


def _json(sold: Sold) -> dict[str, object]:
    numbers = sold.numbers()
    return {
        "publication": sold.publication.number,
        "published_at": sold.publication.published_at,
        **writing.head(sold.catalog),
        "offers": [
            {"key": one.key, "version": numbers[one.key], **writing.stored_offer(one)}
            for one in sold.catalog.offers
        ],
    }


def _show(sold: Sold) -> None:
    at = f"{sold.publication.published_at:%Y-%m-%d %H:%M} UTC"
    facts = [("Publication", str(sold.publication.number)), ("Published", at)]
    output.show(output.facts([*facts, ("Currency", sold.catalog.currency)]))
    if sold.catalog.is_example:
        typer.echo(_NOTE)
    for product in PRODUCTS:
        found = comparing.plans(sold.catalog, product)
        if found.plans:
            typer.echo(f"\n{PRODUCT_TITLES[product]}")
            _show_plans(found, sold)
    others = [one for one in sold.catalog.offers if one.kind is not Kind.PLAN]
    rows = [
        (one.title, str(sold.numbers()[one.key]), *(_cell(fee, sold) for fee in _fees(one)))
        for one in others
    ]
    if rows:
        typer.echo("\nAdd-ons and support")
        output.show(output.listing(("Title", "Version", "Monthly", "Annual"), rows))


def _show_plans(found: Comparison, sold: Sold) -> None:
    numbers = sold.numbers()
    titles = [f"{one.title} v{numbers[one.key]}" for one in found.plans]
    rows = [(row.title, *(_cell(value, sold) for value in row.values)) for row in found.rows]
    folded = range(1, len(titles) + 1)
    output.show(output.listing(("", *titles), rows, folded))


def _fees(one: Offer) -> list[Decimal | None]:
    return [one.fees.get(cadence) for cadence in Cadence]


def _cell(value: Value, sold: Sold) -> str:
    if value is None or value is False:
        return "-"
    if value is True:
        return "yes"
    if isinstance(value, Decimal):
        return wording.amount(value, money.symbol(sold.catalog.currency))
    return value if isinstance(value, str) else f"{value:,}"
