"""How commands speak: results on stdout, everything else on stderr."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn

import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from quartermaster.core.errors import Refusal

_FOLDED_WIDTH: Final = 7


class CannotWrite(Refusal):
    """The system refuses to write a file."""

    code = "cannot_write"
    kind = "invalid"


class Format(StrEnum):
    """For people or for programs."""

    TABLE = "table"
    JSON = "json"


def print_json(value: Any) -> None:
    """One JSON document, indented; what JSON does not know (decimals, instants) as text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def answer(form: Format, what: dict[str, Any], zone: tzinfo = UTC) -> None:
    """A few named values; for people, instants as clocks in the zone show them."""
    if form is Format.JSON:
        print_json(what)
    else:
        show(facts([(name, words(value, zone)) for name, value in what.items()]))


def words(value: Any, zone: tzinfo) -> str:
    """A value for people."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return time(value, zone)
    if isinstance(value, dict):
        value = [f"{name} {each}" for name, each in value.items()]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def time(at: datetime, zone: tzinfo) -> str:
    """An instant for people, as clocks in the zone show it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def complain(words: str) -> None:
    """One red line on stderr."""
    line = Text(f"Error: {' '.join(words.split())}", style="red")
    Console(stderr=True).print(line, soft_wrap=True)


def warn(words: str) -> None:
    """One yellow line on stderr."""
    Console(stderr=True).print(Text(f"Warning: {words}", style="yellow"), soft_wrap=True)


def fail(refusal: Refusal) -> NoReturn:
    """Says no and ends the command with exit code 2."""
    complain(f"{refusal} ({refusal.code})")
    raise typer.Exit(2)


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever is refused inside ends the command."""
    try:
        yield
    except Refusal as no:
        fail(no)


def write(path: Path, body: bytes) -> None:
    """A file, whole, instead of what was there. CannotWrite."""
    try:
        path.write_bytes(body)
    except OSError as no:
        raise CannotWrite(f"{path}: {no.strerror}", field="file") from no


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner on stderr while something takes long, if a person is looking; what is yielded
    changes its words."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda words: None
        return
    with console.status(what) as status:
        yield lambda words: status.update(words)


class Bar:
    """How many rows are done."""

    def __init__(self, progress: Progress | None, what: str) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=None) if progress else None

    def advance(self, rows: int) -> None:
        """So many more."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, rows)


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """A count of rows on stderr, if a person is looking."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Bar(None, what)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as shown:
        yield Bar(shown, what)


def facts(pairs: Iterable[tuple[str, str]]) -> Table:
    """A table of names and values, the values to the right."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in pairs:
        table.add_row(Text(name), Text(value))
    return table


def listing(
    titles: Iterable[str], rows: Iterable[Sequence[str]], folded: Container[int] = (0,)
) -> Table:
    """A table with a header; all columns but the first to the right. Where the terminal is narrow,
    those in `folded` go on in the next line; the others, which say what a row is about, stay."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    lines = list(rows)
    for place, title in enumerate(titles):
        is_folded = place in folded
        texts = (title, *(line[place] for line in lines))
        longest = max(cell_len(part) for text in texts for part in text.split("\n"))
        table.add_column(
            title,
            justify="right" if place else "left",
            no_wrap=not is_folded,
            overflow="fold",
            min_width=min(longest, _FOLDED_WIDTH) if is_folded else longest,
        )
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def show(*tables: Table) -> None:
    """Prints tables on stdout, wider than the terminal where they have to be: an id that is broken
    up cannot be copied."""
    console = Console()
    for table in tables:
        needed = table.__rich_measure__(console, console.options).minimum
        console.print(table, width=max(needed, console.width), crop=False)
