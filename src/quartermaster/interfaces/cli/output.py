"""How commands speak: results on stdout, everything else on stderr."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from quartermaster.core.errors import Refusal


class Format(StrEnum):
    """For people or for programs."""

    TABLE = "table"
    JSON = "json"


def print_json(value: Any) -> None:
    """One JSON document, indented; what JSON does not know (decimals, instants) as text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def fail(refusal: Refusal) -> NoReturn:
    """Says no in one red line on stderr and ends the command with exit code 2."""
    line = Text(f"Error: {' '.join(str(refusal).split())}", style="red")
    Console(stderr=True).print(line, soft_wrap=True)
    raise typer.Exit(2)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """A spinner on stderr while something takes long, if a person is looking."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """A table of names and values, the values to the right."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in pairs:
        table.add_row(Text(name), Text(value))
    return table


def listing(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    """A table with a header; all columns but the first to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place else "left", no_wrap=bool(place))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def show(*tables: Table) -> None:
    """Prints tables on stdout."""
    console = Console()
    for table in tables:
        console.print(table)
